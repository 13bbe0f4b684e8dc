"""Reading deadlines: from text to form, with the place and the mend of whatever is wrong.

The language is described for its users in docs/modelling.md, "Deadlines", and in app/domain/deadlines.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from app.domain.clock import STOCKHOLM
from app.domain.day_offsets import (
    MAX_DAYS,
    DayOffset,
    Move,
    RuleTextInvalid,
    bounded_amount,
    read_offset,
    require_plain_text,
    split_move,
)
from app.domain.durations import Duration, read_duration
from app.domain.swedish_dates import Sentence
from app.domain.workdays import FIRST_YEAR, LAST_YEAR

MAX_LENGTH: Final = 100
"""Characters in a deadline at most."""

_COUNTED: Final = re.compile(r"\s*([TD])\s*(?=[+-]|$)")
_FROM_NOW: Final = re.compile(r"([0-9]+)\s*(wd|d)")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?"
)
_REPETITION: Final = re.compile(r"R[0-9]*/.*")


class DeadlineInvalid(RuleTextInvalid):
    """A text that is no deadline: ``position`` in the text, and why in ``sv`` and ``en``."""


@dataclass(frozen=True)
class Counted:
    """Counted in days from T, from D, or from the day the step is reached ("now", always with an offset)."""

    base: Literal["T", "D", "now"]
    offset: DayOffset | None


@dataclass(frozen=True)
class ManuscriptStop:
    """The manuscript stop of the meeting that T is."""


Form = Counted | ManuscriptStop | Duration | date | datetime


class DeadlineText(NamedTuple):
    """A deadline as read: how it is best written, what it says, and which way it moves when it says so."""

    text: str
    form: Form
    move: Move | None


def read_deadline(text: str) -> DeadlineText:
    """Read a deadline. Raises DeadlineInvalid, with the place and the reason, for anything that is none."""
    require_plain_text(text, MAX_LENGTH, DeadlineInvalid)
    wanted, move = split_move(text)
    require_plain_text(wanted, MAX_LENGTH, DeadlineInvalid)
    best, form = _read_form(wanted)
    if move is None:
        return DeadlineText(best, form, None)
    place = text.rindex(move)
    if isinstance(form, ManuscriptStop) and move == "later":
        raise DeadlineInvalid(
            place,
            "Det som hänger på ett sammanträde flyttas aldrig senare. Ta bort ordet later.",
            "What hangs on a meeting never moves later. Remove the word later.",
        )
    if isinstance(form, datetime) or (isinstance(form, Duration) and form.has_time):
        raise DeadlineInvalid(
            place,
            f"Ett klockslag flyttas aldrig. Ta bort ordet {move}.",
            f"A time of day never moves. Remove the word {move}.",
        )
    return DeadlineText(f"{best} {move}", form, move)


def _read_form(text: str) -> tuple[str, Form]:
    counted = _COUNTED.match(text)
    if counted is not None:
        offset = read_offset(text, counted.end(), DeadlineInvalid) if text[counted.end() :] else None
        base: Literal["T", "D"] = "T" if counted[1] == "T" else "D"
        return base + (offset.text if offset else ""), Counted(base, offset)
    start = len(text) - len(text.lstrip())
    word = text.strip()
    if word == "manusstopp":
        return word, ManuscriptStop()
    if word.startswith("P"):
        return word, _read_length(word, start)
    from_now = _FROM_NOW.fullmatch(word)
    if from_now is not None:
        unit: Literal["wd", "d"] = "wd" if from_now[2] == "wd" else "d"
        amount = bounded_amount(from_now[1], unit, start, DeadlineInvalid)
        return f"{amount}{unit}", Counted("now", DayOffset(amount, unit))
    return _read_date(word, start)


def _read_date(word: str, start: int) -> tuple[str, Form]:
    if _DAY.fullmatch(word):
        on = _parse_day(word, start)
        return on.isoformat(), on
    instant = _INSTANT.fullmatch(word)
    if instant is not None:
        at = _parse_instant(word, start, zoned=instant["offset"] is not None)
        return at.isoformat(), at
    if _REPETITION.fullmatch(word):
        raise DeadlineInvalid(
            start,
            "En upprepning tar aldrig slut och är ingen tidsgräns. Skriv en tidslängd, till exempel P1M, eller låt en "
            "kalenderregel starta processen varje gång.",
            "A repetition never ends and is no deadline. Write a duration, for example P1M, or let a calendar rule "
            "start the process each time.",
        )
    raise DeadlineInvalid(start, *_unknown(word))


def _read_length(word: str, start: int) -> Duration:
    duration = read_duration(word)
    if duration is None:
        raise DeadlineInvalid(
            start,
            f"”{word}” är ingen tidslängd. Skriv till exempel P21D (dagar), P1M (en månad) eller PT2H (timmar).",
            f"“{word}” is no duration. Write for example P21D (days), P1M (a month) or PT2H (hours).",
        )
    if duration.weight_in_days() > MAX_DAYS:
        raise DeadlineInvalid(
            start, "Tidslängden är för lång: högst fem år.", "The duration is too long: at most five years."
        )
    return duration


def _parse_day(word: str, start: int) -> date:
    try:
        on = date.fromisoformat(word)
    except ValueError:
        raise DeadlineInvalid(start, *_no_such_time(word)) from None
    _require_known_year(on, start)
    return on


def _parse_instant(word: str, start: int, *, zoned: bool) -> datetime:
    try:
        at = datetime.fromisoformat(word)
    except ValueError:
        raise DeadlineInvalid(start, *_no_such_time(word)) from None
    _require_known_year(at, start)
    if not zoned:
        mended = at.replace(tzinfo=STOCKHOLM).isoformat()
        raise DeadlineInvalid(
            start + len(word),
            f"Klockslaget saknar tidszon. Skriv {mended} för svensk tid.",
            f"The time has no time zone. Write {mended} for Swedish time.",
        )
    return at


def _require_known_year(on: date, start: int) -> None:
    if not FIRST_YEAR < on.year < LAST_YEAR:
        raise DeadlineInvalid(
            start,
            f"Året ska vara mellan {FIRST_YEAR + 1} och {LAST_YEAR - 1}.",
            f"The year must be between {FIRST_YEAR + 1} and {LAST_YEAR - 1}.",
        )


def _no_such_time(word: str) -> Sentence:
    return Sentence(f"{word} finns inte i almanackan.", f"{word} is not in the calendar.")


def _unknown(word: str) -> Sentence:
    forms = "T, T-30wd, T+14d, D+3wd, 5wd, P21D, PT2H, manusstopp, 2027-02-26"
    return Sentence(
        f"”{word}” är ingen tidsgräns. Den kan skrivas så här: {forms}.",
        f"“{word}” is no deadline. It can be written like this: {forms}.",
    )
