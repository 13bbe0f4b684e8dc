"""The table of agreements on cooperation. Lag (2023:196) 9 § asks for purposes and areas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.domain.table_imports.columns import Column, ImportKind
from app.domain.table_imports.common import REFERENCE, YEAR, days_in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def _check(values: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    yield from days_in_order(values, "valid_from", "valid_until")
    if values.get("status") != "signed":
        return
    for name in ("purposes", "areas"):
        if not values.get(name):
            yield (
                name,
                "En överenskommelse som gäller ska ha syften och områden (9 § lagen 2023:196).",
                "An agreement in force must have purposes and areas (section 9 of the Act 2023:196).",
            )


def _advise(values: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    signed = values.get("signed_municipality_on") and values.get("signed_party_on")
    if values.get("status") == "signed" and not signed:
        yield (
            "status",
            "Inget visar att båda har skrivit under. Lagkoll räknar den först när båda dagarna finns.",
            "Nothing shows that both have signed. The legal check counts it only when both days are there.",
        )


AGREEMENTS: Final = ImportKind(
    id="agreements",
    sv="Överenskommelser",
    en="Agreements",
    label="title",
    key=("title", "actor", "valid_from"),
    check=_check,
    advise=_advise,
    help_sv="En rad per överenskommelse om samverkan. Flera syften eller områden skiljs åt med |.",
    help_en="A row for each agreement on cooperation. Several purposes or areas are separated by |.",
    columns=(
        REFERENCE,
        Column("title", "Rubrik", "Title", required=True, also=("Titel", "Överenskommelse"), guarded=True,
               help_sv="Vad den heter.", help_en="What it is called.", example="Samverkan mot ungdomsbrott"),
        Column("actor", "Part", "Party", "place", required=True, places=("actor",), also=("Aktör",),
               help_sv="Den andra parten, som den heter här.", help_en="The other party, as it is named here."),
        Column("purposes", "Syften", "Purposes", "list", guarded=True, help_sv="Varför ni samverkar. Skilj med |.",
               help_en="Why you cooperate. Separate by |.", example="Färre unga i kriminalitet | Tryggare centrum"),
        Column("areas", "Områden", "Areas", "list", guarded=True, help_sv="Vad samverkan gäller. Skilj med |.",
               help_en="What it is about. Separate by |.", example="Skolmiljö | Offentlig plats"),
        Column("goals", "Mål", "Goals", "text", longest=4000, guarded=True, help_sv="Vad ni vill nå.",
               help_en="What you want to reach."),
        Column("follow_up", "Uppföljning", "Follow-up", "text", longest=4000, guarded=True,
               help_sv="Hur den följs upp.", help_en="How it is followed up."),
        Column("valid_from", "Gäller från", "Valid from", "date", example="2026-01-01", help_sv="Första dagen.",
               help_en="The first day."),
        Column("valid_until", "Gäller till", "Valid until", "date", also=("Gäller till och med",),
               example="2027-12-31", help_sv="Sista dagen.", help_en="The last day."),
        Column("decided_on", "Beslutad", "Decided on", "date", example="2025-12-15",
               help_sv="Dagen för kommunens beslut.", help_en="The day of the municipality's decision."),
        Column("paragraph", "Paragraf", "Paragraph", longest=40, help_sv="Paragrafen i protokollet.",
               help_en="The paragraph of the minutes.", example="§ 112"),
        Column("signed_municipality_on", "Kommunen undertecknade", "Municipality signed on", "date",
               also=("Kommunen skrev under",), example="2025-12-18", help_sv="Dagen då kommunen skrev under.",
               help_en="The day the municipality signed."),
        Column("signed_party_on", "Parten undertecknade", "Party signed on", "date",
               also=("Parten skrev under",), example="2025-12-19",
               help_sv="Dagen då parten skrev under.", help_en="The day the party signed."),
        Column("status", "Läge", "Status", "choice", required=True, also=("Status",), keeps=True, example="gäller",
               choices={"utkast": "draft", "draft": "draft", "gäller": "signed", "in force": "signed",
                        "undertecknad": "signed", "avslutad": "ended", "ended": "ended",
                        "upphört": "ended"},
               help_sv="Utkast, gäller eller avslutad.", help_en="Draft, in force or ended."),
        YEAR,
    ),
)  # fmt: skip
