"""Fixtures for the stories: a municipality that has adopted just the processes of the story, and a period played."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from app.db.prevention import municipalities
from app.db.process import jobs, messages
from app.domain.ids import new_id
from app.services.installation import Installation
from app.services.process.projection import message_job
from app.services.simulation.scripts import EARLY, MEETINGS, Script
from app.services.simulations import simulate
from app.services.unit_of_work import begin_system

Rows = list[dict[str, Any]]
Tell = Callable[..., Rows]

# One department never reports and one actor never answers, unless the story says otherwise.
SILENT = frozenset(
    {
        ("forvaltningsrapport.rapport", "Folkhälsoteamet"),
        ("aktorsinhamtning.lamna_lagesbild", "Svenska kyrkan"),
        ("strategiskt_rad.ataganden", "Svenska kyrkan"),
    }
)


@pytest.fixture
def tell(installation: Installation) -> Tell:
    """Play a period in which the municipality has adopted just these processes; the rest is as in a Script."""

    def play(
        processes: Sequence[str],
        from_on: date,
        to_on: date,
        *,
        answers: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        silent: frozenset[tuple[str, str]] = SILENT,
        early: Mapping[str, int] | None = None,
        place: str = "askersund",
    ) -> Rows:
        with begin_system(installation) as uow:
            row = municipalities.get(uow.session, place)
            assert row is not None
            row.profile = {**row.profile, "processes": list(processes)}
            uow.session.flush()
            municipalities.touch(uow.session, place)
        script = Script(
            silent=silent, answers=answers or {}, early={**EARLY, **(early or {})}, meetings=MEETINGS, varies=False
        )
        return simulate(installation, place, from_on, to_on, lambda _: None, script)

    return play


@pytest.fixture
def send(send_to: Callable[[str, str, str], None]) -> Callable[[str, str], None]:
    """Put a message in Askersund's buffer, as another process would have."""
    return lambda name, correlation: send_to("askersund", name, correlation)


@pytest.fixture
def send_to(installation: Installation) -> Callable[[str, str, str], None]:
    """Put a message in a municipality's buffer."""

    def put(place: str, name: str, correlation: str) -> None:
        message_id = new_id()
        with begin_system(installation) as uow:
            sent = {
                "municipality_id": place,
                "id": message_id,
                "kind": "message",
                "name": name,
                "correlation": correlation,
                "payload": {},
                "sent_at": uow.now,
                "status": "buffered",
            }
            messages.add(uow.session, [sent])
            jobs.add(uow.session, [message_job(place, message_id, "message", name, uow.now)])

    return put
