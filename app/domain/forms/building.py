"""From a schema that has passed every rule to the form's fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from app.domain.forms.fields import Choice, Field, Form, Titled, number_text
from app.domain.forms.shapes import is_variable, shape_of, widget_of
from app.domain.forms.vocabulary import PEOPLE

if TYPE_CHECKING:
    from app.domain.forms.fields import Json
    from app.domain.forms.vocabulary import FieldType
    from app.domain.privacy_guard import Strictness


def built(key: str, schema: dict[str, Json]) -> Form:
    """The form. The schema must have been vetted: nothing is checked again here."""
    schema = _closed(schema)
    title, title_en = _words(schema, "title")
    description, description_en = _words(schema, "description")
    return Form(
        key=key,
        title=title,
        title_en=title_en,
        description=description,
        description_en=description_en,
        schema=schema,
        fields=_fields(schema, in_row=False),
        record=_text(schema, "x-record"),
        guard=cast("Strictness", _text(schema, "x-guard") or "usual"),
        values=_values(schema),
    )


def _values(schema: dict[str, Json]) -> dict[str, str]:
    """The columns that nobody types, each with its expression."""
    values = schema.get("x-value")
    return {column: str(text) for column, text in values.items()} if isinstance(values, dict) else {}


def _closed(schema: dict[str, Json]) -> dict[str, Json]:
    """The schema where rows, too, say that they take no unknown fields; docs/modelling.md only asks the form to."""
    properties = schema["properties"]
    if not isinstance(properties, dict):
        return schema
    parts = dict(properties)
    for name, part in properties.items():
        items = part.get("items") if isinstance(part, dict) else None
        if isinstance(part, dict) and isinstance(items, dict) and items.get("type") == "object":
            parts[name] = {**part, "items": {**items, "additionalProperties": False}}
    return {**schema, "properties": parts}


def _fields(schema: dict[str, Json], *, in_row: bool) -> tuple[Field, ...]:
    properties = schema["properties"]
    required = schema.get("required")
    names = required if isinstance(required, list) else []
    if not isinstance(properties, dict):
        return ()
    return tuple(
        _field(name, part, required=name in names, in_row=in_row)
        for name, part in properties.items()
        if isinstance(part, dict)
    )


def _field(name: str, schema: dict[str, Json], *, required: bool, in_row: bool) -> Field:
    shape = shape_of(schema)
    widget = None if shape is None else widget_of(schema, shape)
    if shape is None or widget is None:
        raise ValueError(f"{name} has not been vetted")
    items = schema.get("items")
    item = items if isinstance(items, dict) else {}
    title, title_en = _words(schema, "title")
    description, description_en = _words(schema, "description")
    return Field(
        name=name,
        title=title,
        title_en=title_en,
        description=description,
        description_en=description_en,
        type=cast("FieldType", schema["type"]),
        item_type=None if not item or shape == "rows" else cast("FieldType", item["type"]),
        shape=shape,
        widget=widget,
        required=required,
        schema=schema,
        options=_choices(item if shape == "choices" else schema, schema),
        source=PEOPLE if widget == "person" else _text(schema, "x-source"),
        guard=schema.get("x-guard") is True,
        record=_text(schema, "x-record"),
        column=_text(schema, "x-column"),
        values=_values(schema),
        is_variable=not in_row and is_variable(schema, shape),
        fields=_fields(item, in_row=True) if shape == "rows" else (),
        row=_row(item) if shape == "rows" else None,
    )


def _row(items: dict[str, Json]) -> Titled:
    """What one row is called: the title of ``items``, or just "Rad"."""
    title, title_en = _words(items, "title") if "title" in items else ("Rad", "Row")
    description, description_en = _words(items, "description")
    return Titled(title=title, title_en=title_en, description=description, description_en=description_en)


def _choices(valued: dict[str, Json], schema: dict[str, Json]) -> tuple[Choice, ...]:
    values = valued.get("enum")
    worded = schema.get("x-options", valued.get("x-options"))
    words = worded if isinstance(worded, dict) else {}
    return tuple(
        _choice(value, words.get(str(value)))
        for value in (values if isinstance(values, list) else [])
        if isinstance(value, str | int | float)
    )


def _choice(value: str | float, words: Json) -> Choice:
    if isinstance(words, dict):
        return Choice(value, str(words["sv"]), str(words["en"]))
    if isinstance(value, str):
        return Choice(value, value, value)
    return Choice(value, number_text(value, ","), number_text(value))


def _words(schema: dict[str, Json], keyword: str) -> tuple[str, str]:
    """The Swedish and the English text; the Swedish stands in for an English that is missing."""
    swedish = _text(schema, keyword) or ""
    return swedish, _text(schema, f"x-{keyword}-en") or swedish


def _text(schema: dict[str, Json], keyword: str) -> str | None:
    value = schema.get(keyword)
    return value if isinstance(value, str) else None
