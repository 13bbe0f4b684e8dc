"""A municipal company proposes measures as departments do, by a role of its own."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from app.db.people import Person
from app.db.prevention import municipalities, records
from app.db.prevention.measures import Measure
from app.db.prevention.municipalities import Unit
from app.db.process import deployments, user_tasks
from app.db.process.user_tasks import UserTask
from app.domain.clock import SetClock
from app.domain.errors import NotYours
from app.domain.ids import new_id
from app.domain.principals import HeldRole, Principal
from app.services.installation import Installation
from app.services.process import process_instances
from app.services.process.process_instances import Start
from app.services.process.user_tasks import complete
from app.services.unit_of_work import UnitOfWork, begin_system

COMPANY = "Fastighetsbolaget"
PROPOSAL: Mapping[str, Any] = {
    "atgarder": [
        {
            "atgard": "Bättre belysning vid återvinningen", "orsak": "Platsen är mörk", "typ": "situationell",
            "agare": "Driftenheten", "klar_senast": "2027-10-31", "indikator": "Antal anmälda skadegörelser",
        }
    ]
}  # fmt: skip


@pytest.fixture
def company(installation: Installation, clock: SetClock) -> UUID:
    """Askersund has a company, and the work with the plan has begun."""
    clock.set(datetime(2027, 1, 22, 7, 0, tzinfo=UTC))
    company_id = new_id()
    with begin_system(installation) as uow:
        uow.session.add(
            Unit(municipality_id="askersund", id=company_id, kind="company", name=COMPANY, sort_key="fastighetsbolaget")
        )
        uow.session.flush()
        municipalities.touch(uow.session, "askersund")
    with begin_system(installation) as uow:
        definition = deployments.latest(uow.session, "atgardsplan", "askersund")
        assert definition is not None
        begin = Start("askersund", "atgardsplan", anchor_on=date(2027, 3, 23), anchor_organ="KS")
        process_instances.begin_instance(uow, begin, definition, None)
    return company_id


def _proposing(uow: UnitOfWork) -> list[UserTask]:
    opened = user_tasks.in_municipalities(uow.session, ["askersund"], limit=100)
    return [task for task in opened if task.element_id == "foresla_atgarder"]


def _somebody(uow: UnitOfWork, role: str, kind: str, scope_id: UUID) -> Principal:
    person_id = new_id()
    uow.session.add(
        Person(
            id=person_id, username=f"bolag.{person_id}", name="Någon på bolaget", email=None, password_hash=None,
            language="sv", system_admin=False, active=True, created_at=uow.now,
        )
    )  # fmt: skip
    uow.session.flush()
    held = HeldRole("askersund", role, kind, scope_id, person_id)
    return Principal(person_id, "bolag", "Någon på bolaget", "sv", system_admin=False, roles=(held,))


def test_a_company_is_asked_by_its_own_role_and_the_departments_by_theirs(
    installation: Installation, company: UUID
) -> None:
    with begin_system(installation) as uow:
        asked = {task.scope_name: (task.candidate_role, task.scope_kind) for task in _proposing(uow)}
        (of_company,) = [task for task in _proposing(uow) if task.scope_id == company]
    assert asked.pop(COMPANY) == ("municipal_company", "company")
    assert len(asked) == 3
    assert set(asked.values()) == {("department_rep", "department")}
    assert of_company.scope_id == company


def test_whoever_holds_the_role_in_the_company_answers_for_it(installation: Installation, company: UUID) -> None:
    with begin_system(installation) as uow:
        (task,) = [task for task in _proposing(uow) if task.scope_id == company]
        uow.principal = _somebody(uow, "municipal_company", "company", company)
        complete(uow, task.id, PROPOSAL)
    with begin_system(installation) as uow:
        (measure,) = records.of_year(uow.session, Measure, "askersund", 2027)
    assert (measure.department_id, measure.department_name) == (company, COMPANY)


def test_a_department_does_not_answer_for_a_company_nor_one_company_for_another(
    installation: Installation, company: UUID
) -> None:
    for role, kind, place in (("department_rep", "department", new_id()), ("municipal_company", "company", new_id())):
        with begin_system(installation) as uow:
            (task,) = [task for task in _proposing(uow) if task.scope_id == company]
            uow.principal = _somebody(uow, role, kind, place)
            with pytest.raises(NotYours):
                complete(uow, task.id, PROPOSAL)
