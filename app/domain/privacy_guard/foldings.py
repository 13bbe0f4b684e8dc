"""A text as it is read: the many ways to write a digit, a space or a hyphen made one, and what is invisible left out.

Full-width and Arabic digits, digits in circles, no-break spaces, en dashes, zero-width characters between the digits
of a number: people paste such text, and some hope that it is not seen. Each character that is left knows its place in
the text as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPACES: Final = (
    "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u2800\u3000"
)
_HYPHENS: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"
_BREAKS: Final = "\r\v\f\u0085\u2028\u2029"
_BLANKS: Final = "\u115f\u1160\u3164\uffa0"
"""Letters by name that show nothing."""
_SAME: Final = str.maketrans({
    **dict.fromkeys(_SPACES, " "), **dict.fromkeys(_HYPHENS, "-"), **dict.fromkeys(_BREAKS, "\n")
})  # fmt: skip
_ODD: Final = re.compile(r"[^\n -~ -¬®-ÿ‘’“”…•€]")


@dataclass(frozen=True)
class Folded:
    """A text as it is read. ``places`` has each character's place in the written text; None when they are the same."""

    text: str
    places: Sequence[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """From where to where ``text[start:end]`` stands in the written text; ``start`` is less than ``end``."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def folded(written: str) -> Folded:
    """The text as it is read. Takes time in proportion to its length."""
    plain = written.translate(_SAME)
    if _ODD.search(plain) is None:
        return Folded(plain)
    kept: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(plain):
        if " " <= sign <= "~" or sign == "\n":
            kept.append(sign)
            places.append(place)
            continue
        category = unicodedata.category(sign)
        if category in {"Cf", "Cc", "Cs"} or sign in _BLANKS:
            continue
        if category in {"Mn", "Me"}:
            _compose(kept, sign)
            continue
        kept.append(_plain(sign))
        places.append(place)
    return Folded("".join(kept), places)


def _compose(kept: list[str], mark: str) -> None:
    """An a and a ring are an å; any other mark (a line through a digit) is left out."""
    composed = unicodedata.normalize("NFC", kept[-1] + mark) if kept else ""
    if len(composed) == 1:
        kept[-1] = composed


def _plain(sign: str) -> str:
    digit = unicodedata.digit(sign, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", sign)
    return plain if len(plain) == 1 else sign
