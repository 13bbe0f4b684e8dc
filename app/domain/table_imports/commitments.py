"""The table of commitments (åtaganden) that actors have made at the council."""

from __future__ import annotations

from typing import Final

from app.domain.table_imports.columns import Column, ImportKind
from app.domain.table_imports.common import REFERENCE, YEAR

COMMITMENTS: Final = ImportKind(
    id="commitments",
    sv="Åtaganden",
    en="Commitments",
    label="title",
    key=("title", "actor", "due_on"),
    help_sv="En rad per åtagande. De som är öppna kommer tillbaka på rådets nästa dagordning.",
    help_en="A row for each commitment. Open ones come back on the council's next agenda.",
    columns=(
        REFERENCE,
        Column("title", "Åtagande", "Commitment", required=True, also=("Titel", "Rubrik"), guarded=True,
               help_sv="Vad som har lovats.", help_en="What was promised.", example="Öppnar lokalen för läxhjälp"),
        Column("actor", "Aktör", "Actor", "place", required=True, places=("actor",),
               help_sv="Den som har lovat, som den heter här.", help_en="Who promised it, as it is named here."),
        Column("contact_person", "Kontaktperson", "Contact person", help_sv="Vem man frågar.", help_en="Whom to ask.",
               example="Verksamhetschefen"),
        Column("due_on", "Klart senast", "Due date", "date", also=("Slutdatum", "Senast"), example="2026-11-30",
               help_sv="Dagen då det ska vara gjort.", help_en="The day by which it is to be done."),
        Column("indicator", "Indikator", "Indicator", help_sv="Hur det märks att det är gjort.",
               help_en="How one can tell that it is done.", example="Antal kvällar"),
        Column("status", "Läge", "Status", "choice", keeps=True, also=("Status", "Utfall"), example="öppet",
               choices={"öppet": "made", "open": "made", "pågår": "made", "uppfyllt": "met", "met": "met",
                        "infriat": "met", "delvis uppfyllt": "partly", "partly met": "partly",
                        "delvis infriat": "partly", "inte uppfyllt": "not_met", "not met": "not_met",
                        "inte infriat": "not_met"},
               help_sv="Tomt betyder öppet.", help_en="Empty means open."),
        Column("result", "Resultat", "Result", "text", longest=2000, guarded=True, help_sv="Vad det blev av det.",
               help_en="What came of it."),
        YEAR,
    ),
)  # fmt: skip
