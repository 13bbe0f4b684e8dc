"""Changes of a calendar by an administrator: filled in, previewed, carried out; and those that were."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, Response

from app.db import people
from app.db.prevention import calendars
from app.domain.errors import Conflict, InvalidInput, NotFound
from app.domain.meeting_imports import MAX_BYTES
from app.domain.principals import require_administers
from app.domain.schedules import Missing
from app.domain.swedish_dates import Sentence
from app.services import schedules
from app.services.prevention import calendar_changes, meeting_imports
from app.services.prevention.calendar_changes import Preview
from app.services.prevention.meeting_imports import ReadMeetings
from app.web.pages.calendar_forms import (
    FORMS,
    Draft,
    Form,
    body_of,
    place_rule_fault,
    read_change,
    read_draft,
    rule_examples,
)
from app.web.pages.calendar_views import ChangePage, FormField, PastChange, PastChangesPage, PreviewPage
from app.web.pages.calendar_words import change_sentences, move_groups, process_names, said, undecided, written_move
from app.web.pages.places import internal_place, place_filter
from app.web.pages.visits import Items, Posted, Visit, Visiting, require_csrf, see_other, text_of
from app.web.pages.wording import stamp_of_instant
from app.web.paging import After, page_of, read_instant_key
from app.web.swedish import joined
from app.web.translations import translations
from app.web.views import Fact, FieldError

router = APIRouter(include_in_schema=False)

MOST = 20
IMPORT = "sammantradesplan"
WITH_RULES = ("regel", "borja-med-process")


@router.get("/kalender/andringar")
def past(
    visit: Visiting,
    kommun: Annotated[str | None, Query(max_length=40)] = None,
    klar: Annotated[int, Query()] = 0,
    after: After = None,
) -> HTMLResponse:
    """What was changed: when, by whom, why, and what moved."""
    place = internal_place(visit, kommun)
    key = read_instant_key(after)
    rows: Sequence[calendars.CalendarChange] = calendars.changes(visit.uow.session, place, after=key, limit=MOST + 1)
    shown, more = page_of(rows, MOST, lambda row: (row.changed_at, row.id))
    names = people.names(visit.uow.session, {row.person_id for row in shown if row.person_id})
    page = PastChangesPage(
        title=visit.words("Ändringar i kalendern, %(name)s") % {"name": visit.municipality_name(place)},
        back_url=f"/kalender?kommun={place}",
        changes=tuple(_past(visit, place, row, names.get(row.person_id, "") if row.person_id else "") for row in shown),
        notice=visit.words("Ändringen är genomförd. Det som pågår följer med nu.") if klar else "",
        more_url=f"/kalender/andringar?kommun={place}&after={more}" if more else "",
        filter=place_filter(visit, place),
    )
    return visit.page("pages/calendar_changes.html", page, current="calendar")


def _past(visit: Visit, place: str, row: calendars.CalendarChange, who: str) -> PastChange:
    names = process_names(visit, place)
    count = len(row.moves)
    moved = translations(visit.language).ngettext("%(n)s dag flyttades", "%(n)s dagar flyttades", count) % {"n": count}
    return PastChange(
        id=str(row.id),
        at=stamp_of_instant(row.changed_at, visit.language),
        who=who,
        reason=row.reason,
        sentences=change_sentences(visit, place, row.changes, names),
        moved=moved if count else "",
        groups=tuple(move_groups(visit, [written_move(move) for move in row.moves], names, f"{row.id}-")),
    )


@router.get("/kalender/andra/{change}")
def fill_in(visit: Visiting, change: str, kommun: Annotated[str | None, Query(max_length=40)] = None) -> HTMLResponse:
    """The form of a change, with what the address chooses already."""
    place = _place(visit, kommun)
    values = {name: value[:200] for name, value in visit.request.query_params.items() if name != "kommun"}
    if change == IMPORT:
        return _import_page(visit, place)
    return _form_page(_form(change), change, Draft(visit, place, values))


@router.post("/kalender/andra/genomfor")
def carry_out(visit: Visiting, items: Posted) -> Response:
    """Carry out what was previewed; refused, with the new preview, when it would move anything else."""
    require_csrf(visit, items)
    place = _place(visit, text_of(items, "kommun"))
    changes, reason = _travelled(items), text_of(items, "skal")
    try:
        wanted = body_of(changes).wanted()
        with visit.uow.attempt():
            calendar_changes.confirm(visit.uow, place, wanted, reason, text_of(items, "kontroll"))
    except Conflict as refusal:
        stale = refusal.en if visit.language == "en" else refusal.sv
        return _preview_page(visit, place, changes, reason=reason, stale=stale)
    except InvalidInput as refusal:
        if not any(error.pointer == "/reason" for error in refusal.errors):
            raise
        error = refusal.en if visit.language == "en" else refusal.sv
        return _preview_page(visit, place, changes, reason=reason, reason_error=error)
    return see_other(f"/kalender/andringar?kommun={place}&klar=1")


@router.post("/kalender/andra/sammantradesplan")
def import_plan(visit: Visiting, items: Posted) -> HTMLResponse:
    """Read a file of meetings, and preview what it adds."""
    require_csrf(visit, items)
    place = _place(visit, text_of(items, "kommun"))
    name, content = _file(items)
    if not name:
        return _import_page(visit, place, error=visit.words("Välj en fil."))
    read = meeting_imports.read_meetings(visit.uow, place, name, content)
    if read.read.faults:
        return _import_page(visit, place, read, visit.words("Filen har fel. Inget av den är inläst."))
    if not read.new:
        return _import_page(visit, place, error=visit.words("Filen har inga sammanträden som planen saknar."))
    changes = [
        {"kind": "add_meeting", "organ": m.organ, "on": m.on.isoformat(),
         "manuscript_stop_on": m.manuscript_stop_on.isoformat()}
        for m in read.new
    ]  # fmt: skip
    try:
        return _preview_page(visit, place, changes, notes=_notes(visit, read))
    except (InvalidInput, ValidationError) as refusal:
        return _import_page(visit, place, error=_refused(visit, refusal))


@router.post("/kalender/andra/{change}")
def look_ahead(visit: Visiting, change: str, items: Posted) -> HTMLResponse:
    """The preview of a change, or its form again with what is wrong."""
    require_csrf(visit, items)
    place = _place(visit, text_of(items, "kommun"))
    form, draft = _form(change), read_draft(visit, place, items)
    raw = read_change(draft, form)
    if raw is None:
        return _form_page(form, change, draft)
    try:
        return _preview_page(visit, place, [raw])
    except InvalidInput as refusal:
        for error in refusal.errors:
            draft.errors[form.at(error.pointer)] = error.en if visit.language == "en" else error.sv
        if change == "regel":
            place_rule_fault(draft)
        if not draft.errors:
            raise
        return _form_page(form, change, draft)


def _place(visit: Visit, wanted: str | None) -> str:
    """Raises NotFound, and NotYours for whoever does not administer the municipality."""
    place = internal_place(visit, wanted)
    require_administers(visit.principal, place)
    return place


def _form(change: str) -> Form:
    if change not in FORMS:
        raise NotFound("Sidan", "The page")
    return FORMS[change]


def _form_page(form: Form, change: str, draft: Draft) -> HTMLResponse:
    visit = draft.visit
    fields = form.fields(draft)
    page = ChangePage(
        title=form.title(visit),
        lead=form.lead(visit),
        url=f"/kalender/andra/{change}",
        place=draft.place,
        back_url=f"/kalender?kommun={draft.place}",
        fields=fields,
        errors=tuple(FieldError(entry.name, f"{entry.label}: {entry.error}") for entry in fields if entry.error),
        examples=rule_examples(visit) if change in WITH_RULES else (),
    )
    return visit.page("pages/calendar_change.html", page, current="calendar", status=422 if page.errors else 200)


def _import_page(visit: Visit, place: str, read: ReadMeetings | None = None, error: str = "") -> HTMLResponse:
    words = visit.words
    help_text = words(
        "En Excel- eller CSV-fil med kolumnerna organ, datum och gärna manusstopp, eller en kalenderfil (ICS). Högst "
        "1 MB."
    )
    lines = read.read.faults if read is not None else ()
    page = ChangePage(
        title=words("Läs in en sammanträdesplan"),
        lead=words("Sammanträden som planen saknar läggs till. De som redan står där ligger kvar."),
        url=f"/kalender/andra/{IMPORT}",
        place=place,
        back_url=f"/kalender?kommun={place}",
        fields=(FormField("file", "fil", words("Fil med sammanträden"), help=help_text, error=error),),
        errors=(FieldError("fil", error),) if error else (),
        lines=tuple(_line(visit, fault.line, said(visit, Sentence(fault.sv, fault.en))) for fault in lines),
    )
    return visit.page("pages/calendar_change.html", page, current="calendar", status=422 if error else 200)


def _file(items: Items) -> tuple[str, bytes]:
    """The name and the content of the file that was sent; without a file, an empty name."""
    found = next((value for name, value in items if name == "fil" and isinstance(value, UploadFile)), None)
    if found is None:
        return "", b""
    with found.file:
        return found.filename or "", found.file.read(MAX_BYTES + 1)


def _line(visit: Visit, line: int, message: str) -> Fact:
    return Fact(visit.words("Rad %(n)s") % {"n": line} if line else visit.words("Filen"), message)


def _notes(visit: Visit, read: ReadMeetings) -> tuple[str, ...]:
    """What of the file leads to no change."""
    notes = []
    if read.known:
        known = translations(visit.language).ngettext(
            "%(n)s sammanträde står redan i planen.", "%(n)s sammanträden står redan i planen.", read.known
        )
        notes.append(known % {"n": read.known})
    if read.read.ignored:
        names = ", ".join(sorted({event.name for event in read.read.ignored})[:10])
        notes.append(visit.words("Inte inlästa, för att inget organ nämns: %(names)s.") % {"names": names})
    return tuple(notes)


def _preview_page(
    visit: Visit,
    place: str,
    changes: Sequence[Mapping[str, Any]],
    *,
    reason: str = "",
    reason_error: str = "",
    stale: str = "",
    notes: tuple[str, ...] = (),
) -> HTMLResponse:
    """Raises InvalidInput for changes that cannot be."""
    wanted = body_of(changes).wanted()
    names = process_names(visit, place)
    found = calendar_changes.preview(visit.uow, place, wanted)
    page = PreviewPage(
        place=place,
        back_url=f"/kalender?kommun={place}",
        sentences=change_sentences(visit, place, [calendar_changes.as_data(change) for change in wanted], names),
        groups=tuple(move_groups(visit, found.moves, names)),
        kept=_kept(visit, found),
        gaps=tuple(_gap(visit, gap, names) for gap in _new_gaps(visit, place, found)),
        notes=notes,
        changes=orjson.dumps(list(changes)).decode(),
        digest=found.digest,
        reason=reason,
        reason_error=reason_error,
        stale=stale,
    )
    status = 409 if stale else 422 if reason_error else 200
    return visit.page("pages/calendar_preview.html", page, current="calendar", status=status)


def _new_gaps(visit: Visit, place: str, found: Preview) -> list[Missing]:
    """What the changes leave without a day that has one now."""
    years = [visit.uow.today.year, visit.uow.today.year + 1]
    before = {(gap.key, gap.year, gap.period) for gap in schedules.gaps(visit.uow, place, years)}
    new = [gap for gap in found.gaps if (gap.key, gap.year, gap.period) not in before]
    return undecided(visit, place, new)


def _gap(visit: Visit, gap: Missing, names: Mapping[str, str]) -> str:
    process = joined(" ", [names.get(gap.key, gap.key), gap.period or str(gap.year)])
    return joined(": ", [process, said(visit, Sentence(gap.reason_sv, gap.reason_en))])


def _kept(visit: Visit, found: Preview) -> str:
    if not found.kept:
        return visit.words("Inga öppna uppgifter ligger kvar på sin dag.")
    words = translations(visit.language).ngettext(
        "%(n)s öppen uppgift ligger kvar på sin dag.", "%(n)s öppna uppgifter ligger kvar på sin dag.", found.kept
    )
    return words % {"n": found.kept}


def _travelled(items: Items) -> list[dict[str, Any]]:
    """The changes that came with the preview. Raises InvalidInput."""
    try:
        body = body_of(orjson.loads(text_of(items, "andringar")))
    except (orjson.JSONDecodeError, ValidationError) as fault:
        raise InvalidInput(
            "Ändringen gick inte att läsa. Gå tillbaka till kalendern och börja om.",
            "The change could not be read. Go back to the calendar and begin again.",
        ) from fault
    return [change.model_dump(mode="json") for change in body.changes]


def _refused(visit: Visit, refusal: Exception) -> str:
    if isinstance(refusal, InvalidInput):
        return refusal.en if visit.language == "en" else refusal.sv
    return visit.words("Filen har för många sammanträden på en gång. Dela upp den per år.")
