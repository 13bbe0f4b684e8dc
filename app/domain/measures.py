"""How far a measure (åtgärd) has come, and which ways it may go from there.

A measure is *proposed*, *decided* when the plan it stands in is adopted, then *ongoing* or *late* until it is *done* or
*cancelled*. What somebody reports moves it along, never back: what has begun cannot become not begun, and what is done
stays done. One that is done or cancelled is *evaluated* when its effect has been judged in a situation picture.
Askersund's plan asks the departments to report carried-out measures each autumn ("återrapportera ...
genomförda åtgärder utifrån åtgärdsplanen", Ansvarsfördelning).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

REPORTED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ej påbörjad": "decided",
        "pågår": "ongoing",
        "försenad": "late",
        "genomförd": "done",
        "avbruten": "cancelled",
    }
)
"""The word of a form -> the status it reports."""

UNDER_WAY: Final = frozenset({"decided", "ongoing", "late"})
"""Decided, and neither done nor cancelled."""

_WORDS: Final = MappingProxyType({status: word for word, status in REPORTED.items()})
_ENGLISH: Final = {
    "decided": "not begun", "ongoing": "ongoing", "late": "late", "done": "done", "cancelled": "stopped",
}  # fmt: skip
_ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "decided": frozenset({"decided", "ongoing", "late", "done", "cancelled"}),
    "ongoing": frozenset({"ongoing", "late", "done", "cancelled"}),
    # One that should have begun and has not is reported as not begun, and is as late as before.
    "late": frozenset({"late", "decided", "ongoing", "done", "cancelled"}),
    "done": frozenset({"done"}),
    "cancelled": frozenset({"cancelled"}),
}
_UNKNOWN_EFFECT: Final = "kan ej bedömas"


class MeasureCannotBecome(ValueError):
    """The measure cannot go from where it is to what was reported. Sentences in ``sv`` and ``en``."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(en)
        self.sv, self.en = sv, en


def word_for(status: str) -> str | None:
    """The word that a form has for a status; None for one that nobody reports (``proposed``)."""
    return _WORDS.get(status)


def status_after(current: str, word: str) -> str:
    """The status of a measure when the word has been reported of it.

    Raises MeasureCannotBecome for a word that is not known, a measure that is not decided, and a step back.
    """
    reported = REPORTED.get(word)
    if reported is None:
        raise MeasureCannotBecome(f"”{word}” är inget läge för en åtgärd.", f"'{word}' is no status of a measure.")
    if current == "evaluated":
        raise MeasureCannotBecome("Åtgärden är redan utvärderad.", "The measure has been evaluated already.")
    if current not in _ALLOWED:
        raise MeasureCannotBecome("Åtgärden är inte beslutad än.", "The measure has not been decided yet.")
    if reported not in _ALLOWED[current]:
        raise MeasureCannotBecome(
            f"Åtgärden är redan rapporterad som {_WORDS[current]} och kan inte bli {word}.",
            f"The measure has been reported as {_ENGLISH[current]} already and cannot become {_ENGLISH[reported]}.",
        )
    return "late" if (current, reported) == ("late", "decided") else reported


def status_judged(current: str, effect: str | None) -> str:
    """The status when the effect has been judged: over and judged is evaluated, anything else is as it was."""
    is_judged = bool(effect) and effect != _UNKNOWN_EFFECT
    return "evaluated" if is_judged and current in {"done", "cancelled"} else current
