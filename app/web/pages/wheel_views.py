"""What the page of the wheel shows: one frozen dataclass per template, already in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.web.pages.wheel_drawing import WheelDrawing
    from app.web.views import Filter, LinkText, Stamp, Tag


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A row of the wheel's table; `spoken` is the marker's name: number, title, date and status in one line."""

    number: int
    on: Stamp
    week: str
    title: str
    role: str
    status: Tag
    spoken: str
    url: str = ""
    phase: str = ""


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """A phase in the legend under the wheel, with its months in words. `key` is S, A, R, As or P, D, C, A."""

    key: str
    method: str
    title: str
    months: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class WheelPage:
    """Årshjulet. `centre` is the year and `today` the two lines under it; `description` says the wheel in words."""

    title: str
    summary: str
    description: str
    centre: str
    today: tuple[str, ...]
    drawing: WheelDrawing
    milestones: tuple[MilestoneRow, ...]
    phases: tuple[PhaseRow, ...]
    previous: LinkText | None = None
    next: LinkText | None = None
    filter: Filter | None = None
    downloads: tuple[LinkText, ...] = ()

    def spoken_of(self, number: int) -> str:
        """Give the words of a marker. Raises `KeyError` when the table has no such row."""
        return {row.number: row.spoken for row in self.milestones}[number]
