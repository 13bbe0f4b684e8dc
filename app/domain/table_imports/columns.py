"""The columns of a table to import: what each is called, what its cells may hold, and what a cell means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from app.domain import privacy_guard
from app.domain.written_dates import WrittenDateInvalid, read_written_date

if TYPE_CHECKING:
    from uuid import UUID

Shape = Literal["line", "text", "date", "choice", "place", "list", "year"]
MAX_ITEMS: Final = 50
MAX_ITEM: Final = 300
FIRST_YEAR, LAST_YEAR = 2000, 2150
_SHOWN: Final = 60
_OTHERS: Final[Mapping[str, str]] = {
    "eller": " eller något annat i mallens lista",
    "or": " or another in the list of the template",
    "och": " med flera",
    "and": " and others",
}
_OFFERED: Final = 8
_PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "department": ("förvaltningar", "departments"),
    "company": ("bolag", "companies"),
    "actor": ("aktörer", "actors"),
    "body": ("organ", "bodies"),
}


@dataclass(frozen=True)
class KnownPlace:
    """A department, company, actor or body of the municipality."""

    kind: str
    id: UUID
    name: str


@dataclass(frozen=True)
class Column:
    """A column. `name` is the field it fills; `sv` and `en` are its headings, `also` others that mean it.

    `choices` are the words of a choice and what each stores, the usual word first; `places` the kinds of places that
    may be named. `longest` is in characters. An emptied cell empties the field, unless it `keeps` what stands there.
    `guarded` texts are examined for more than identity numbers: what is found there is pointed out.
    """

    name: str
    sv: str
    en: str
    shape: Shape = "line"
    required: bool = False
    longest: int = 200
    choices: Mapping[str, Any] = field(default_factory=dict)
    places: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    keeps: bool = False
    guarded: bool = False
    help_sv: str = ""
    help_en: str = ""
    example: str = ""

    def heading(self, language: str = "sv") -> str:
        """Its heading."""
        return self.en if language == "en" else self.sv

    def headings(self) -> frozenset[str]:
        """All that mean it, folded."""
        return frozenset(folded(text) for text in (self.sv, self.en, *self.also))

    def words(self, language: str = "sv") -> list[str]:
        """The words to choose among, one for each value."""
        shown: dict[Any, list[str]] = {}
        for word, value in self.choices.items():
            shown.setdefault(value, []).append(word)
        return [words[0] if language == "sv" or len(words) == 1 else words[1] for words in shown.values()]

    def shown(self, value: Any, language: str = "sv") -> str:
        """A value as a person reads it."""
        if value is None or value == "":
            return ""
        if self.shape == "choice":
            found = [word for word, stored in self.choices.items() if stored == value]
            return found[min(len(found) - 1, int(language == "en"))] if found else str(value)
        if self.shape == "place":
            return str(value.get("name") or "")
        return ", ".join(map(str, value)) if self.shape == "list" else str(value)

    def is_same(self, one: Any, other: Any) -> bool:
        """Whether two values mean the same: a place is its id, whatever it has come to be called."""
        if self.shape == "place":
            return (one or {}).get("id") == (other or {}).get("id")
        return (one or None) == (other or None)


@dataclass(frozen=True)
class ImportKind:
    """A kind of table. `id` is its word in addresses; `sheet` the name of its sheet in the template.

    `label` is the column that names a row to a person, and `key` those that tell rows apart where there is no
    reference. `check` judges a row's values together: (name of the column, Swedish, English) of each fault; `advise`
    says in the same way what does not stand in the way but should be thought of.
    """

    id: str
    sv: str
    en: str
    columns: tuple[Column, ...]
    label: str
    key: tuple[str, ...]
    help_sv: str
    help_en: str
    check: Callable[[Mapping[str, Any]], Iterable[tuple[str, str, str]]] = lambda _values: ()
    advise: Callable[[Mapping[str, Any]], Iterable[tuple[str, str, str]]] = lambda _values: ()

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


class CellInvalid(ValueError):
    """A cell that will not do. Sentences in `sv` and `en`."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(en)
        self.sv, self.en = sv, en


def folded(text: str) -> str:
    """A heading, a choice or a name as it is compared."""
    return " ".join(text.casefold().replace("*", " ").split())


def read_cell(column: Column, text: str, places: Iterable[KnownPlace]) -> Any:
    """What the cell means, as JSON has it; None for an empty one. Raises CellInvalid."""
    if not text:
        if column.required:
            raise CellInvalid("Cellen är tom men måste fyllas i.", "The cell is empty but must be filled in.")
        return None
    if found := privacy_guard.stops(text):
        raise CellInvalid(found[0].sv, found[0].en)
    return _READERS[column.shape](column, text, places)


def _date(_column: Column, text: str, _places: Iterable[KnownPlace]) -> str:
    try:
        return read_written_date(text).isoformat()
    except WrittenDateInvalid as fault:
        raise CellInvalid(fault.sv, fault.en) from fault


def _choice(column: Column, text: str, _places: Iterable[KnownPlace]) -> Any:
    words = {folded(word): value for word, value in column.choices.items()}
    if folded(text) not in words:
        raise CellInvalid(
            f"”{text[:_SHOWN]}” går inte att välja. Skriv {_listed(column.words(), 'eller')}.",
            f"“{text[:_SHOWN]}” cannot be chosen. Write {_listed(column.words('en'), 'or')}.",
        )
    return words[folded(text)]


def _place(column: Column, text: str, places: Iterable[KnownPlace]) -> dict[str, str]:
    possible = [place for place in places if place.kind in column.places]
    found = [place for place in possible if folded(place.name) == folded(text)]
    if len(found) == 1:
        return {"id": str(found[0].id), "name": found[0].name, "kind": found[0].kind}
    kinds = [_PLACES[kind] for kind in column.places]
    sv, en = (_listed([kind[n] for kind in kinds], word) for n, word in ((0, "och"), (1, "and")))
    if found:
        raise CellInvalid(f"Flera heter ”{text[:_SHOWN]}”.", f"Several are named “{text[:_SHOWN]}”.")
    names = [place.name for place in possible]
    here_sv, here_en = _listed(names, "och"), _listed(names, "and")
    raise CellInvalid(
        f"”{text[:_SHOWN]}” finns inte bland kommunens {sv}." + (f" Här finns {here_sv}." if names else ""),
        f"“{text[:_SHOWN]}” is not among the municipality’s {en}." + (f" There are {here_en}." if names else ""),
    )


def _items(_column: Column, text: str, _places: Iterable[KnownPlace]) -> list[str]:
    parts = text.replace("|", "\n").replace(";", "\n").splitlines()
    items = [" ".join(part.split()) for part in parts if part.strip()]
    if len(items) > MAX_ITEMS or any(len(item) > MAX_ITEM for item in items):
        raise CellInvalid(
            f"Högst {MAX_ITEMS} saker i cellen, var och en med högst {MAX_ITEM} tecken.",
            f"At most {MAX_ITEMS} things in the cell, each of at most {MAX_ITEM} characters.",
        )
    return items


def _year(_column: Column, text: str, _places: Iterable[KnownPlace]) -> int:
    if not (text.isascii() and text.isdigit()) or not FIRST_YEAR <= int(text[:6]) <= LAST_YEAR:
        raise CellInvalid(f"”{text[:_SHOWN]}” är inget år.", f"“{text[:_SHOWN]}” is no year.")
    return int(text)


def _text(column: Column, text: str, _places: Iterable[KnownPlace]) -> str:
    kept = text.replace("\r\n", "\n").replace("\r", "\n") if column.shape == "text" else " ".join(text.split())
    if len(kept) > column.longest:
        raise CellInvalid(
            f"Texten har {len(kept)} tecken. Högst {column.longest} får plats.",
            f"The text has {len(kept)} characters. There is room for {column.longest} at most.",
        )
    return kept


def _listed(words: list[str], last: str) -> str:
    """`a, b eller c`; of many, the first ones and that there are others."""
    if len(words) > _OFFERED:
        return ", ".join(words[:_OFFERED]) + _OTHERS[last]
    if len(words) < 2:  # noqa: PLR2004  nothing to join
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


_READERS: Final[Mapping[Shape, Callable[[Column, str, Iterable[KnownPlace]], Any]]] = {
    "line": _text, "text": _text, "date": _date, "choice": _choice, "place": _place, "list": _items, "year": _year,
}  # fmt: skip
