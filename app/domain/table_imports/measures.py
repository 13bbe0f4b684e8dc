"""The table of measures (åtgärder), as the plans of the municipalities list them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.domain.measures import REPORTED
from app.domain.table_imports.columns import Column, ImportKind
from app.domain.table_imports.common import REFERENCE, YEAR, days_in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ENGLISH: Final = {
    "decided": "not begun", "ongoing": "ongoing", "late": "late", "done": "done", "cancelled": "stopped",
}  # fmt: skip


def _statuses() -> dict[str, str]:
    words = {"föreslagen": "proposed", "proposed": "proposed"}
    for word, status in REPORTED.items():
        words |= {word: status, _ENGLISH[status]: status}
    return words


def _check(values: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    return days_in_order(values, "starts_on", "ends_on")


MEASURES: Final = ImportKind(
    id="measures",
    sv="Åtgärder",
    en="Measures",
    label="title",
    key=("title", "owner", "starts_on"),
    check=_check,
    help_sv="En rad per åtgärd. En beslutad åtgärd som inte är klar får ett eget ärende att följas upp i.",
    help_en="A row for each measure. One that is decided and not over gets a case of its own to be followed up in.",
    columns=(
        REFERENCE,
        Column("title", "Åtgärd", "Measure", required=True, also=("Titel", "Rubrik", "Aktivitet"),
               help_sv="Vad som ska göras.", help_en="What is to be done.", example="Nattvandring vid torget"),
        Column("description", "Beskrivning", "Description", "text", longest=4000, guarded=True,
               help_sv="Mer om åtgärden. Inga personuppgifter.", help_en="More about it. No personal data.",
               example="Föreningar vandrar fredag och lördag kväll."),
        Column("kind", "Typ", "Type", "choice", also=("Slag",),
               choices={"social": "social", "situationell": "situationell", "situational": "situationell",
                        "kamerabevakning": "kamerabevakning", "camera surveillance": "kamerabevakning"},
               help_sv="Vilket slags åtgärd.", help_en="What sort of measure.", example="social"),
        Column("cause", "Orsak", "Cause", guarded=True, help_sv="Orsaken som åtgärden ska påverka.",
               help_en="The cause it is to affect.", example="Få vuxna ute på kvällen"),
        Column("owner", "Ansvarig", "Owner", also=("Åtgärdsägare", "Ägare"), help_sv="Vem som svarar för åtgärden.",
               help_en="Who answers for it.", example="Fritidschefen"),
        Column("department", "Förvaltning", "Department", "place", places=("department", "company"),
               also=("Bolag", "Förvaltning eller bolag"), help_sv="Förvaltningen eller bolaget, som det heter här.",
               help_en="The department or company, as it is named here."),
        Column("starts_on", "Startdatum", "Start date", "date", also=("Start", "Börjar"), example="2026-02-01",
               help_sv="Första dagen.", help_en="The first day."),
        Column("ends_on", "Slutdatum", "End date", "date", also=("Slut", "Klar senast"), example="2026-12-31",
               help_sv="Sista dagen.", help_en="The last day."),
        Column("indicator", "Indikator", "Indicator", help_sv="Hur det märks att åtgärden verkar.",
               help_en="How one can tell that it works.", example="Antal kvällar med vandring"),
        Column("evidence", "Stöd", "Evidence", "choice", also=("Evidens", "Kunskapsstöd"),
               choices={"utvärderad": "utvärderad", "evaluated": "utvärderad", "beprövad": "beprövad",
                        "tried": "beprövad", "oprövad": "oprövad", "untried": "oprövad"},
               help_sv="Vad som talar för att åtgärden verkar.", help_en="What speaks for it.", example="beprövad"),
        Column("budget", "Budget", "Budget", help_sv="Kostnad och finansiering.", help_en="Cost and who pays.",
               example="20 000 kr"),
        Column("follow_up_on", "Följs upp", "Follow-up", "date", also=("Uppföljning",), example="2026-10-01",
               help_sv="När åtgärden följs upp.", help_en="When it is followed up."),
        Column("status", "Läge", "Status", "choice", required=True, also=("Status",), choices=_statuses(), keeps=True,
               help_sv="Hur långt åtgärden har kommit.", help_en="How far it has come.", example="pågår"),
        YEAR,
    ),
)  # fmt: skip
