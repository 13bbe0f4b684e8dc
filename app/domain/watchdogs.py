"""The clocks of lag (2023:196) om kommuners ansvar för brottsförebyggande arbete.

6 §: at least every second year the municipality brings its situation picture up to date and follows up its action
plan. Two clocks of 24 months, each with an alarm after 21, so that a quarter is left to do it in.

13 §: the board reports the work to the municipal council *continuously*. The law sets no interval; the municipality
decides one (a year unless it says otherwise), and the sentence says whose decision it is.

A day of the law is never moved by weekends or pauses. Dates in Europe/Stockholm; "today" is always an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple

from app.domain.durations import Duration, months_later
from app.domain.swedish_dates import Sentence, long_date

Duty = Literal["situation_picture", "follow_up", "reporting"]
"""Situation picture brought up to date (6 §), action plan followed up (6 §), report to the council (13 §)."""
State = Literal["on_time", "alarm", "overdue", "never"]

STATUTORY_MONTHS: Final = 24
"""6 §: at least every second year."""
ALARM_MONTHS: Final = 21
"""When the alarm of a 24-month clock goes."""
REPORTING_MONTHS: Final = 12
"""How often the board reports to the council when the municipality has not decided otherwise."""
_LONGEST_REPORTING: Final = 24
_LONG_INTERVAL: Final = 6
_QUARTER: Final = 3


class _Words(NamedTuple):
    done: Sentence
    todo: Sentence
    never: Sentence
    paragraph: str


_WORDS: Final[dict[Duty, _Words]] = {
    "situation_picture": _Words(
        Sentence("Lägesbilden uppdaterades", "The situation picture was brought up to date"),
        Sentence("ska vara uppdaterad igen", "must be brought up to date again"),
        Sentence("Det finns ingen lägesbild.", "There is no situation picture."),
        "6 §",
    ),
    "follow_up": _Words(
        Sentence("Åtgärdsplanen följdes upp", "The action plan was followed up"),
        Sentence("ska vara uppföljd igen", "must be followed up again"),
        Sentence("Åtgärdsplanen har aldrig följts upp.", "The action plan has never been followed up."),
        "6 §",
    ),
    "reporting": _Words(
        Sentence("Kommunfullmäktige fick en rapport", "The municipal council had a report"),
        Sentence("ska få nästa", "must have the next one"),
        Sentence("Kommunfullmäktige har aldrig fått någon rapport.", "The municipal council has never had a report."),
        "13 §",
    ),
}

_FIRST_FOLLOW_UP: Final = _Words(
    Sentence("Åtgärdsplanen beslutades", "The action plan was decided"),
    Sentence("ska vara uppföljd", "must be followed up"),
    _WORDS["follow_up"].never,
    "6 §",
)


@dataclass(frozen=True)
class Watch:
    """One clock as it stands. ``alarm_on`` and ``due_on`` are None when there is nothing to count from: late already.

    ``due_on`` is the last day; the duty is overdue from the day after.
    """

    duty: Duty
    state: State
    fulfilled_on: date | None
    alarm_on: date | None
    due_on: date | None
    paragraph: str
    sv: str
    en: str


def watch(
    duty: Duty,
    fulfilled_on: date | None,
    today_on: date,
    reporting_months: int = REPORTING_MONTHS,
    *,
    decided_on: date | None = None,
) -> Watch:
    """Where the clock of the duty stands today, when it was last done on ``fulfilled_on`` (None: never).

    ``reporting_months`` is the municipality's own interval for 13 § and counts for nothing else. A plan that was never
    followed up is counted from the day it was decided, ``decided_on``: nothing is late while it is new. Raises
    ValueError when the interval is not between 1 and 24.
    """
    if not 1 <= reporting_months <= _LONGEST_REPORTING:
        raise ValueError(f"Rapportering var {reporting_months}:e månad går inte: 1 till {_LONGEST_REPORTING}.")
    words = _WORDS[duty]
    months, alarm_months = (STATUTORY_MONTHS, ALARM_MONTHS)
    if duty == "reporting":
        months = reporting_months
        alarm_months = months - _QUARTER if months > _LONG_INTERVAL else months - 1
    source = _source(duty, months)
    counted_from = fulfilled_on
    if fulfilled_on is None and duty == "follow_up" and decided_on is not None:
        words, counted_from = _FIRST_FOLLOW_UP, decided_on
    if counted_from is None:
        text = Sentence(f"{words.never.sv} {source.sv}", f"{words.never.en} {source.en}")
        return Watch(duty, "never", None, None, None, words.paragraph, text.sv, text.en)
    alarm_on, due_on = months_later(counted_from, alarm_months), months_later(counted_from, months)
    state: State = "overdue" if today_on > due_on else "alarm" if today_on >= alarm_on else "on_time"
    told = _told(words, state, counted_from, due_on, today_on)
    return Watch(
        duty, state, fulfilled_on, alarm_on, due_on, words.paragraph, f"{told.sv} {source.sv}", f"{told.en} {source.en}"
    )


def _told(words: _Words, state: State, done_on: date, due_on: date, today_on: date) -> Sentence:
    left = (due_on - today_on).days
    sv = f"{words.done.sv} {long_date(done_on)} och {words.todo.sv} senast {long_date(due_on)}"
    en = f"{words.done.en} on {long_date(done_on, 'en')} and {words.todo.en} by {long_date(due_on, 'en')}"
    if state == "overdue":
        late = Duration(days=-left).in_words()
        return Sentence(f"{sv}. Det är {late.sv} för sent.", f"{en}. It is {late.en} late.")
    if state == "alarm":
        remaining = Duration(days=left).in_words()
        return Sentence(f"{sv}. Det är {remaining.sv} kvar.", f"{en}: {remaining.en} left.")
    return Sentence(f"{sv}.", f"{en}.")


def _source(duty: Duty, months: int) -> Sentence:
    if duty != "reporting":
        return Sentence("Minst vartannat år: lag (2023:196) 6 §.", "At least every second year: lag (2023:196) 6 §.")
    length = Duration(years=months // 12, months=months % 12).in_words()
    return Sentence(
        f"Fortlöpande rapportering: lag (2023:196) 13 §, med det tidsavstånd som kommunen har bestämt ({length.sv}).",
        f"Continuous reporting: lag (2023:196) 13 §, at the interval the municipality has decided ({length.en}).",
    )
