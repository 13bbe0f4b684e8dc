"""What the personal-data guard warns of, in the words the writer sees beside the field and above the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.errors import FieldFault
from app.domain.forms.vocabulary import CHECKED_NAME, REASON_NAME
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


def is_answered(warned: Sequence[Warned], checked: frozenset[str] | None, reason: str) -> bool:
    """Whether the writer has looked at everything that is warned of, and said why where that is asked."""
    looked_at = {one.mark for one in warned} <= (checked or frozenset())
    return looked_at and (bool(reason) or not any(one.needs_reason for one in warned))


def caution_of(
    warned: Sequence[Warned],
    checked: frozenset[str] | None,
    target: Callable[[str], str],
    language: Language,
    prefix: str,
    reason: str = "",
) -> CautionView | None:
    """What stands above the form, and the box at its end; None when there is nothing to warn of.

    `checked` are the marks that the writer has said are all right, None where nothing was asked yet, and `reason` why.
    """
    if not warned:
        return None
    marks = sorted({one.mark for one in warned})
    asks_reason = any(one.needs_reason for one in warned)
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
        asks_reason=asks_reason,
        reason_name=REASON_NAME,
        reason=reason,
        reason_error=words.no_reason(language) if asks_reason and checked is not None and not reason else "",
    )
