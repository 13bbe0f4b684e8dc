"""What a municipality has still to decide."""

from typing import Annotated

from fastapi import Path, Response
from pydantic import Field

from app.domain.roles import role_name
from app.services.prevention.open_questions import undecided
from app.web.api.documentation import READS, router
from app.web.api.models import Shown
from app.web.deps import Reading

routes = router("/municipalities/{municipality}", "calendars")

Id = Annotated[str, Path(max_length=40)]


class QuestionOut(Shown):
    """What the plan leaves open. `start` and `anchor` are suggested rules; it is answered by a calendar change.

    `title` and `why` are the profile's own words, in Swedish.
    """

    name: str
    process: str | None = Field(description="The process it is about; null when there is no such process.")
    title: str
    why: str
    start: str | None
    anchor: str | None


class VacantRoleOut(Shown):
    """A role that the plan speaks of and nobody holds today."""

    role: str
    name: str
    holder: str = Field(description="What the municipality's plan calls who holds it, in Swedish.")


class OpenQuestionsOut(Shown):
    """What is undecided; `warning` is what the profile warns of, empty when it warns of nothing."""

    questions: list[QuestionOut]
    vacant_roles: list[VacantRoleOut]
    warning: str


@routes.get("/open-questions", response_model=OpenQuestionsOut, responses=READS)
def read_open_questions(call: Reading, municipality: Id) -> Response:
    """What the municipality's plan leaves open, and roles that nobody holds; for its administrators."""
    found = undecided(call.uow, municipality)
    return call.answer(
        OpenQuestionsOut(
            questions=[QuestionOut.model_validate(question) for question in found.questions],
            vacant_roles=[
                VacantRoleOut(role=role, name=role_name(role, call.language), holder=words)
                for role, words in found.vacant
            ],
            warning=found.warning,
        )
    )
