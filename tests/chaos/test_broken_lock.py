"""The proof that `make chaos` would notice: with the lock on an instance broken on purpose, its checks find faults."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos.__main__ import make_cluster, run_load
from chaos.checks import check
from chaos.loads import Client, deploy
from chaos.readings import read_history

SECONDS = 10

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where the harness keeps its PostgreSQL: a folder that the server's own user may reach."""
    made = Path(tempfile.mkdtemp(prefix="trygghetshjulet-chaos-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


def faults_of(folder: Path, mode: str) -> set[str]:
    cluster = make_cluster(folder, 2, mode, skew_s=0)
    try:
        cluster.start()
        deploy(cluster)
        clients = [Client(cluster, 1, number, ["race", "laps"]) for number in range(4)]
        run_load(cluster, clients, SECONDS, None)
        with cluster.postgres.connect() as database:
            return {fault.kind for fault in check(read_history(database, clients))}
    finally:
        cluster.stop()


def test_without_the_lock_on_the_instance_the_checks_find_what_was_overwritten(folder: Path) -> None:
    assert faults_of(folder, "unlocked") & {"two-winners", "step-overwritten"}


def test_with_the_lock_the_same_load_leaves_a_history_that_holds(folder: Path) -> None:
    assert faults_of(folder, "serve") == set()
