"""The rules a form must pass, beyond being JSON Schema. One small function for each thing that can be wrong."""

from __future__ import annotations

from keyword import iskeyword
from typing import TYPE_CHECKING, Final

from app.domain.forms.fields import FormProblem
from app.domain.forms.hints import constraint_problems, hint_problems, item_problems
from app.domain.forms.shapes import is_variable, shape_of, widget_of
from app.domain.forms.vocabulary import (
    ABOUT_ANOTHER,
    COLUMNS,
    FORBIDDEN_NAMES,
    FORM_GUARDS,
    FORMATS,
    MAX_DESCRIPTION,
    MAX_FIELDS,
    MAX_NAME,
    MAX_TITLE,
    NAME,
    PAGE_NAMES,
    ROOT_KEYWORDS,
    ROW_KEYWORDS,
    SHAPES,
    STANDING_VARIABLES,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.domain.forms.fields import Json
    from app.domain.forms.vocabulary import ShapeName

_MAX_EXPRESSION: Final = 500


def form_problems(schema: dict[str, Json]) -> Iterator[FormProblem]:
    """Everything that is wrong with a form whose references are written out."""
    count = _count(schema)
    if count > MAX_FIELDS:
        yield FormProblem(
            "/properties",
            f"Formuläret har {count} fält. Det får ha högst {MAX_FIELDS}.",
            f"The form has {count} fields. It may have at most {MAX_FIELDS}.",
        )
        return
    yield from keyword_problems(schema, ROOT_KEYWORDS, "")
    if schema.get("additionalProperties") is not False:
        yield FormProblem(
            "/additionalProperties",
            'Skriv "additionalProperties": false, så att inga okända fält tas emot.',
            'Write "additionalProperties": false, so that no unknown fields are accepted.',
        )
    yield from title_problems(schema, "")
    yield from _guard_problems(schema)
    record, problems = _record(schema, "")
    yield from problems
    properties = schema.get("properties")
    yield from _value_problems(schema, record, properties, "")
    values = schema.get("x-value")
    if record in ABOUT_ANOTHER and ABOUT_ANOTHER[record].isdisjoint(values if isinstance(values, dict) else ()):
        yield _says_not_about_what("/x-record", record)
    yield from _object_problems(schema, "", record, in_row=False)


def _guard_problems(schema: dict[str, Json]) -> Iterator[FormProblem]:
    if schema.get("x-guard", FORM_GUARDS[0]) not in FORM_GUARDS:
        known = ", ".join(FORM_GUARDS)
        yield FormProblem(
            "/x-guard",
            f"För hela formuläret är ”x-guard” något av: {known}.",
            f"For the whole form “x-guard” is one of: {known}.",
        )


def keyword_problems(schema: dict[str, Json], known: frozenset[str], pointer: str) -> Iterator[FormProblem]:
    """Keywords that mean nothing here."""
    hints = ", ".join(sorted(keyword for keyword in known if keyword.startswith("x-"))) or "–"
    for keyword in (keyword for keyword in schema if keyword not in known):
        shown = keyword[:MAX_NAME]
        if keyword.startswith("x-"):
            yield FormProblem(
                pointer,
                f"Tillägget ”{shown}” finns inte här. De som kan stå här: {hints}.",
                f"There is no hint “{shown}” here. Those that may stand here: {hints}.",
            )
        else:
            yield FormProblem(
                pointer,
                f"Nyckelordet ”{shown}” används inte här.",
                f"The keyword “{shown}” is not used here.",
            )


def title_problems(schema: dict[str, Json], pointer: str, *, required: bool = True) -> Iterator[FormProblem]:
    """A title that is missing, empty or too long; help texts that are; English ones that are no text."""
    if required and not str(schema.get("title", "")).strip():
        yield FormProblem(pointer, "”title” saknas: det som frågan heter.", "“title” is missing: the question's name.")
    for keyword, longest in {
        "title": MAX_TITLE,
        "x-title-en": MAX_TITLE,
        "description": MAX_DESCRIPTION,
        "x-description-en": MAX_DESCRIPTION,
    }.items():
        words = schema.get(keyword, "-")
        if not isinstance(words, str) or not words.strip() or len(words) > longest:
            yield FormProblem(
                f"{pointer}/{keyword}",
                f"”{keyword}” ska vara en text på högst {longest} tecken, och inte tom.",
                f"“{keyword}” must be a text of at most {longest} characters, and not empty.",
            )


def _count(schema: dict[str, Json]) -> int:
    """The fields of the form, those of rows counted once."""
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return 0
    count = len(properties)
    for part in properties.values():
        items = part.get("items") if isinstance(part, dict) else None
        count += len(inner) if isinstance(items, dict) and isinstance(inner := items.get("properties"), dict) else 0
    return count


def _object_problems(
    schema: dict[str, Json], pointer: str, record: str | None, *, in_row: bool
) -> Iterator[FormProblem]:
    """What is wrong with an object's fields: the form's, or a row's."""
    properties = schema.get("properties")
    if schema.get("type") != "object" or not isinstance(properties, dict) or not properties:
        yield FormProblem(
            pointer,
            'Det ska vara "type": "object" med minst ett fält under ”properties”.',
            'It must be "type": "object" with at least one field under “properties”.',
        )
        return
    required = schema.get("required", [])
    for position, name in enumerate(required if isinstance(required, list) else []):
        if name not in properties:
            yield FormProblem(
                f"{pointer}/required/{position}",
                "”required” nämner ett fält som inte finns.",
                "“required” names a field that does not exist.",
            )
    for name, part in properties.items():
        yield from _field_problems(name, part, f"{pointer}/properties/{name}", record, in_row=in_row)
    yield from _double_columns(properties, pointer)


def _field_problems(
    name: str, schema: Json, pointer: str, record: str | None, *, in_row: bool
) -> Iterator[FormProblem]:
    if NAME.fullmatch(name) is None or name in FORBIDDEN_NAMES | PAGE_NAMES:
        yield _no_name(name, pointer.removesuffix(f"/{name}"))
        return
    shape = shape_of(schema) if isinstance(schema, dict) else None
    if not isinstance(schema, dict) or shape is None or (in_row and shape == "rows"):
        yield _unknown_shape(pointer, in_row=in_row)
        return
    yield from keyword_problems(schema, SHAPES[shape].keywords - ({"x-variable"} if in_row else set()), pointer)
    yield from title_problems(schema, pointer)
    yield from _widget_problems(schema, shape, pointer)
    yield from hint_problems(schema, shape, record, pointer)
    yield from constraint_problems(schema, pointer)
    if not in_row and is_variable(schema, shape) and (name in STANDING_VARIABLES or iskeyword(name)):
        yield _taken_name(name, pointer)
    items = schema.get("items")
    if isinstance(items, dict):
        yield from (_rows_problems if shape == "rows" else item_problems)(schema, items, pointer)


def _no_name(name: str, pointer: str) -> FormProblem:
    return FormProblem(
        pointer,
        f"”{name[:MAX_NAME]}” kan inte vara ett fältnamn. Använd a till z, siffror och _, högst {MAX_NAME} tecken, "
        "inte siffra först, och inte typename, _action eller csrf_token.",
        f"“{name[:MAX_NAME]}” cannot be a field's name. Use a to z, digits and _, at most {MAX_NAME} characters, "
        "no digit first, and not typename, _action or csrf_token.",
    )


def _taken_name(name: str, pointer: str) -> FormProblem:
    return FormProblem(
        pointer,
        f"Namnet ”{name}” är upptaget: svaret skulle bli en variabel med det namnet, och den finns redan. "
        "Välj ett annat.",
        f"The name “{name}” is taken: the answer would become a variable of that name, and there is one already. "
        "Choose another.",
    )


def _rows_problems(schema: dict[str, Json], items: dict[str, Json], pointer: str) -> Iterator[FormProblem]:
    record, problems = _record(schema, pointer)
    yield from problems
    if "x-variable" in schema and "x-record" not in schema:
        yield FormProblem(
            f"{pointer}/x-variable",
            "Rader blir en variabel bara som poster: ange också ”x-record”.",
            "Rows become a variable only as records: give “x-record” too.",
        )
    yield from keyword_problems(items, ROW_KEYWORDS, f"{pointer}/items")
    yield from title_problems(items, f"{pointer}/items", required=False)
    if items.get("additionalProperties", False) is not False:
        yield FormProblem(
            f"{pointer}/items/additionalProperties",
            "En rad tar inte emot okända fält: skriv false eller stryk raden.",
            "A row accepts no unknown fields: write false, or leave it out.",
        )
    required = items.get("required")
    if record in ABOUT_ANOTHER and "id" not in (required if isinstance(required, list) else []):
        yield _says_not_about_what(f"{pointer}/x-record", record)
    yield from _value_problems(schema, record, items.get("properties"), pointer)
    yield from _object_problems(items, f"{pointer}/items", record, in_row=True)


def _unknown_shape(pointer: str, *, in_row: bool) -> FormProblem:
    formats = ", ".join(FORMATS)
    rows = ("", "") if in_row else (", eller en lista av rader", ", or a list of rows")
    return FormProblem(
        pointer,
        f"Ett fält är text (med ”format” {formats} eller inget), ett tal, ett heltal, ja eller nej, "
        f"en lista av texter eller tal{rows[0]}. Ange det i ”type” och, för listor, ”items”.",
        f"A field is a text (with “format” {formats} or none), a number, a whole number, yes or no, "
        f"a list of texts or numbers{rows[1]}. Say which in “type” and, for lists, “items”.",
    )


def _widget_problems(schema: dict[str, Json], shape: ShapeName, pointer: str) -> Iterator[FormProblem]:
    widget = widget_of(schema, shape)
    allowed = ", ".join(SHAPES[shape].widgets)
    if widget is None or widget not in SHAPES[shape].widgets:
        yield FormProblem(
            f"{pointer}/x-widget" if widget else pointer,
            f"”x-widget” ska här vara något av: {allowed}.",
            f"“x-widget” must here be one of: {allowed}.",
        )
    elif widget in {"select", "radio"} and shape in {"text", "uuid"} and "x-source" not in schema:
        yield FormProblem(
            pointer,
            "Det finns inget att välja på: ange ”enum” eller ”x-source”.",
            "There is nothing to choose from: give “enum” or “x-source”.",
        )
    elif widget not in {"select", "radio", "checkboxes", "rows"} and "x-source" in schema:
        yield FormProblem(
            f"{pointer}/x-source",
            "”x-source” hör till fält där man väljer, och till rader.",
            "“x-source” belongs to fields where one chooses, and to rows.",
        )


def _record(schema: dict[str, Json], pointer: str) -> tuple[str | None, list[FormProblem]]:
    """The record that the form or the rows become, and what is wrong with its name."""
    record = schema.get("x-record")
    if record is None or (isinstance(record, str) and record in COLUMNS):
        return record, []
    known = ", ".join(sorted(COLUMNS))
    problem = FormProblem(
        f"{pointer}/x-record",
        f"”x-record” ska vara något av: {known}.",
        f"“x-record” must be one of: {known}.",
    )
    return None, [problem]


def _says_not_about_what(pointer: str, record: str) -> FormProblem:
    columns = " eller ".join(sorted(ABOUT_ANOTHER[record]))
    return FormProblem(
        pointer,
        f"En {record} handlar om en annan post: den skrivs av rader med ett obligatoriskt ”id”, eller av ett "
        f"formulär vars ”x-value” ger {columns}.",
        f"A {record} is about another record: it is written by rows with a required “id”, or by a form whose "
        f"“x-value” gives {columns.replace(' eller ', ' or ')}.",
    )


def _value_problems(
    schema: dict[str, Json], record: str | None, properties: Json, pointer: str
) -> Iterator[FormProblem]:
    """``x-value``: columns that nobody types, each with an expression."""
    values = schema.get("x-value")
    if values is None:
        return
    if record is None or not isinstance(values, dict):
        yield FormProblem(
            f"{pointer}/x-value",
            "”x-value” står bredvid ”x-record” och är ett objekt: {kolumn: uttryck}.",
            "“x-value” stands beside “x-record” and is an object: {column: expression}.",
        )
        return
    parts = properties.values() if isinstance(properties, dict) else ()
    open_columns = COLUMNS[record] - {str(part.get("x-column")) for part in parts if isinstance(part, dict)}
    for column, expression in values.items():
        yield from _column_problems(column, expression, record, open_columns, pointer)


def _column_problems(
    column: str, expression: Json, record: str, open_columns: frozenset[str], pointer: str
) -> Iterator[FormProblem]:
    if column not in open_columns:
        known = ", ".join(sorted(COLUMNS[record]))
        yield FormProblem(
            f"{pointer}/x-value",
            f"”{column[:MAX_NAME]}” är ingen kolumn i {record}, eller skrivs av ett fält. Kolumner: {known}.",
            f"“{column[:MAX_NAME]}” is no column of {record}, or a field writes it. Columns: {known}.",
        )
    elif not isinstance(expression, str) or not 0 < len(expression.strip()) <= _MAX_EXPRESSION:
        yield FormProblem(
            f"{pointer}/x-value/{column}",
            f"Ett uttryck är en text på högst {_MAX_EXPRESSION} tecken, till exempel \"'KS'\".",
            f"An expression is a text of at most {_MAX_EXPRESSION} characters, for example \"'KS'\".",
        )


def _double_columns(properties: dict[str, Json], pointer: str) -> Iterator[FormProblem]:
    seen: set[str] = set()
    for name, part in properties.items():
        column = part.get("x-column") if isinstance(part, dict) else None
        if isinstance(column, str) and column in seen:
            yield FormProblem(
                f"{pointer}/properties/{name}/x-column",
                f"Två fält skriver kolumnen ”{column[:MAX_NAME]}”.",
                f"Two fields write the column “{column[:MAX_NAME]}”.",
            )
        elif isinstance(column, str):
            seen.add(column)
