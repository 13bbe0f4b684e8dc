"""Run, check, measure, say."""

import argparse
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from random import Random, SystemRandom

from chaos.aims import Measured, after_outage, dead_while_firing, lateness_of
from chaos.checks import check, firings
from chaos.clusters import Cluster, NotInTime, Postgres, Replica, wait_for
from chaos.faults import Outage, inflict, plan
from chaos.histories import Fault, History
from chaos.loads import Caller, Client, deploy
from chaos.mailboxes import Mailbox, all_settled, write_mails
from chaos.readings import at_rest, read_history

SKEW_S = 3600
KINDS = ("race", "race", "laps", "waits", "calls")
REST_WITHIN_S = 120.0
MAILS = 60


def main() -> None:
    """A whole run. Exit code 1 when the history does not hold, or an aim is missed."""
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="trygghetshjulet-chaos-"))
    print(f"chaos: seed {options.seed}, {options.seconds} s, {options.replicas} replicas, {platform.platform()}")
    print(f"clock: the last replica's is {SKEW_S} s fast (Python's clocks, shifted by chaos/skew on PYTHONPATH)")
    faults: list[Fault] = [Fault("harness", "did not finish")]
    try:
        faults, measured = _run(options, folder)
        _show(faults, measured)
    finally:
        if faults:
            print(f"seed {options.seed}; the replicas' logs are kept in {folder}", flush=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if faults or any(m.kept is False for m in measured) else 0)


def _options() -> argparse.Namespace:
    read = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    read.add_argument("--seconds", type=int, default=120, help="the whole run, about; half of it under faults")
    read.add_argument("--seed", type=int, default=SystemRandom().randrange(10_000), help="repeat a run")
    read.add_argument("--replicas", type=int, default=3, help="three or more")
    read.add_argument("--clients", type=int, default=4)
    read.add_argument("--outage", type=float, default=10, help="seconds without a database, at the end")
    read.add_argument("--races", type=int, default=100, help="completions against timers, besides those under faults")
    read.add_argument("--overdue", type=int, default=300, help="timers that fall due meanwhile")
    return read.parse_args()


def make_cluster(
    folder: Path, replicas: int, mode: str = "serve", skew_s: int = SKEW_S, mailbox: Mailbox | None = None
) -> Cluster:
    """PostgreSQL and so many replicas, the last with another clock."""
    postgres = Postgres(folder)
    names = [f"replica-{n}" for n in range(replicas)]
    url = postgres.server.url()
    settings = mailbox.settings if mailbox is not None else {}
    return Cluster(postgres, [Replica(n, url, folder, mode, skew_s if n == names[-1] else 0, settings) for n in names])


def run_load(cluster: Cluster, clients: list[Client], seconds: float, seed: int | None) -> list[Outage]:
    """The clients at work for so long, under the faults of the seed; then until everything is at rest."""
    planned = [] if seed is None else plan(seed, seconds, len(cluster.replicas))
    for client in clients:
        client.start()
    outages = inflict(cluster, planned, seconds)
    for client in clients:
        client.stop()
    cluster.wait_ready()
    for client in clients:
        client.join(120)
        if client.is_alive():
            raise NotInTime(f"{client.name} is still at it")
    with cluster.postgres.connect() as database:
        wait_for("everything is at rest", lambda: at_rest(database), REST_WITHIN_S, 0.5)
    return outages


def run_races(cluster: Cluster, clients: list[Client], count: int) -> None:
    """Nothing but completions against their timers, without faults, until so many have been answered."""
    for client in clients:
        client.start()
    wait_for(f"{count} races", lambda: sum(len(c.answered) for c in clients) >= count, 30 + count, 0.5)
    for client in clients:
        client.stop()
    for client in clients:
        client.join(120)
    with cluster.postgres.connect() as database:
        wait_for("everything is at rest", lambda: at_rest(database), REST_WITHIN_S, 0.5)


def _run(options: argparse.Namespace, folder: Path) -> tuple[list[Fault], list[Measured]]:
    mailbox = Mailbox(options.seed)
    cluster = make_cluster(folder, options.replicas, mailbox=mailbox)
    try:
        cluster.start()
        deploy(cluster)
        with cluster.postgres.connect() as database:
            write_mails(database, MAILS, options.seconds / 2)
        mailbox.kind = False
        clients = [Client(cluster, options.seed, number, KINDS) for number in range(options.clients)]
        outages = run_load(cluster, clients, options.seconds / 2, options.seed)
        mailbox.kind = True
        racers = [Client(cluster, options.seed, 100 + number, ["race"]) for number in range(options.clients)]
        run_races(cluster, racers, options.races)
        clients += racers
        with cluster.postgres.connect() as database:
            wait_for("every mail is sent", lambda: all_settled(database), REST_WITHIN_S, 5)
            history = read_history(database, clients, mailbox)
        faults = check(history)
        call = Caller(cluster, "sakerhetschef", Random(options.seed))  # noqa: S311  a load, not a secret
        measured = [
            *_counted(history, clients, cluster),
            *_late(history, outages),
            dead_while_firing(cluster, call),
            *after_outage(cluster, call, options.outage, options.overdue),
        ]
    finally:
        cluster.stop()
        mailbox.shutdown()
        mailbox.server_close()
    return faults, measured


def _counted(history: History, clients: list[Client], cluster: Cluster) -> list[Measured]:
    races = {i.id for i in history.instances if i.process == "chaos_race"}
    raced = [a for a in history.answered if a.instance in races]
    done = sum(a.told == "done" for a in raced)
    answers = sum(a.told == "done" for a in history.answered)
    deadlocks = sum(r.said("DeadlockDetected") for r in cluster.replicas)
    return [
        Measured("instances, completions acknowledged, timers fired",
                 f"{len(history.instances)}, {answers}, {len(firings(history))}", ""),
        Measured("races of a completion with its timer: completion won, timer won",
                 f"{done}, {len(raced) - done}", "one winner each"),
        Measured("calls that got no answer in 90 s; replicas started anew",
                 f"{sum(c.call.unanswered for c in clients)}; {cluster.restarts}", ""),
        Measured("mails sent; arrived, the same mail again included", f"{len(history.mails_sent)}; {len(history.mails)}", f"{MAILS} sent"),
        Measured("deadlocks", str(deadlocks), "0", deadlocks == 0),
    ]  # fmt: skip


def _late(history: History, outages: list[Outage]) -> list[Measured]:
    pairs = [(job.due_at, (line.committed_at - job.due_at).total_seconds()) for job, line in firings(history)]
    calm = sorted(late for due_at, late in pairs if not any(outage.touches(due_at) for outage in outages))
    return [
        lateness_of(calm, "lateness of timers while the database was there, p50 / p99 / max, s", promised=True),
        lateness_of(sorted(late for _, late in pairs), "lateness of all timers, outages included, s", promised=False),
    ]


def _show(faults: list[Fault], measured: list[Measured]) -> None:
    print()
    for m in measured:
        print(f"{m.what:88} {m.value:44} {m.aim}{'' if m.kept is not False else '   MISSED'}")
    print(f"\n{len(faults)} faults in the history" if faults else "\nthe history holds")
    for fault in faults[:50]:
        print(f"  {fault}")


if __name__ == "__main__":
    main()
