"""What a municipality's year is about in a simulation: three problems, of which two go on to the next year.

The problems are invented, and follow the plans' own themes. They stand in `themes.toml`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("themes.toml")
_NAME = re.compile(r"\{([\wåäö.]+)\}")
_A_YEAR = 3
# The autumn prepares next year's picture: what is asked from September on is about next year's problems.
_AUTUMN = 9
_FIRST_YEAR = 2027

Theme = Mapping[str, Any]


@lru_cache(maxsize=1)
def read_themes() -> Mapping[str, Any]:
    """The problems by key, and under `kommuner` which of them each municipality has, in the order they come."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def themes_of(municipality: str, on: date, whose: str) -> dict[str, Any]:
    """The words for what a task that day is about: `tema1` to `tema3`, and `förra1` to `förra3` of the year before.

    `tema` is the one that the task itself is about, if any, or else the first; `teman` are the three.
    """
    year = on.year + (on.month >= _AUTUMN)
    now, before = _of_year(municipality, year), _of_year(municipality, year - 1)
    named = [theme for theme in read_themes()["teman"].values() if theme["namn"] == whose]
    return {
        "tema": named[0] if named else now[0],
        "teman": now,
        "platsen": read_themes()["kommuner"].get(municipality, {}).get("plats", "Stadshuset"),
        **{f"tema{number}": theme for number, theme in enumerate(now, 1)},
        **{f"förra{number}": theme for number, theme in enumerate(before, 1)},
    }


def _of_year(municipality: str, year: int) -> list[Theme]:
    """Three of the municipality's problems. Each year the first is left and another comes last."""
    known = read_themes()
    keys: Sequence[str] = known["kommuner"].get(municipality, known["kommuner"]["askersund"])["teman"]
    found = [known["teman"][keys[(year - _FIRST_YEAR + n) % len(keys)]] for n in range(_A_YEAR)]
    # How many years a problem has been worked with: the last of the three is new.
    ages = [min(max(year - _FIRST_YEAR, 0), _A_YEAR - 1 - n) for n in range(_A_YEAR)]
    return [
        {**theme, "nu": _figure(theme, age), "nyss": _figure(theme, age - 1)}
        for theme, age in zip(found, ages, strict=True)
    ]


def _figure(theme: Theme, age: int) -> int:
    """What is counted, from `varde` when the work began towards `efter` two years later."""
    first, then = int(theme["varde"]), int(theme["efter"])
    return first + round((then - first) * age / (_A_YEAR - 1))


def resolve(written: Any, words: Mapping[str, Any]) -> Any:
    """What is written, with the names in braces filled in. A text that is one name only may stand for a list.

    In a list, a table with `per_tema = true` stands for one table for each of the year's problems, and a name that
    stands for a list for its items. Raises KeyError for a name that stands for nothing.
    """
    if isinstance(written, str):
        whole = _NAME.fullmatch(written)
        return (
            resolve(_word(whole[1], words), words) if whole else _NAME.sub(lambda m: str(_word(m[1], words)), written)
        )
    if isinstance(written, dict):
        # What belongs to somebody else is not read.
        return {name: resolve(value, words) for name, value in written.items() if name not in {"for", "in", "vary"}}
    if isinstance(written, list):
        return [item for row in written for item in _items(row, words)]
    return written


def _items(row: Any, words: Mapping[str, Any]) -> Iterator[Any]:
    if isinstance(row, dict) and row.get("per_tema"):
        row = {name: value for name, value in row.items() if name != "per_tema"}
        for number, theme in enumerate(words["teman"], 1):
            yield resolve(row, {**words, "tema": theme, "nummer": number})
        return
    found = resolve(row, words)
    if isinstance(row, str) and isinstance(found, list):
        yield from found
    else:
        yield found


def _word(name: str, words: Mapping[str, Any]) -> Any:
    found: Any = words
    for part in name.split("."):
        found = found[int(part) if isinstance(found, list) else part]
    return found
