"""What a property of a schema is, seen as a question on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from app.domain.forms.vocabulary import FORMATS, RADIO_LIMIT, SHAPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.forms.fields import Json
    from app.domain.forms.vocabulary import ShapeName, Widget

_ALWAYS_VARIABLES: Final = frozenset({"boolean", "number", "choice", "date", "date-time"})


def shape_of(schema: Mapping[str, Json]) -> ShapeName | None:
    """The kind of answer a property takes, or None when no page can ask for it."""
    kind = schema.get("type")
    if kind == "array":
        return _shape_of_list(schema)
    if kind == "boolean":
        return "boolean"
    if not isinstance(kind, str) or kind not in {"string", "integer", "number"}:
        return None
    if "enum" in schema:
        return "choice"
    return _shape_of_text(schema) if kind == "string" else "number"


def widget_of(schema: Mapping[str, Json], shape: ShapeName) -> Widget | None:
    """How the property is asked for: what it says itself, else the usual way; None for an id nobody can type."""
    widget = schema.get("x-widget")
    if widget is not None:
        return cast("Widget", widget)
    if shape in {"text", "uuid"} and "x-source" in schema:
        return "select"
    if shape == "uuid":
        return None
    enum = schema.get("enum")
    if shape == "choice" and isinstance(enum, list) and len(enum) > RADIO_LIMIT:
        return "select"
    return SHAPES[shape].widgets[0]


def is_variable(schema: Mapping[str, Json], shape: ShapeName) -> bool:
    """Whether the answer becomes a process variable (docs/modelling.md, "Variables")."""
    return shape in _ALWAYS_VARIABLES or schema.get("x-variable") is True


def _shape_of_text(schema: Mapping[str, Json]) -> ShapeName | None:
    if "format" not in schema:
        return "text"
    return cast("ShapeName", schema["format"]) if schema["format"] in FORMATS else None


def _shape_of_list(schema: Mapping[str, Json]) -> ShapeName | None:
    items = schema.get("items")
    if not isinstance(items, dict):
        return None
    if items.get("type") == "object":
        return "rows"
    if items.get("type") not in ("string", "integer", "number"):
        return None
    return "choices" if "enum" in items or "x-source" in schema else "lines"
