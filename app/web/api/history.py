"""History: what happened to an instance, in order."""

from uuid import UUID

from fastapi import Response

from app.web.api.documentation import READS, router
from app.web.api.models import HistoryOut, Page
from app.web.api.process_instances import history_page
from app.web.deps import Reading
from app.web.paging import DEFAULT_LIMIT, After, Limit

routes = router("/history", "history")


@routes.get("", response_model=Page[HistoryOut], responses=READS)
def list_history(call: Reading, process_instance: UUID, limit: Limit = DEFAULT_LIMIT, after: After = None) -> Response:
    """The lines of an instance."""
    return history_page(call, process_instance, limit, after)
