"""What the page of open questions shows, already in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.web.views import Fact, Filter


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """Something to decide. `proposal` is the suggested rule in words; the addresses lead to the forms that answer it.

    `answer` says what the first address does.
    """

    title: str
    why: str
    proposal: tuple[Fact, ...]
    answer: str
    answer_url: str
    settle_url: str


@dataclass(frozen=True, slots=True)
class OpenQuestionsPage:
    """Att besluta. `vacant` are roles nobody holds: what the plan calls the holder, and the role."""

    place: str
    lead: str
    questions: tuple[QuestionRow, ...]
    vacant: tuple[Fact, ...]
    warning: str = ""
    filter: Filter | None = None
