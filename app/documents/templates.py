"""Templates of papers: Jinja2 that gives marked text, in which each line knows its line of the template.

What comes from records is *data*: it can never become a heading, a table or a new cell, whatever signs it holds. Signs
that mean something in marked text are therefore put out of reach in it, and given back by `clear`.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.documents.faults import TemplateInvalid
from app.domain.swedish_dates import long_date

LINE, LINE_END = "\ue0f0", "\ue0f1"
BREAK = "\ue001"
"""A new line in somebody's text."""

_HIDDEN = {"\n": BREAK} | {sign: chr(0xE010 + number) for number, sign in enumerate("|*#->:.•_\\`")}
_HIDE = str.maketrans({"\r": None, "\t": " ", **_HIDDEN})
_SHOW = str.maketrans({hidden: sign for sign, hidden in _HIDDEN.items()})
_TAGS = re.compile(r"\{%.*?%\}")
_PRIVATE = dict.fromkeys([*range(0xE000, 0xF900), *range(9), 11, 12, *range(14, 32), 127])


class _Lines(Extension):
    """Puts the number of its line before each piece of the template's own text."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002  its form
        """Keep the end of a line that ends with a tag: only lines of nothing but tags are to leave no trace."""
        return "\n".join(
            line + "{{ '' }}" if line.rstrip().endswith("%}") and _TAGS.sub("", line).strip() else line
            for line in source.split("\n")
        )

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Mark the text."""
        for token in stream:
            if token.type == "data":
                pieces = token.value.split("\n")
                marked = [f"{LINE}{token.lineno + n}{LINE_END}{piece}" for n, piece in enumerate(pieces)]
                yield Token(token.lineno, "data", "\n".join(marked))
            else:
                yield token


def fill(name: str, source: str, view: Mapping[str, Any]) -> str:
    """The template filled with the view: marked text with the numbers of lines. Raises TemplateInvalid."""
    environment = ImmutableSandboxedEnvironment(
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_Lines],
        finalize=_hide,
    )
    environment.filters |= {"datum": _day, "antal": _count, "lower_first": _lower_first}
    clean = source.translate(_PRIVATE)
    try:
        return environment.from_string(clean).render(view)
    except TemplateSyntaxError as fault:
        raise TemplateInvalid(name, fault.lineno, f"mallen går inte att läsa: {fault.message}", str(fault)) from fault
    except UndefinedError as fault:
        raise TemplateInvalid(
            name, _line_of(fault), f"uppgiften finns inte: {fault.message}", f"there is no such value: {fault.message}"
        ) from fault
    except (SecurityError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as fault:
        raise TemplateInvalid(name, _line_of(fault), f"mallen går inte att fylla i: {fault}", str(fault)) from fault


def clear(text: str) -> str:
    """The text with the signs of its data as they were written."""
    return text.translate(_SHOW)


def _hide(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, float):
        return f"{value:g}".replace(".", _HIDDEN["."]).replace(_HIDDEN["."], ",")
    if isinstance(value, str) and LINE not in value:
        return value.translate(_PRIVATE).translate(_HIDE)
    # What a macro gave is text of the template, hidden already; an undefined value must stay one, to be refused.
    return value


def _day(value: str | None) -> str:
    return long_date(date.fromisoformat(value[:10])) if value else ""


def _count(value: int, one: str, many: str) -> str:
    return f"{value} {one if value == 1 else many}"


def _lower_first(text: str) -> str:
    """As it stands inside a sentence; what begins with an abbreviation keeps it."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _line_of(fault: BaseException) -> int:
    """The innermost line of the template that the fault passed."""
    line, step = 0, fault.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "<template>":
            line = step.tb_lineno
        step = step.tb_next
    return line
