"""Which municipality a page is about, for those who may look into several."""

from app.db.prevention import municipalities
from app.domain.errors import NotFound
from app.domain.principals import require_internal
from app.web.pages.visits import Visit
from app.web.views import Choice, Filter, Selection


def internal_place(visit: Visit, wanted: str | None) -> str:
    """The municipality asked for, or the first of one's own. Raises NotFound, and NotYours for an external actor."""
    own = sorted(visit.principal.municipalities)
    place = wanted or (own[0] if own else None)
    if place is None and visit.principal.system_admin:
        place = next((row.id for row in municipalities.every(visit.uow.session)), None)
    if place is None or municipalities.get(visit.uow.session, place) is None:
        raise NotFound("Kommunen", "The municipality")
    require_internal(visit.principal, place)
    return place


def place_filter(visit: Visit, place: str) -> Filter | None:
    """The choice between municipalities; None for whoever has only one."""
    if len(visit.names) < 2:  # noqa: PLR2004  nothing to choose between
        return None
    choices = tuple(Choice(key, name, key == place) for key, name in sorted(visit.names.items()))
    return Filter((Selection("kommun", visit.words("Kommun"), choices),))
