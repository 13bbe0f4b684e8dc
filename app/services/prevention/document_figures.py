"""What documents show in tables and charts: the figures that an instance gathered, and the year's wheel."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app.db.prevention import records
from app.db.prevention.data_series import DataSeries, Observation
from app.domain.count_tables import suppressed
from app.services.facts import organisation
from app.services.schedules import adopted, coming
from app.services.unit_of_work import UnitOfWork

Data = dict[str, Any]

WITHHELD = "visas inte"
"""What stands for a count that is small, or that would give a small one away."""


def series_of(uow: UnitOfWork, municipality: str, instance_id: UUID, *, public: bool) -> list[Data]:
    """The series that an instance's forms gathered, each with its observations, the sum and whether any is withheld.

    In a public view a count under five is withheld with as many others as that takes, the sums being shown.
    """
    found = records.of_instance(uow.session, DataSeries, municipality, instance_id)
    observed = records.of_instance(uow.session, Observation, municipality, instance_id)
    told = []
    for row in found:
        own = [o for o in observed if o.submission_id == row.submission_id]
        told.append(
            {
                "title": row.title,
                "source": row.source,
                "from_on": _iso(row.from_on),
                "to_on": _iso(row.to_on),
                "preliminary": row.preliminary,
                "comment": row.comment,
                **_table([(o.title or "", o.value, o.comparison) for o in own], public=public),
            }
        )
    return told


def _table(rows: Sequence[tuple[str, float | None, float | None]], *, public: bool) -> Data:
    """The rows with their sums; a lacking figure is empty."""
    counted = [(title, value, comparison) for title, value, comparison in rows if value is not None]
    if not counted:
        return {"rows": [], "sum": None, "comparison_sum": None, "withheld": False, "chart": []}
    compared = all(comparison is not None for _, _, comparison in counted)
    whole = all(float(v).is_integer() for _, *values in counted for v in values if v is not None)
    grid = [[value, *([comparison] if compared else [])] for _, value, comparison in counted]
    shown: list[list[Any]] = [[_short(cell or 0) for cell in row] for row in grid]
    sums: list[Any] = [_short(sum(cell or 0 for cell in column)) for column in zip(*grid, strict=True)]
    withheld = False
    if public and whole:
        table = suppressed([[int(cell or 0) for cell in row] for row in grid], row_totals=False)
        shown = [[WITHHELD if cell is None else cell for cell in row] for row in table.counts]
        sums = [WITHHELD if cell is None else cell for cell in table.column_totals]
        withheld = table.withheld > 0
    told = [
        # Not under a name that the hiding of lone counts looks for: what may be told has been reckoned already.
        {"title": title, "now": cells[0], "before": cells[1] if compared else None}
        for (title, _, _), cells in zip(counted, shown, strict=True)
    ]
    return {
        "rows": told,
        "sum": sums[0],
        "comparison_sum": sums[1] if compared else None,
        "withheld": withheld,
        "chart": [row for row in told if row["now"] != WITHHELD],
    }


def _short(value: float) -> int | float:
    return int(value) if float(value).is_integer() else value


def wheel(uow: UnitOfWork, municipality: str, year: int) -> list[Data]:
    """What the municipality's rules start in a year, by the day that each piece of work is to be done."""
    found = organisation(uow, municipality)
    names = {entry.definition.key: entry.definition.name for entry in adopted(uow, found)}
    planned = coming(uow, municipality, date(year - 1, 7, 1), date(year, 12, 31))
    return [
        {
            "name": names.get(occurrence.key, occurrence.key),
            "start_on": occurrence.start_on.isoformat(),
            "anchor_on": occurrence.anchor_on.isoformat(),
        }
        for occurrence in sorted(planned, key=lambda o: (o.anchor_on, o.key))
        if occurrence.anchor_on.year == year
    ]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
