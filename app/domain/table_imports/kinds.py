"""The kinds of tables that can be imported, by their word in addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.errors import NotFound
from app.domain.table_imports.agreements import AGREEMENTS
from app.domain.table_imports.commitments import COMMITMENTS
from app.domain.table_imports.measures import MEASURES
from app.domain.table_imports.meetings import MEETINGS
from app.domain.table_imports.people import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.table_imports.columns import ImportKind

KINDS: Final[Mapping[str, ImportKind]] = {
    kind.id: kind for kind in (MEASURES, COMMITMENTS, AGREEMENTS, MEETINGS, PEOPLE)
}


def kind_named(word: str) -> ImportKind:
    """The kind. Raises NotFound."""
    if word not in KINDS:
        raise NotFound("Den sortens tabell", "That kind of table")
    return KINDS[word]
