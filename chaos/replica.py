"""A replica as the harness starts it: the service's own program, or one with a fault of a known kind put into it.

`serve` is the program as it is, but that mail leaves at any hour. `unlocked` never takes the lock on an instance: the checks must notice. `stalling`
stands still for ever in the middle of firing its first timer, with its locks held: others must fire it when it dies.
"""

import sys
from collections.abc import Callable
from threading import Event
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import undefer

from app import cli
from app.db.process import process_instances
from app.db.process.process_instances import ProcessInstance
from app.db.process.user_tasks import UserTask
from app.db.session import Session
from app.domain.sending_hours import SendingHours
from app.services.process import jobs

STALLED = "STALLED"
"""What a stalling replica says when it stands still."""


def main() -> None:
    """Serve in the mode that the first argument names."""
    MODES[sys.argv[1]]()
    # A run on a Sunday is a run too.
    SendingHours.allow = lambda *_: True  # type: ignore[method-assign]  # the harness has no office hours
    sys.argv = ["trygghetshjulet", "serve"]
    cli.main()


def _unlocked() -> None:
    def read(session: Session, which: Any) -> ProcessInstance | None:
        statement = (
            select(ProcessInstance)
            .options(undefer(ProcessInstance.state), undefer(ProcessInstance.revision))
            .where(ProcessInstance.id == which)
            .execution_options(populate_existing=True)
        )
        return session.execute(statement).scalar_one_or_none()

    def of_task(session: Session, task_id: UUID) -> ProcessInstance | None:
        return read(session, select(UserTask.process_instance_id).where(UserTask.id == task_id).scalar_subquery())

    for name, replaced in (("lock", read), ("lock_unclaimed", read), ("lock_of_task", of_task)):
        setattr(process_instances, name, replaced)


def _stalling() -> None:
    def stall(*_: Any) -> None:
        print(STALLED, flush=True)
        Event().wait()

    jobs._HANDLERS["timer"] = stall  # noqa: SLF001  the fault is put where a real one would be


MODES: dict[str, Callable[[], None]] = {"serve": lambda: None, "unlocked": _unlocked, "stalling": _stalling}

if __name__ == "__main__":
    main()
