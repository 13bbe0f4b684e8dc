"""The table of a meeting plan, as the template has it. `app/domain/meeting_tables.py` reads it, and calendars too."""

from __future__ import annotations

from typing import Final

from app.domain.table_imports.columns import Column, ImportKind

MEETINGS: Final = ImportKind(
    id="meetings",
    sv="Sammanträdesplan",
    en="Meeting plan",
    label="organ",
    key=("organ", "on"),
    help_sv="En rad per sammanträde. Det som redan står i planen ligger kvar.",
    help_en="A row for each meeting. What stands in the plan already stays.",
    columns=(
        Column("organ", "Organ", "Organ", required=True, also=("Nämnd", "Instans"), example="KS",
               help_sv="Till exempel KS, KF eller Hållbarhetsrådet.",
               help_en="For example KS, KF or Hållbarhetsrådet."),
        Column("on", "Datum", "Date", "date", required=True, example="2027-03-23", help_sv="Sammanträdesdagen.",
               help_en="The day of the meeting."),
        Column("manuscript_stop_on", "Manusstopp", "Manuscript stop", example="2027-03-01",
               help_sv="En dag, eller ett antal arbetsdagar före. Tomt: det vanliga antalet.",
               help_en="A day, or a number of working days before. Empty: the usual number."),
    ),
)  # fmt: skip
