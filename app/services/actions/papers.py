"""The action that writes a document."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.db.process.process_instances import ProcessInstance
from app.documents.faults import TemplateInvalid
from app.domain.document_types import CONFIDENTIALITIES, STATUSES, TYPES
from app.services import documents
from app.services.actions.results import ActionFailed, ActionResult
from app.services.documents import Wanted
from app.services.presses import PressStopped
from app.services.unit_of_work import UnitOfWork


def render_document(uow: UnitOfWork, instance: ProcessInstance, parameters: Mapping[str, Any]) -> ActionResult:
    """Write a document from the records of the instance and its year.

    Raises ActionFailed for a type or a confidentiality that there is not, and for a template that is refused: with its
    line. An incident then keeps the job, to be tried again when the template has been mended.
    """
    wanted = Wanted(
        type=_one_of(parameters["type"], tuple(TYPES), "dokumenttypen", "type of document"),
        confidentiality=_one_of(
            parameters.get("confidentiality") or "internal", CONFIDENTIALITIES, "sekretessen", "confidentiality"
        ),
        status=_one_of(parameters.get("status") or "working", STATUSES, "läget", "status"),
        step="render_document",
        about=str(parameters.get("about") or ""),
        year=_year(parameters.get("year")),
    )
    if wanted.confidentiality == "public" and not TYPES[wanted.type].has_public:
        raise ActionFailed(
            f"{TYPES[wanted.type].label} finns inte som offentligt dokument.",
            f"There is no public variant of: {TYPES[wanted.type].label_en}.",
        )
    try:
        written = documents.write(uow, instance, wanted)
    except (TemplateInvalid, PressStopped) as fault:
        raise ActionFailed(fault.sv, fault.en) from fault
    document = written.document
    detail = {
        "document": str(document.id),
        "type": document.type,
        "title": document.title,
        "version": document.version,
        "confidentiality": document.confidentiality,
        "status": document.status,
        "content_sha256": document.content_sha256,
        "unchanged": not written.is_new,
    }
    return ActionResult({"id": str(document.id), "version": document.version, "nytt": written.is_new}, detail)


def publish_document(uow: UnitOfWork, instance: ProcessInstance, _parameters: Mapping[str, Any]) -> ActionResult:
    """The document that the instance was called with (`dokument`) is published; nothing when it was called with none.

    What the service has not written, a picture or a page of others, has no document here. Raises ActionFailed for an
    internal document: what is published is written from the public view.
    """
    told = instance.variables.get("dokument")
    if not told:
        return ActionResult({"id": None}, {"document": None})
    document = documents.publish(uow, instance.municipality_id, UUID(str(told)))
    if document is None:
        raise ActionFailed("Dokumentet finns inte eller är internt.", "There is no such document, or it is internal.")
    detail = {"document": str(document.id), "title": document.title, "version": document.version}
    return ActionResult({"id": str(document.id)}, {**detail, "status": document.status})


def _year(told: Any) -> int | None:
    if told is None:
        return None
    try:
        return int(told)
    except (TypeError, ValueError):
        raise ActionFailed(f"”{str(told)[:80]}” är inget år.", f"'{str(told)[:80]}' is no year.") from None


def _one_of(value: Any, allowed: tuple[str, ...], sv: str, en: str) -> str:
    told = str(value)
    if told not in allowed:
        raise ActionFailed(
            f"”{told[:80]}” går inte för {sv}: välj {', '.join(allowed)}.",
            f"'{told[:80]}' is no {en}: choose {', '.join(allowed)}.",
        )
    return told
