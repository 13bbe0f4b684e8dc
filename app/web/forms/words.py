"""The fixed words that stand inside what the templates are given, in both languages.

Words that stand alone in a template go through gettext there; these take a row's name, a number or a file's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.forms import in_sentence
from app.web.swedish import Swedish, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.forms import Language


def errors_title(count: int, language: Language) -> str:
    """The heading of the error summary: "9 saker behöver rättas". An "uppgift" would be a task."""
    if language == "sv":
        return f"{count} {'sak' if count == 1 else 'saker'} behöver rättas"
    return f"{count} {'thing needs' if count == 1 else 'things need'} to be corrected"


def row_legend(row: str, position: int, subject: str) -> str:
    """The row and what it is about, where that is known: "Åtgärd 1", "Åtagande 2: Fler vuxna ute"."""
    numbered = joined(" ", [row, str(position + 1)])
    return joined(": ", [numbered, subject]) if subject else numbered


def add_row(row: str, language: Language) -> str:
    """The button: "Lägg till åtgärd"."""
    return joined(" ", ["Lägg till" if language == "sv" else "Add", _in_sentence(row)])


def remove_row(row: str, position: int, language: Language) -> str:
    """The button: "Ta bort åtgärd 1"."""
    return joined(" ", ["Ta bort" if language == "sv" else "Remove", _in_sentence(row), str(position + 1)])


def remove_file(name: str, language: Language) -> str:
    """The box: "Ta bort rapport.pdf"."""
    return f"{'Ta bort' if language == 'sv' else 'Remove'} {name}"


def attached_file(language: Language) -> str:
    """What a file is called whose name is not known."""
    return "den bifogade filen" if language == "sv" else "the attached file"


def no_longer_offered(language: Language) -> str:
    """The label of a choice that was made once and is not offered any more."""
    return "Ditt tidigare val, som inte längre finns" if language == "sv" else "Your earlier choice, no longer offered"


def yes_and_no(language: Language) -> tuple[tuple[str, str], tuple[str, str]]:
    """The two answers to a yes-or-no question: what is posted, and the word."""
    return (("true", "Ja"), ("false", "Nej")) if language == "sv" else (("true", "Yes"), ("false", "No"))


def one_per_line(language: Language) -> str:
    """Help for a list that is written line by line, where the form gives none."""
    return "Skriv en sak på varje rad." if language == "sv" else "Write one thing on each line."


def concerned(texts: Sequence[str], count: int, language: Language) -> str:
    """Which texts a warning is about: "Det gäller: ”070-123 45 67”." `count` is how many there are in all."""
    opened, closed, more = ("”", "”", "till") if language == "sv" else ("“", "”", "more")
    named = ", ".join(f"{opened}{' '.join(text.split())}{closed}" for text in texts)
    if count > len(texts):
        named += f" {'och' if language == 'sv' else 'and'} {count - len(texts)} {more}"
    return f"{'Det gäller' if language == 'sv' else 'This is about'}: {named}."


def not_checked(language: Language) -> str:
    """What stands at the box when the form was sent without it."""
    if language == "sv":
        return "Ändra i texten, eller kryssa i rutan om du har kontrollerat den."
    return "Change the text, or tick the box if you have checked it."


def no_reason(language: Language) -> str:
    """What stands at the reason when it was left out."""
    return "Skriv varför det ska stå kvar." if language == "sv" else "Say why it shall stand."


def _in_sentence(row: str) -> str:
    return Swedish(in_sentence(row)) if isinstance(row, Swedish) else in_sentence(row)
