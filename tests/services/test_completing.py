"""Completing a user task: the walk from a submission to the next wait state."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app.db.process import user_tasks
from app.domain.clock import SetClock
from app.domain.errors import NotFound, NotYours, UserTaskAlreadyCompleted
from app.services import schedules
from app.services.installation import Installation
from app.services.process import jobs
from app.services.process import user_tasks as tasks
from app.services.unit_of_work import UnitOfWork, begin, sign_in_principal

Token = Callable[[str], str]


def open_tasks(uow: UnitOfWork) -> list[user_tasks.UserTask]:
    principal = uow.who()
    roles = [(r.municipality, r.role, r.scope_id) for r in principal.roles]
    found = user_tasks.open_for(uow.session, principal.id, principal.stands_for, roles)
    # The same month the quarter's progress report asks its own of the departments.
    return [task for task in found if task.element_id in {"rapport", "godkann", "granska"}]


@pytest.fixture
def october(installation: Installation, clock: SetClock) -> Installation:
    """The first working day of October has come, and with it the departments' reports."""
    clock.set(datetime(2026, 10, 1, 6, 0, tzinfo=UTC))
    schedules.start_due(installation)
    jobs.run_due(installation)
    return installation


REPORT = {
    "lagesbild": "Skadegörelsen runt skolan har minskat.",
    "genomforda_atgarder": [],
    "forslag_atgarder": [
        {
            "atgard": "Bättre belysning vid busstationen",
            "orsak": "Platsen är mörk på kvällarna",
            "typ": "situationell",
            "agare": "Tekniska förvaltningen",
            "klar_senast": "2027-05-31",
            "indikator": "Antal anmälda skadegörelser",
        }
    ],
    "nytt_fenomen": False,
}


def test_each_department_gets_its_own_report_to_write_by_the_last_working_day_of_november(
    october: Installation, token: Token
) -> None:
    for username in ("soc.rep", "skola.rep", "folkhalsa.rep"):
        with begin(october) as uow:
            sign_in_principal(uow, "api_token", token(username))
            found = open_tasks(uow)
            assert [t.element_id for t in found] == ["rapport"]
            assert found[0].due_on.isoformat() == "2026-11-30"


def test_a_completed_report_goes_to_the_head_of_the_department(october: Installation, token: Token) -> None:
    with begin(october) as uow:
        sign_in_principal(uow, "api_token", token("soc.rep"))
        task = open_tasks(uow)[0]
        done = tasks.complete(uow, task.id, REPORT)
        assert not done.ended
    with begin(october) as uow:
        sign_in_principal(uow, "api_token", token("soc.chef"))
        assert [t.element_id for t in open_tasks(uow)] == ["godkann"]
    with begin(october) as uow:
        sign_in_principal(uow, "api_token", token("skola.chef"))
        assert open_tasks(uow) == []


def test_a_task_is_completed_once(october: Installation, token: Token) -> None:
    with begin(october) as uow:
        sign_in_principal(uow, "api_token", token("soc.rep"))
        task_id = open_tasks(uow)[0].id
        tasks.complete(uow, task_id, REPORT)
    with begin(october) as uow:
        sign_in_principal(uow, "api_token", token("soc.rep"))
        with pytest.raises(UserTaskAlreadyCompleted):
            tasks.complete(uow, task_id, REPORT)


def test_another_departments_task_is_not_yours_and_another_municipalitys_does_not_exist(
    october: Installation, token: Token
) -> None:
    with begin(october) as uow:
        sign_in_principal(uow, "api_token", token("soc.rep"))
        task_id = open_tasks(uow)[0].id
    with begin(october) as uow:
        sign_in_principal(uow, "api_token", token("skola.rep"))
        with pytest.raises(NotYours):
            tasks.complete(uow, task_id, REPORT)
    with begin(october) as uow:
        sign_in_principal(uow, "api_token", token("kommunpolis"))
        with pytest.raises(NotFound):
            tasks.complete(uow, task_id, REPORT)
