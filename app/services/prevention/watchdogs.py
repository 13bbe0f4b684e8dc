"""How the clocks of the law stand in a municipality, and how its year hangs together counted backwards."""

from datetime import date

from app.db.prevention import action_plans, situation_pictures
from app.db.process import process_instances
from app.domain.backward_schedules import PlannedStep, links_among, schedule_backwards, steps_of
from app.domain.clock import local_date
from app.domain.meeting_gaps import MeetingGap
from app.domain.meeting_gaps import gaps as gaps_of
from app.domain.watchdogs import REPORTING_MONTHS, Duty, Watch, watch
from app.services.facts import organisation
from app.services.schedules import adopted
from app.services.unit_of_work import UnitOfWork

FOLLOW_UPS = ("uppfoljning", "forvaltningsrapport")
"""The processes in which the action plan is followed up; the last one that came to its end counts."""


def watchdogs(uow: UnitOfWork, municipality: str, on: date | None = None) -> list[Watch]:
    """The clocks of 6 § and 13 § on a day (today if left out), as the records say that the duties were last done."""
    on = on or uow.today
    picture = situation_pictures.latest_adopted(uow.session, municipality, on)
    plan = action_plans.in_force(uow.session, municipality, on)
    followed_up = process_instances.last_ended(uow.session, municipality, FOLLOW_UPS, on)
    found = organisation(uow, municipality)
    months = int(found.profile.get("reporting_months", REPORTING_MONTHS))
    fulfilled = {
        "situation_picture": picture.adopted_on if picture is not None else None,
        "follow_up": local_date(followed_up.ended_at) if followed_up is not None and followed_up.ended_at else None,
        "reporting": action_plans.last_decided_on(uow.session, municipality, "KF", on),
    }
    decided_on = plan.decided_on if plan is not None else None
    duties: tuple[Duty, ...] = ("situation_picture", "follow_up", "reporting")
    return [watch(duty, fulfilled[duty], on, months, decided_on=decided_on) for duty in duties]


def backwards(uow: UnitOfWork, municipality: str, year: int) -> list[PlannedStep]:
    """The year's chain from the report to the council back to the departments' reports, with what is too tight.

    `year` is that of the last step. Empty when the municipality has adopted none of the chain's processes.
    """
    found = organisation(uow, municipality)
    rules = {entry.rule.key: entry.rule for entry in adopted(uow, found)}
    links = links_among(list(rules))
    steps = steps_of([rules[link.key] for link in links], links)
    last = next((step.key for step in steps if step.before is None), None)
    return schedule_backwards(steps, last, year, found.calendar, found.plan) if last is not None else []


def meeting_gaps(uow: UnitOfWork, municipality: str, years: list[int]) -> list[MeetingGap]:
    """The meetings that the municipality's rules count on and its plan does not have."""
    found = organisation(uow, municipality)
    rules = [rule for entry in adopted(uow, found) for rule in (entry.rule.start, entry.rule.anchor)]
    return gaps_of(rules, years, found.plan)
