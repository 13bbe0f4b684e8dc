"""The words of the interface: Swedish in the source, English from the catalogue."""

import gettext
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = Literal["sv", "en"]

CATALOGUE = Path(__file__).parent / "locale" / "en.po"


@lru_cache(maxsize=2)
def translations(language: Language) -> gettext.NullTranslations:
    """The catalogue of a language. Swedish needs none: the words in the source are Swedish."""
    if language == "sv":
        return gettext.NullTranslations()
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def gettext_in(language: Language, text: str) -> str:
    """The text in that language."""
    return translations(language).gettext(text)


def language_of(wanted: str | None, accepted: str | None) -> Language:
    """The language somebody reads: what they chose, else English only when their browser puts it before Swedish."""
    if wanted in {"sv", "en"}:
        return "en" if wanted == "en" else "sv"
    for part in (accepted or "").lower().split(","):
        code = part.split(";")[0].strip()[:2]
        if code in {"sv", "en"}:
            return "en" if code == "en" else "sv"
    return "sv"
