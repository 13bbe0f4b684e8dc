"""The faults of a run: planned from the seed, so that a run that failed can be had again as far as scheduling allows."""

import signal
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Event
from time import monotonic

from chaos.clusters import Cluster

# In every run of at least eight faults each of these comes; then they come again.
KINDS = ("kill", "kill", "freeze", "crash", "kill", "freeze", "kill", "database-kill")
EVERY_S = 7.0
RECOVERY = timedelta(seconds=10)
"""After the database has returned: what was due meanwhile is being caught up with."""


@dataclass(frozen=True)
class Planned:
    """A fault: when, in seconds from the beginning; what; which replica; how long it lasts."""

    at_s: float
    kind: str
    replica: int
    lasts_s: float

    def __str__(self) -> str:
        whom = "" if self.kind in {"crash", "database-kill"} else f" replica {self.replica}"
        return f"{self.at_s:6.1f} s {self.kind}{whom}, {self.lasts_s:.1f} s"


@dataclass(frozen=True)
class Outage:
    """A time without a database, by the machine's clock."""

    began_at: datetime
    ended_at: datetime

    def touches(self, at: datetime) -> bool:
        """Whether something that was due then had to wait for the database."""
        return self.began_at - timedelta(seconds=1) <= at <= self.ended_at + RECOVERY


def plan(seed: int, seconds: float, replicas: int) -> list[Planned]:
    """The faults of a run of so many seconds."""
    random = Random(f"faults:{seed}")  # noqa: S311  chance, not a secret
    planned, at, kinds = [], 3.0, list[str]()
    while at < seconds - 6:
        if not kinds:
            kinds = list(KINDS)
            random.shuffle(kinds)
        planned.append(Planned(round(at, 1), kinds.pop(), random.randrange(replicas), round(random.uniform(0.3, 4), 1)))
        at += random.uniform(0.4, 1.6) * EVERY_S
    return planned


def inflict(cluster: Cluster, planned: list[Planned], seconds: float) -> list[Outage]:
    """Do what is planned, and start anew what has died; when the database was away."""
    began, outages, left = monotonic(), list[Outage](), list(planned)
    while monotonic() - began < seconds:
        if left and monotonic() - began >= left[0].at_s:
            outages += _inflict(cluster, left.pop(0))
        cluster.supervise()
        Event().wait(0.2)
    return outages


def _inflict(cluster: Cluster, fault: Planned) -> list[Outage]:
    replica = cluster.replicas[fault.replica]
    print(f"  {fault}", flush=True)
    if fault.kind == "kill":
        cluster.down.add(replica.name)
        replica.kill()
        Event().wait(fault.lasts_s)
        cluster.down.discard(replica.name)
        return []
    if fault.kind == "freeze":
        replica.send(signal.SIGSTOP)
        Event().wait(fault.lasts_s)
        replica.send(signal.SIGCONT)
        return []
    return [outage(cluster, fault.lasts_s, hard=fault.kind == "database-kill")]


def outage(cluster: Cluster, seconds: float, *, hard: bool = False) -> Outage:
    """Take the database away for so long; when it was gone. The replicas are left as they are."""
    began_at = machine_now()
    if hard:
        cluster.postgres.kill()
    else:
        cluster.postgres.crash()
    Event().wait(seconds)
    cluster.postgres.start()
    return Outage(began_at, machine_now())


def machine_now() -> datetime:
    """The machine's clock, which PostgreSQL shares: what faults are told by."""
    return datetime.now(UTC)  # noqa: TID251  the harness stands outside the service
