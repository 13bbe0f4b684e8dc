"""Municipal profiles as files: who the municipality is, what it has adopted, its organisation and meeting plan."""

import tomllib
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.reminders import ReminderSettingsInvalid, read_settings


class ProfileInvalid(ValueError):
    """The file is no profile. The message says what is wrong, in English, for the technician who wrote it."""


@dataclass(frozen=True)
class Profile:
    """A profile as read. `parameters` is what is stored as the municipality's profile."""

    id: str
    name: str
    parameters: dict[str, Any]
    departments: tuple[tuple[str, str], ...]
    actors: tuple[tuple[str, str], ...]
    bodies: tuple[tuple[str, str, str | None], ...]
    meetings: tuple[tuple[str, date], ...]


_LISTS = frozenset({"id", "name", "departments", "actors", "bodies", "meetings"})
_ALPHABET = "abcdefghijklmnopqrstuvwxyzåäö"


def sort_key(name: str) -> str:
    """A key that sorts as Swedish does (å, ä, ö last), whatever the database's collation."""
    folded = name.casefold().replace("é", "e").replace("ü", "y").replace("æ", "ä").replace("ø", "ö")
    return "".join(chr(ord("a") + _ALPHABET.index(c)) if c in _ALPHABET else c for c in folded)


def read_profile(raw: bytes) -> Profile:
    """Read a profile. Raises ProfileInvalid."""
    try:
        data = tomllib.loads(raw.decode())
        meetings = tuple(
            (str(entry["organ"]), date.fromisoformat(str(on)))
            for entry in data.get("meetings", ())
            for on in entry["dates"]
        )
        read_settings(data.get("reminders"))
        return Profile(
            id=str(data["id"]),
            name=str(data["name"]),
            parameters={k: v for k, v in data.items() if k not in _LISTS},
            departments=tuple((str(d["name"]), str(d.get("kind", "department"))) for d in data.get("departments", ())),
            actors=tuple((str(a["name"]), str(a["kind"])) for a in data.get("actors", ())),
            bodies=tuple((str(b["name"]), str(b["kind"]), b.get("organ")) for b in data.get("bodies", ())),
            meetings=meetings,
        )
    except ReminderSettingsInvalid as fault:
        raise ProfileInvalid(fault.en) from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as fault:
        raise ProfileInvalid(f"{type(fault).__name__}: {fault}") from fault
