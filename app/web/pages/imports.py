"""Läs in tabeller: fetch a template, try a file, see what it would do, and import it. Works without scripts."""

import base64
import binascii
import zlib
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, Response

from app.domain.errors import Conflict, InvalidInput, NotFound
from app.domain.principals import may_import, require_may_import
from app.domain.table_imports.columns import ImportKind
from app.domain.table_imports.kinds import KINDS, kind_named
from app.domain.table_imports.outcomes import Judged, Outcome
from app.domain.table_imports.tables import MAX_BYTES, Fault
from app.services.prevention import table_imports
from app.web.downloads import disposition
from app.web.pages.import_views import ImportPage, ImportPreviewPage, KindRow, OutcomeRow
from app.web.pages.places import internal_place, place_filter
from app.web.pages.visits import Items, Posted, Visit, Visiting, require_csrf, see_other, text_of
from app.web.views import Choice, FieldError, Tag, Tone

router = APIRouter(include_in_schema=False)

MOST_ROWS = 200
"""Rows of a dry run that the page shows; the rest are counted."""
_PART = 1_500_000
"""Characters of the packed file in one field: a form's field may have two million."""
_RESULTS: dict[str, tuple[str, Tone]] = {
    "created": ("Läggs till", "success"),
    "changed": ("Ändras", "warning"),
    "unchanged": ("Oförändrad", "neutral"),
}
_ORDER = {"changed": 0, "created": 1, "unchanged": 2}


@router.get("/importera")
def choose(
    visit: Visiting,
    kommun: Annotated[str | None, Query(max_length=40)] = None,
    slag: Annotated[str, Query(max_length=40)] = "",
    klar: Annotated[str, Query(max_length=60)] = "",
) -> HTMLResponse:
    """The templates, and the form where a file is sent in."""
    place = _place(visit, kommun)
    return _page(visit, place, slag, notice=_done(visit, klar) if klar else "")


@router.get("/importera/mall/{kind}")
def template(
    visit: Visiting,
    kind: str,
    kommun: Annotated[str | None, Query(max_length=40)] = None,
    format: Literal["xlsx", "csv"] = "xlsx",  # noqa: A002  the address's own word
) -> Response:
    """A template to fill in."""
    place = _place(visit, kommun)
    found = table_imports.template(visit.uow, place, kind, format, visit.language)
    headers = {"Content-Disposition": disposition(found.file_name)}
    return Response(found.content, headers=headers, media_type=found.media_type)


@router.post("/importera/provkor")
def try_file(visit: Visiting, items: Posted) -> HTMLResponse:
    """The dry run of the file that was sent."""
    require_csrf(visit, items)
    place = _place(visit, text_of(items, "kommun"))
    word, (name, content) = text_of(items, "slag"), _file(items)
    if word not in KINDS:
        return _page(visit, place, "", kind_error=visit.words("Välj vad filen innehåller."))
    if not name:
        return _page(visit, place, word, file_error=visit.words("Välj en fil."))
    judged = table_imports.preview(visit.uow, place, word, name, content, visit.language)
    return _preview_page(visit, place, judged, name, content)


@router.post("/importera/genomfor")
def carry_out(visit: Visiting, items: Posted) -> Response:
    """Import the file that was tried; refused, with a new dry run, when it would do anything else."""
    require_csrf(visit, items)
    place = _place(visit, text_of(items, "kommun"))
    kind = kind_named(text_of(items, "slag"))
    name, content = text_of(items, "filnamn"), _unpacked(items)
    try:
        with visit.uow.attempt():
            judged = table_imports.run(visit.uow, place, kind.id, name, content, text_of(items, "kontroll"))
    except (Conflict, InvalidInput) as refusal:
        stale = refusal.en if visit.language == "en" else refusal.sv
        again = table_imports.preview(visit.uow, place, kind.id, name, content, visit.language)
        return _preview_page(visit, place, again, name, content, stale)
    counts = "-".join(str(judged.count(result)) for result in ("created", "changed", "unchanged"))
    return see_other(f"/importera?kommun={place}&slag={kind.id}&klar={counts}")


def _place(visit: Visit, wanted: str | None) -> str:
    """Raises NotFound, and NotYours for whoever does not lead the work there."""
    place = internal_place(visit, wanted)
    require_may_import(visit.principal, place, "measures")
    return place


def _page(
    visit: Visit, place: str, chosen: str, *, notice: str = "", kind_error: str = "", file_error: str = ""
) -> HTMLResponse:
    kinds = [kind for kind in KINDS.values() if may_import(visit.principal, place, kind.id)]
    errors = tuple(FieldError(name, error) for name, error in (("slag", kind_error), ("fil", file_error)) if error)
    page = ImportPage(
        place=place,
        lead=visit.words(
            "Hämta en mall, fyll i den och skicka in den. Först visas vad filen skulle göra; inget ändras förrän du "
            "har sagt ja."
        ),
        kinds=tuple(_kind_row(visit, place, kind) for kind in kinds),
        choices=(
            Choice("", visit.words("Välj"), not chosen),
            *(Choice(kind.id, _name(visit, kind), kind.id == chosen) for kind in kinds),
        ),
        notice=notice,
        kind_error=kind_error,
        file_error=file_error,
        errors=errors,
        filter=place_filter(visit, place),
    )
    return visit.page("pages/imports.html", page, current="imports", status=422 if errors else 200)


def _kind_row(visit: Visit, place: str, kind: ImportKind) -> KindRow:
    url = f"/importera/mall/{kind.id}?kommun={place}&format="
    text = kind.help_en if visit.language == "en" else kind.help_sv
    return KindRow(_name(visit, kind), text, f"{url}xlsx", f"{url}csv")


def _name(visit: Visit, kind: ImportKind) -> str:
    return kind.en if visit.language == "en" else kind.sv


def _file(items: Items) -> tuple[str, bytes]:
    """The name and the content of the file that was sent; without a file, an empty name."""
    found = next((value for name, value in items if name == "fil" and isinstance(value, UploadFile)), None)
    if found is None:
        return "", b""
    with found.file:
        return found.filename or "", found.file.read(MAX_BYTES + 1)


def _packed(content: bytes) -> tuple[str, ...]:
    text = base64.b64encode(zlib.compress(content)).decode()
    return tuple(text[start : start + _PART] for start in range(0, len(text), _PART))


def _unpacked(items: Items) -> bytes:
    """The file that travelled with the dry run. Raises InvalidInput."""
    text = "".join(value for name, value in items if name == "innehall" and isinstance(value, str))
    try:
        packed = zlib.decompressobj()
        # One byte more than a file may have: what is larger is refused for its size, and never unpacked whole.
        return packed.decompress(base64.b64decode(text, validate=True), MAX_BYTES + 1)
    except (binascii.Error, zlib.error) as fault:
        raise InvalidInput(
            "Filen kom inte med. Gå tillbaka och skicka in den igen.",
            "The file did not come along. Go back and send it again.",
        ) from fault


def _preview_page(visit: Visit, place: str, judged: Judged, name: str, content: bytes, stale: str = "") -> HTMLResponse:
    may_confirm = not judged.fault_count
    shown = sorted(judged.outcomes, key=lambda o: (_ORDER[o.result], o.number))[:MOST_ROWS] if may_confirm else []
    page = ImportPreviewPage(
        title=visit.words("Provkörning: %(name)s") % {"name": _name(visit, judged.kind)},
        summary=_summary(visit, judged),
        place=place,
        kind=judged.kind.id,
        back_url=f"/importera?kommun={place}&slag={judged.kind.id}",
        faults=_sentences(visit, judged.faults),
        more_faults=_more(visit, judged.fault_count - len(judged.faults)),
        cautions=_sentences(visit, judged.cautions),
        rows=tuple(_row(visit, judged.kind, outcome) for outcome in shown),
        more_rows=_more(visit, len(judged.outcomes) - len(shown)) if may_confirm else "",
        may_confirm=may_confirm and any(outcome.result != "unchanged" for outcome in judged.outcomes),
        file_name=name,
        parts=_packed(content) if may_confirm else (),
        digest=judged.digest,
        stale=stale,
    )
    status = 422 if judged.fault_count else 409 if stale else 200
    return visit.page("pages/import_preview.html", page, current="imports", status=status)


def _summary(visit: Visit, judged: Judged) -> str:
    if judged.fault_count:
        return visit.words("Filen har fel. Inget av den är inläst. Rätta och skicka in den igen.")
    if all(outcome.result == "unchanged" for outcome in judged.outcomes):
        return visit.words("Allt i filen finns redan. Det finns inget att läsa in.")
    return _counted(visit, *(judged.count(result) for result in ("created", "changed", "unchanged")))


def _counted(visit: Visit, created: int, changed: int, unchanged: int) -> str:
    return visit.words("Läggs till: %(created)s. Ändras: %(changed)s. Oförändrade: %(unchanged)s.") % {
        "created": created, "changed": changed, "unchanged": unchanged,
    }  # fmt: skip


def _done(visit: Visit, counts: str) -> str:
    numbers = [int(part) for part in counts.split("-") if part.isascii() and part.isdigit() and len(part) < 6]  # noqa: PLR2004  beyond any file
    if len(numbers) != 3:  # noqa: PLR2004  created, changed, unchanged
        raise NotFound("Sidan", "The page")
    return visit.words("Filen är inläst.") + " " + _counted(visit, *numbers)


def _sentences(visit: Visit, faults: tuple[Fault, ...]) -> tuple[str, ...]:
    return tuple(fault.sentence(visit.language) for fault in faults)


def _more(visit: Visit, number: int) -> str:
    return visit.words("Och %(n)s till.") % {"n": number} if number > 0 else ""


def _row(visit: Visit, kind: ImportKind, outcome: Outcome) -> OutcomeRow:
    text, tone = _RESULTS[outcome.result]
    changes = []
    for change in outcome.changes:
        column = kind.column(change.name)
        before, after = (column.shown(value, visit.language) for value in (change.before, change.after))
        changes.append(
            visit.words("%(column)s: från %(before)s till %(after)s")
            % {
                "column": column.heading(visit.language),
                "before": _quoted(visit, before),
                "after": _quoted(visit, after),
            }
        )
    note = outcome.note_en if visit.language == "en" else outcome.note_sv
    notes = (*changes, note) if note else tuple(changes)
    return OutcomeRow(outcome.number, outcome.label, Tag(visit.words(text), tone), notes)


def _quoted(visit: Visit, text: str) -> str:
    return f"”{text}”" if text else visit.words("tomt")
