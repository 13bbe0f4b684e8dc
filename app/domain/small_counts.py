"""Counts so small that they may point somebody out are not told in what everybody may read.

A count under five of persons, reports or events in a place can be enough for neighbours to know whom it is about. The
work's own counts, of measures and meetings, point nobody out and stay.
"""

import re
from typing import Any, Final

LEAST: Final = 5
"""The smallest count that may be told."""

INSTEAD: Final = f"färre än {LEAST}"

_COUNTED: Final = (
    r"anmäl\w+|avhysning\w*|barn\w*|bedrägeri\w*|besökare|brott\w*|cykelstöld\w*|deltagare|elev\w*|fall\w*|flick\w+|"
    r"föräld\w+|grip\w+|händelse\w*|inbrott\w*|invånare|kvinn\w+|män|misshandel\w*|misshandlar\w*|offer|"
    r"omhändertag\w+|orosanmäl\w+|person\w*|pojk\w+|polisanmäl\w+|rån\w*|skad\w+|stöld\w*|tips|ungdom\w*|unga|vuxna|"
    r"våldsbrott\w*|ärende\w*|äldre"
)
# At most two words between the number and what is counted: "tre anmälda grova stölder".
_PROSE: Final = re.compile(
    rf"(?<![\d.,:/§-])\b(?P<number>[1-4]|två|tre|fyra)\b(?![.,:/-]?\d)(?P<between>(?:\s+[a-zåäöé]+){{0,2}}?\s+)"
    rf"(?P<counted>{_COUNTED})\b",
    re.IGNORECASE,
)
_VALUE: Final = re.compile(r"(?<![\d.,:/-])[1-4](?![\d:/-]|[.,]\d| *(?:%|procent|promille| 000))")
VALUES: Final = frozenset({"varde", "jamforelsevarde", "value", "value_before", "value_after", "antal"})
"""The fields that hold a count and little else."""


def without_small_counts(text: str) -> str:
    """The text where each small count of persons or events is *färre än 5*."""
    return _PROSE.sub(lambda m: f"{INSTEAD}{m['between']}{m['counted']}", text)


def hide_small_counts(value: Any, field: str = "") -> Any:
    """The same for every text in plain data; in a field that holds a value, for the number itself."""
    if isinstance(value, str):
        return without_small_counts(_VALUE.sub(INSTEAD, value) if field in VALUES else value)
    if isinstance(value, dict):
        return {key: hide_small_counts(inner, key) for key, inner in value.items()}
    if isinstance(value, int | float) and not isinstance(value, bool) and field in VALUES and 0 < value < LEAST:
        return INSTEAD
    return [hide_small_counts(inner, field) for inner in value] if isinstance(value, list) else value
