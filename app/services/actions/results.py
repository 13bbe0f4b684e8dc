"""What an action gives back, and how it fails."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class ActionResult:
    """`values` are what the diagram's `hjul:result` can pick from; `detail` goes to the history."""

    values: dict[str, Any] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)


class ActionFailed(RuntimeError):
    """The action could not be done now. It is tried again, and becomes an incident after the last try."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(en)
        self.sv, self.en = sv, en


def day_of(value: Any) -> date | None:
    """The day that a parameter names, as ISO; None for anything else."""
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None
