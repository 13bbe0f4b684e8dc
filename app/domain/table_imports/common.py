"""What several kinds of tables have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.domain.table_imports.columns import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

REFERENCE: Final = Column(
    "reference", "Referens", "Reference", longest=100, also=("Ref", "Id", "Nummer"), example="Å-14",
    help_sv="Er egen beteckning. Med den går raden att känna igen nästa gång, vad som än ändras i den.",
    help_en="Your own number. By it the row is known the next time, whatever has changed in it.",
)  # fmt: skip
YEAR: Final = Column(
    "year", "År", "Year", "year", keeps=True, example="2026",
    help_sv="Året den hör till. Tomt: årtalet i första datumet, annars i år.",
    help_en="The year it belongs to. Empty: that of its first date, or else this year.",
)  # fmt: skip


def days_in_order(values: Mapping[str, Any], first: str, last: str) -> Iterable[tuple[str, str, str]]:
    """The fault of a last day before the first."""
    if values.get(first) and values.get(last) and values[last] < values[first]:
        yield (
            last,
            f"{values[last]} ligger före {values[first]}, den första dagen.",
            f"{values[last]} is before {values[first]}, the first day.",
        )
