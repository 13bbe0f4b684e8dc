"""Small questions to a timeline, so that the stories read as stories."""

from datetime import date
from typing import Any

Rows = list[dict[str, Any]]


def of(rows: Rows, kind: str, element: str | None = None) -> Rows:
    """The rows of a kind, and of an element when one is named."""
    return [row for row in rows if row["kind"] == kind and element in {None, row["element"]}]


def completed(rows: Rows) -> list[str]:
    """The steps that were completed, in order."""
    return [row["element"] for row in of(rows, "task_completed")]


def day(row: dict[str, Any]) -> date:
    """The Swedish day of a row."""
    return date.fromisoformat(row["at"][:10])


def in_turn(rows: Rows, *elements: str) -> bool:
    """Whether the elements were completed in this order, others between them or not."""
    done = iter(completed(rows))
    return all(element in done for element in elements)


def ended(rows: Rows, process: str) -> bool:
    """Whether every instance of the process has ended."""
    started = {row["instance"] for row in of(rows, "instance_started") if row["process"] == process}
    return started != set() and started == {
        row["instance"] for row in of(rows, "instance_ended") if row["process"] == process
    }
