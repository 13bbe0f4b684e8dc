"""The meeting plan: when the political bodies meet, and when their papers must be handed in.

An organ is named as the municipality names it in its profile, usually by its abbreviation: KF is
kommunfullmäktige, KS kommunstyrelsen, KSAU its arbetsutskott. All dates are dates in Europe/Stockholm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.swedish_dates import Sentence, long_date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from app.domain.workdays import WorkdayCalendar

_ORGAN: Final = re.compile(r"[^\W\d_](?:[\w -]{0,38}\w)?")
_GENITIVES: Final = {
    "KF": Sentence("kommunfullmäktiges", "the municipal council's"),
    "KS": Sentence("kommunstyrelsens", "the municipal board's"),
    "KSAU": Sentence("kommunstyrelsens arbetsutskotts", "the drafting committee's"),
}
_NAMES: Final = {
    "KF": Sentence("kommunfullmäktige", "the municipal council"),
    "KS": Sentence("kommunstyrelsen", "the municipal board"),
    "KSAU": Sentence("kommunstyrelsens arbetsutskott", "the drafting committee"),
}


class MeetingInvalid(ValueError):
    """A meeting that cannot be: a nameless organ, or papers due after the meeting. Sentences in ``sv``, ``en``."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(sv, en)
        self.sv = sv
        self.en = en

    def __str__(self) -> str:
        return self.sv


@dataclass(frozen=True)
class Meeting:
    """One planned meeting of an organ, and the last day to hand in papers to it (manusstopp).

    Raises MeetingInvalid when the organ is no name or the manuscript stop is after the meeting.
    """

    organ: str
    on: date
    manuscript_stop_on: date

    def __post_init__(self) -> None:
        if not is_organ(self.organ):
            raise MeetingInvalid(
                "Organets namn ska börja med en bokstav och vara högst 40 bokstäver, siffror, mellanslag, "
                "bindestreck eller understreck.",
                "The organ's name must begin with a letter and be at most 40 letters, digits, spaces, hyphens "
                "or underscores.",
            )
        if self.manuscript_stop_on > self.on:
            raise MeetingInvalid(
                f"Manusstoppet {long_date(self.manuscript_stop_on)} ligger efter sammanträdet {long_date(self.on)}.",
                f"The manuscript stop {long_date(self.manuscript_stop_on, 'en')} is after the meeting "
                f"{long_date(self.on, 'en')}.",
            )


@dataclass(frozen=True)
class MeetingPlan:
    """Every planned meeting of a municipality, in any order."""

    meetings: tuple[Meeting, ...] = ()

    def in_month(self, organ: str, year: int, month: int) -> Meeting | None:
        """The organ's first meeting of the month, or None when none is planned."""
        return _earliest(m for m in self.meetings if m.organ == organ and (m.on.year, m.on.month) == (year, month))

    def next_after(self, organ: str, d: date) -> Meeting | None:
        """The organ's first meeting strictly after the day, or None when none is planned."""
        return _earliest(m for m in self.meetings if m.organ == organ and m.on > d)

    def at(self, organ: str, d: date) -> Meeting | None:
        """The organ's meeting on that very day, or None."""
        return _earliest(m for m in self.meetings if m.organ == organ and m.on == d)


def manuscript_stop(on: date, workdays_before: int, calendar: WorkdayCalendar) -> date:
    """The manuscript stop of a meeting, for a plan that states only how many working days ahead papers are due.

    A klämdag moves it earlier: people must be there to receive the papers. Raises MeetingInvalid for a negative
    count.
    """
    if workdays_before < 0:
        raise MeetingInvalid(
            "Antalet arbetsdagar före sammanträdet kan inte vara negativt.",
            "The number of working days before the meeting cannot be negative.",
        )
    return calendar.previous_due_day(calendar.add_workdays(on, -workdays_before))


def is_organ(text: str) -> bool:
    """Whether the text can name an organ: a letter first, at most 40 letters, digits, spaces, ``-`` or ``_``."""
    return _ORGAN.fullmatch(text) is not None


def organ_name(organ: str) -> Sentence:
    """What the organ is called in running text: "kommunstyrelsen"; an unknown one keeps its own name."""
    return _NAMES.get(organ, Sentence(organ, organ))


def organ_genitive(organ: str) -> Sentence:
    """The organ as an owner: "kommunstyrelsens", "BOB:s", "Rådets"; "the municipal board's"."""
    if organ in _GENITIVES:
        return _GENITIVES[organ]
    if organ.isupper():
        return Sentence(f"{organ}:s", f"{organ}'s")
    return Sentence(organ if organ[-1] in "sxzSXZ" else f"{organ}s", f"{organ}'s")


def _earliest(meetings: Iterable[Meeting]) -> Meeting | None:
    return min(meetings, key=lambda m: (m.on, m.manuscript_stop_on), default=None)
