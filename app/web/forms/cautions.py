"""What the personal-data guard warns of, in the words the writer sees beside the field and above the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.errors import FieldFault
from app.domain.forms.vocabulary import CHECKED_NAME
from app.web.forms import words
from app.web.forms.views import CautionView, ErrorView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.domain.forms import Language
    from app.services.process.findings import Warned

_NAMED = 3


def sentences_of(warned: Sequence[Warned]) -> list[FieldFault]:
    """One sentence for each field and kind of warning, with the first few texts that it is about."""
    found: dict[FieldFault, dict[str, None]] = {}
    for one in warned:
        found.setdefault(one.fault, {})[one.found] = None
    return [
        FieldFault(
            fault.pointer,
            f"{fault.sv} {words.concerned(list(texts)[:_NAMED], len(texts), 'sv')}",
            f"{fault.en} {words.concerned(list(texts)[:_NAMED], len(texts), 'en')}",
        )
        for fault, texts in found.items()
    ]


def caution_of(
    warned: Sequence[Warned],
    checked: frozenset[str] | None,
    target: Callable[[str], str],
    language: Language,
    prefix: str,
) -> CautionView | None:
    """What stands above the form, and the box at its end; None when there is nothing to warn of.

    `checked` are the marks that the writer has said are all right, None where nothing was asked yet.
    """
    if not warned:
        return None
    marks = sorted({one.mark for one in warned})
    is_checked = checked is not None and checked.issuperset(marks)
    return CautionView(
        id=f"{prefix}-caution",
        name=CHECKED_NAME,
        value=" ".join(marks),
        warnings=tuple(
            ErrorView(said.sv if language == "sv" else said.en, target(said.pointer)) for said in sentences_of(warned)
        ),
        is_checked=is_checked,
        error="" if checked is None or is_checked else words.not_checked(language),
    )
