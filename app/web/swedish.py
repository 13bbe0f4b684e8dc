"""Swedish words on a page in another language: what a task is called, what a plan says.

WCAG 3.1.2 asks that each part of a page says which language it is in, so that it is read aloud in that language. The
code that makes a page marks such a text as `Swedish`, and keeps the marks when it puts texts together (`put`,
`joined`). Everywhere else it is an ordinary text. In a template the filter `marked` writes the text with its language,
and the filter `tongue` gives the attribute for an element that holds nothing else.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Self

from markupsafe import Markup, escape

from app.web.translations import Language

_PLACE = re.compile(r"%\((\w+)\)s")


class Swedish(str):
    """A text that is Swedish whatever language the page is in."""

    __slots__ = ()


class Mixed(str):
    """A text in the page's language with Swedish parts in it; `parts` are its pieces in order."""

    __slots__ = ("parts",)
    parts: tuple[str, ...]

    def __new__(cls, parts: Iterable[str]) -> Self:
        """The text of these parts."""
        pieces = tuple(piece for part in parts for piece in pieces_of(part))
        made = super().__new__(cls, "".join(pieces))
        made.parts = pieces
        return made


def pieces_of(text: str) -> tuple[str, ...]:
    """The text in pieces of one language each."""
    return text.parts if isinstance(text, Mixed) else (text,)


def put(sentence: str, values: Mapping[str, object]) -> str:
    """`sentence % values`, remembering which of the values are Swedish. Only `%(name)s` is known."""
    pieces = _PLACE.split(sentence)
    texts = [value if isinstance(value, str) else str(value) for value in (values[name] for name in pieces[1::2])]
    around = [piece.replace("%%", "%") for piece in pieces[::2]]
    return Mixed([around[0], *(part for text, after in zip(texts, around[1:], strict=True) for part in (text, after))])


def joined(between: str, texts: Iterable[str]) -> str:
    """`between.join(texts)`, remembering which of the texts are Swedish."""
    found: list[str] = []
    for text in texts:
        found += [between, text] if found else [text]
    return Mixed(found)


def marked(text: str, language: Language) -> Markup:
    """The text as HTML, its Swedish parts marked where the page is in another language."""
    if language == "sv":
        return escape(text)
    return Markup().join(
        Markup('<span lang="sv">{}</span>').format(piece) if isinstance(piece, Swedish) else escape(piece)
        for piece in pieces_of(text)
        if piece
    )


def tongue(text: str, language: Language) -> Markup:
    """The attribute `lang` for an element that holds only this text; nothing where it is in the page's language."""
    is_swedish = all(isinstance(piece, Swedish) for piece in pieces_of(text) if piece.strip())
    return Markup(' lang="sv"') if language != "sv" and text and is_swedish else Markup()
