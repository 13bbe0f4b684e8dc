"""The door to simulation: a scratch database, furnished as the demonstration is, thrown away afterwards."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

from app.cli.opening import profiles
from app.db import embedded
from app.db.scratch import open_scratch
from app.domain.clock import STOCKHOLM, SetClock
from app.domain.example_meetings import carry_on
from app.domain.suggestions import follow
from app.services import demonstration
from app.services.installation import Installation
from app.services.process.deployments import read_folders
from app.services.simulation.timelines import Row
from app.services.simulations import simulate
from app.settings import Settings

WORKFLOWS = Path(__file__).resolve().parents[1] / "workflows"


def play(
    settings: Settings,
    municipality: str,
    from_on: date,
    to_on: date,
    progress: Callable[[str], None],
    *,
    as_decided: bool = False,
) -> list[Row]:
    """Play the days on a scratch database beside the real one; the shipped profile and definitions, never the data.

    What the profile leaves open is taken as it suggests, unless only what is decided is wanted (`as_decided`).
    """
    server = None
    if settings.database_url is None:
        server = embedded.start(settings.data)
    target = server if server is not None else settings.database_url.get_secret_value()  # type: ignore[union-attr]  # one of the two
    try:
        with open_scratch(target) as database:
            clock = SetClock(datetime.combine(from_on, time(0), STOCKHOLM).astimezone(UTC))
            installation = Installation(database, clock)
            shipped = [carry_on(profile, from_on, to_on) for profile in profiles()]
            furnished = shipped if as_decided else [follow(profile) for profile in shipped]
            demonstration.furnish(installation, furnished, read_folders(WORKFLOWS))
            demonstration.demonstration_logins(installation)
            return simulate(installation, municipality, from_on, to_on, progress)
    finally:
        if server is not None:
            server.leave()
