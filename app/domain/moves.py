"""Which deadlines move when a rule, a day off, a pause or a meeting is changed: the preview before it binds.

The same things are dated twice, as they stand and as they would stand; what differs is a move, with its reason. Nothing
here changes anything. Dates in Europe/Stockholm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from app.domain.clock import STOCKHOLM
from app.domain.deadlines import Due, parse
from app.domain.swedish_dates import Sentence, counted, long_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Cause = Literal["meeting", "rule", "anchor", "calendar", "by_hand", "added", "removed"]
"""Why it moves. ``by_hand`` is a day that a person has set, whatever the rules say."""


@dataclass(frozen=True)
class DatedThing:
    """Something with a day: an open task, a waiting timer, a coming occurrence.

    ``key`` is the same before and after. ``at`` is given for a timer, aware. ``rule`` is the text that gave the day,
    ``meeting_on`` the meeting it hangs on, ``anchor_on`` the T it is counted from, ``calendar_version`` the calendar
    it was counted by. ``by_hand`` says that a person has set the day: then no change of rules moves it.
    """

    key: str
    name: str
    on: date
    at: datetime | None = None
    rule: str = ""
    meeting_on: date | None = None
    anchor_on: date | None = None
    calendar_version: str = ""
    by_hand: bool = False

    def __post_init__(self) -> None:
        if self.at is not None and self.at.tzinfo is None:
            raise ValueError("at saknar tidszon. at has no time zone.")


@dataclass(frozen=True)
class Move:
    """One thing that moves: ``before`` is None for what is new, ``after`` for what is no longer there.

    ``days`` are the calendar days it moves, negative when earlier, 0 when only its time of day changes.
    """

    key: str
    name: str
    before: DatedThing | None
    after: DatedThing | None
    days: int
    cause: Cause
    sv: str
    en: str


def dated(
    key: str, name: str, due: Due, *, meeting_on: date | None = None, anchor_on: date | None = None
) -> DatedThing:
    """A deadline as it was reckoned, for comparing. Its instant counts only where the rule names a time of day."""
    at = due.at if parse(due.rule).is_exact else None
    return DatedThing(key, name, due.on, at, due.rule, meeting_on, anchor_on, due.calendar_version)


def moved(before: Sequence[DatedThing], after: Sequence[DatedThing]) -> list[Move]:
    """What moves, in order of the earliest day concerned, then key. What is the same in both is left out.

    A thing set by hand does not move, whatever ``after`` says of it. Raises ValueError when a key stands twice.
    """
    old, new = _by_key(before), _by_key(after)
    found = [_change(old.get(key), new.get(key)) for key in {**old, **new}]
    moves = [move for move in found if move is not None]
    return sorted(moves, key=lambda m: (min(t.on for t in (m.before, m.after) if t is not None), m.key))


def _by_key(things: Sequence[DatedThing]) -> Mapping[str, DatedThing]:
    found = {thing.key: thing for thing in things}
    if len(found) < len(things):
        raise ValueError("Samma nyckel två gånger. The same key twice.")
    return found


def _change(before: DatedThing | None, after: DatedThing | None) -> Move | None:
    if before is None:
        return None if after is None else _added(after)
    if after is None:
        return None if before.by_hand else _removed(before)
    same = (before.on, before.at) == (after.on, after.at)
    if same or (before.by_hand and not after.by_hand):
        return None
    cause, why = _cause(before, after)
    days = (after.on - before.on).days
    told = _told(before, after, days)
    return Move(before.key, after.name, before, after, days, cause, f"{told.sv} {why.sv}", f"{told.en} {why.en}")


def _added(after: DatedThing) -> Move:
    return Move(
        after.key, after.name, None, after, 0, "added",
        f"Tillkommer {long_date(after.on)}.", f"Is added on {long_date(after.on, 'en')}.",
    )  # fmt: skip


def _removed(before: DatedThing) -> Move:
    return Move(
        before.key, before.name, before, None, 0, "removed",
        f"Försvinner. Det var {long_date(before.on)}.", f"Disappears. It was {long_date(before.on, 'en')}.",
    )  # fmt: skip


def _told(before: DatedThing, after: DatedThing, days: int) -> Sentence:
    if days == 0:
        return Sentence(
            f"Samma dag, {long_date(after.on)}, men från {_clock(before, '.')} till {_clock(after, '.')}.",
            f"The same day, {long_date(after.on, 'en')}, but from {_clock(before, ':')} to {_clock(after, ':')}.",
        )
    number = abs(days)
    sv = f"{counted(number, 'dag', 'dagar')} {'senare' if days > 0 else 'tidigare'}"
    en = f"{counted(number, 'day', 'days')} {'later' if days > 0 else 'earlier'}"
    return Sentence(
        f"Från {long_date(before.on)} till {long_date(after.on)}, {sv}.",
        f"From {long_date(before.on, 'en')} to {long_date(after.on, 'en')}, {en}.",
    )


def _clock(thing: DatedThing, separator: str) -> str:
    if thing.at is None:
        return "-"
    return thing.at.astimezone(STOCKHOLM).strftime(f"%H{separator}%M")


def _cause(before: DatedThing, after: DatedThing) -> tuple[Cause, Sentence]:
    """The first of the reasons that differs, from the nearest to the most distant."""
    if after.by_hand:
        return "by_hand", Sentence("Dagen är satt för hand.", "The day is set by hand.")
    if before.meeting_on != after.meeting_on:
        return "meeting", _meeting_cause(before.meeting_on, after.meeting_on)
    if before.rule != after.rule:
        return "rule", Sentence(
            f"Regeln är ändrad från {before.rule or '-'} till {after.rule or '-'}.",
            f"The rule is changed from {before.rule or '-'} to {after.rule or '-'}.",
        )
    if before.anchor_on != after.anchor_on and before.anchor_on is not None and after.anchor_on is not None:
        return "anchor", Sentence(
            f"Måldagen är flyttad från {long_date(before.anchor_on)} till {long_date(after.anchor_on)}.",
            f"The target day is moved from {long_date(before.anchor_on, 'en')} to {long_date(after.anchor_on, 'en')}.",
        )
    if before.calendar_version == after.calendar_version:
        return "meeting", Sentence("Sammanträdesplanen är ändrad.", "The meeting plan is changed.")
    return "calendar", Sentence(
        "Kommunens kalender är ändrad: lediga dagar eller pauser.",
        "The municipality's calendar is changed: days off or pauses.",
    )


def _meeting_cause(before: date | None, after: date | None) -> Sentence:
    if before is None or after is None:
        on = before or after or date.min
        gone = after is None
        return Sentence(
            f"Sammanträdet {long_date(on)} {'är borttaget ur' if gone else 'är nytt i'} sammanträdesplanen.",
            f"The meeting on {long_date(on, 'en')} is {'removed from' if gone else 'new in'} the meeting plan.",
        )
    return Sentence(
        f"Sammanträdet är flyttat från {long_date(before)} till {long_date(after)}.",
        f"The meeting is moved from {long_date(before, 'en')} to {long_date(after, 'en')}.",
    )
