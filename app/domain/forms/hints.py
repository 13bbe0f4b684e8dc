"""The rules for a field's limits, its choices and its hints (``x-``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.forms.fields import FormProblem
from app.domain.forms.patterns import MAX_MATCHED, PatternInvalid, compiled
from app.domain.forms.vocabulary import (
    COLUMNS,
    ITEM_KEYWORDS,
    MAX_ITEMS,
    MAX_NAME,
    MAX_NUMBER,
    MAX_OPTIONS,
    MAX_TITLE,
    SOURCES,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.domain.forms.fields import Json
    from app.domain.forms.vocabulary import ShapeName

_SMALLEST_STEP: Final = 1e-6
_LINE_FORMATS: Final = ("date", "email", "uri")
_RANGES: Final = (
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minimum", "maximum"),
    ("exclusiveMinimum", "exclusiveMaximum"),
)
_WORDS: Final = {"sv", "en"}


def hint_problems(schema: dict[str, Json], shape: ShapeName, record: str | None, pointer: str) -> Iterator[FormProblem]:
    """``x-source``, ``x-column``, ``x-variable`` and ``x-guard`` that say something else than they can."""
    source = schema.get("x-source")
    if source is not None and (not isinstance(source, str) or source not in SOURCES):
        known = ", ".join(sorted(SOURCES))
        yield FormProblem(
            f"{pointer}/x-source",
            f"”x-source” ska vara något av: {known}.",
            f"“x-source” must be one of: {known}.",
        )
    yield from _column_problems(schema.get("x-column"), record, f"{pointer}/x-column")
    for hint in ("x-variable", "x-guard"):
        if schema.get(hint, True) is not True:
            yield FormProblem(
                f"{pointer}/{hint}", f"”{hint}” är true eller står inte alls.", f"“{hint}” is true or absent."
            )
    if shape == "choice":
        yield from _choice_problems(schema, schema, pointer, pointer)


def constraint_problems(schema: dict[str, Json], pointer: str) -> Iterator[FormProblem]:
    """Limits that contradict each other or that nothing can meet, and patterns that are not used."""
    for low, high in _RANGES:
        lowest, highest = _number(schema, low), _number(schema, high)
        if lowest is not None and highest is not None and lowest > highest:
            yield FormProblem(
                f"{pointer}/{low}",
                f"”{low}” är större än ”{high}”: inget svar passar.",
                f"“{low}” is larger than “{high}”: no answer fits.",
            )
    for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
        limit = _number(schema, keyword)
        if limit is not None and abs(limit) > MAX_NUMBER:
            yield FormProblem(f"{pointer}/{keyword}", "Talet är för stort.", "The number is too large.")
    step = _number(schema, "multipleOf")
    if step is not None and step < _SMALLEST_STEP:
        yield FormProblem(f"{pointer}/multipleOf", "Steget är för litet.", "The step is too small.")
    if (_number(schema, "minItems") or 0) > MAX_ITEMS:
        yield FormProblem(
            f"{pointer}/minItems",
            f"En lista tar högst {MAX_ITEMS} rader.",
            f"A list takes at most {MAX_ITEMS} rows.",
        )
    if schema.get("const", True) is not True:
        yield FormProblem(
            f"{pointer}/const",
            "”const” är true: rutan måste kryssas i. Annat behöver ingen fråga.",
            "“const” is true: the box must be ticked. Nothing else needs a question.",
        )
    yield from _pattern_problems(schema, pointer)


def item_problems(schema: dict[str, Json], items: dict[str, Json], pointer: str) -> Iterator[FormProblem]:
    """What is wrong with the values of a list that has no rows."""
    inner = f"{pointer}/items"
    for keyword in (keyword for keyword in items if keyword not in ITEM_KEYWORDS):
        yield FormProblem(
            inner,
            f"”{keyword[:MAX_NAME]}” används inte för värdena i en lista.",
            f"“{keyword[:MAX_NAME]}” is not used for the values of a list.",
        )
    yield from constraint_problems(items, inner)
    if "enum" in items:
        at = pointer if "x-options" in schema else inner
        yield from _choice_problems(items, schema if "x-options" in schema else items, inner, at)
        if "x-source" in schema:
            yield FormProblem(
                f"{pointer}/x-source",
                "Ange antingen ”enum” eller ”x-source”, inte båda.",
                "Give either “enum” or “x-source”, not both.",
            )
    elif "x-options" in schema or "x-options" in items:
        yield FormProblem(pointer, "”x-options” hör till en ”enum”.", "“x-options” belongs to an “enum”.")
    yield from _line_problems(schema, items, pointer)


def _column_problems(column: Json, record: str | None, pointer: str) -> Iterator[FormProblem]:
    if column is not None and record is None:
        yield FormProblem(
            pointer,
            "”x-column” hör till ett fält i en ”x-record”, och här finns ingen.",
            "“x-column” belongs to a field of an “x-record”, and there is none here.",
        )
    elif column is not None and record is not None and (not isinstance(column, str) or column not in COLUMNS[record]):
        known = ", ".join(sorted(COLUMNS[record]))
        yield FormProblem(
            pointer,
            f"{record} har inte den kolumnen. Kolumner: {known}.",
            f"{record} has no such column. Columns: {known}.",
        )


def _line_problems(schema: dict[str, Json], items: dict[str, Json], pointer: str) -> Iterator[FormProblem]:
    if "x-source" in schema:
        if items.get("type") != "string" or items.get("format", "uuid") != "uuid":
            yield FormProblem(f"{pointer}/items", "Det som väljs är ett id: text.", "What is chosen is an id: a text.")
    elif "format" in items and items["format"] not in _LINE_FORMATS:
        yield FormProblem(
            f"{pointer}/items/format",
            f"En lista som skrivs rad för rad kan ha formaten {', '.join(_LINE_FORMATS)}. "
            "Flera filer: gör rader med en fil i varje.",
            f"A list written line by line can have the formats {', '.join(_LINE_FORMATS)}. "
            "Several files: make rows with a file in each.",
        )
    if "x-guard" in schema and (items.get("type") != "string" or "enum" in items or "format" in items):
        yield FormProblem(f"{pointer}/x-guard", "Vakten läser bara fri text.", "The guard reads free text only.")


def _pattern_problems(schema: dict[str, Json], pointer: str) -> Iterator[FormProblem]:
    pattern = schema.get("pattern")
    if not isinstance(pattern, str):
        return
    try:
        compiled(pattern)
    except PatternInvalid as refusal:
        yield FormProblem(f"{pointer}/pattern", refusal.sentence.sv, refusal.sentence.en)
    if (_number(schema, "maxLength") or 0) > MAX_MATCHED:
        yield FormProblem(
            f"{pointer}/maxLength",
            f"En text med ”pattern” får vara högst {MAX_MATCHED} tecken.",
            f"A text with a “pattern” may be at most {MAX_MATCHED} characters.",
        )


def _choice_problems(
    schema: dict[str, Json], worded: dict[str, Json], pointer: str, worded_at: str
) -> Iterator[FormProblem]:
    """``enum`` values that cannot be offered, and ``x-options`` that do not fit them."""
    values = schema.get("enum")
    if not isinstance(values, list):
        return
    if not 0 < len(values) <= MAX_OPTIONS or not _all_differ(values):
        yield FormProblem(
            f"{pointer}/enum",
            f"”enum” ska ha 1 till {MAX_OPTIONS} värden, alla olika.",
            f"“enum” must have 1 to {MAX_OPTIONS} values, all different.",
        )
        return
    for position, value in enumerate(values):
        if not _can_be_offered(value, schema.get("type")):
            yield FormProblem(
                f"{pointer}/enum/{position}",
                f"Värdet passar inte ”type”, är tomt, längre än {MAX_TITLE} tecken eller har blanksteg i kanten.",
                f"The value does not fit “type”, is empty, over {MAX_TITLE} characters or has spaces around it.",
            )
    yield from _option_problems(worded.get("x-options"), {str(value) for value in values}, f"{worded_at}/x-options")


def _all_differ(values: list[Json]) -> bool:
    return len({value if isinstance(value, str | int | float) else repr(value) for value in values}) == len(values)


def _can_be_offered(value: Json, wanted: Json) -> bool:
    if wanted == "string":
        return isinstance(value, str) and 0 < len(value) <= MAX_TITLE and value == value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= MAX_NUMBER and (wanted == "number" or isinstance(value, int))


def _option_problems(options: Json, values: set[str], pointer: str) -> Iterator[FormProblem]:
    if options is None:
        return
    if not isinstance(options, dict) or options.keys() != values:
        yield FormProblem(
            pointer,
            "”x-options” ska ha ord för varje värde i ”enum”, och för inga andra.",
            "“x-options” must have words for each value of “enum”, and for no others.",
        )
        return
    for value, words in options.items():
        if not isinstance(words, dict) or words.keys() != _WORDS or not all(map(_is_label, words.values())):
            yield FormProblem(
                pointer,
                f'Orden för ”{value[:MAX_NAME]}” skrivs {{"sv": ..., "en": ...}}, högst {MAX_TITLE} tecken var.',
                f'The words for “{value[:MAX_NAME]}” are written {{"sv": ..., "en": ...}}, '
                f"at most {MAX_TITLE} characters each.",
            )


def _is_label(words: Json) -> bool:
    return isinstance(words, str) and words.strip() != "" and len(words) <= MAX_TITLE


def _number(schema: dict[str, Json], keyword: str) -> float | None:
    limit = schema.get(keyword)
    return limit if isinstance(limit, int | float) else None
