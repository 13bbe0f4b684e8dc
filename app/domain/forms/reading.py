"""From the bytes of a form file to one JSON object: nothing twice, nothing remote, nothing bottomless."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NoReturn

from jsonschema import Draft202012Validator

from app.domain.forms.fields import FormInvalid, FormProblem, pointer_to
from app.domain.forms.formats import is_unstorable
from app.domain.forms.vocabulary import ANNOTATIONS, MAX_FIELDS, MAX_FORM_BYTES, MAX_SCHEMA_DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.domain.forms.fields import Json

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_LOCAL: Final = re.compile(r"#/\$defs/([A-Za-z0-9_-]+)")
_MAX_DIGITS: Final = 300
_MOST_PARTS: Final = 5 * MAX_FIELDS
_MOST_REFERENCES: Final = 10  # a definition that refers to a definition, and so on
_NOT_ONES_OWN: Final = (
    "”$ref” får bara peka på filens egna definitioner: #/$defs/namn. Inget hämtas någon annanstans ifrån.",
    "“$ref” may only point to the file's own definitions: #/$defs/name. Nothing is fetched from elsewhere.",
)
_HAS_PROPERTIES: Final = (0, 3)  # steps from the top: the form, /properties/x/items
_HAS_ITEMS: Final = (2, 5)  # /properties/x, /properties/x/items/properties/y


class _TwiceError(ValueError):
    """A name that stands twice in the same object."""


def read_object(raw: bytes) -> dict[str, Json]:
    """The JSON object in the bytes; raises FormInvalid when there is none that can be trusted to mean one thing."""
    if len(raw) > MAX_FORM_BYTES:
        _refuse(
            f"Filen är {len(raw) / 1000:.0f} kB. Ett formulär får vara högst {MAX_FORM_BYTES // 1000} kB.",
            f"The file is {len(raw) / 1000:.0f} kB. A form may be at most {MAX_FORM_BYTES // 1000} kB.",
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(
            f"Filen är inte UTF-8: byte {error.start + 1} är fel. Spara den som UTF-8.",
            f"The file is not UTF-8: byte {error.start + 1} is wrong. Save it as UTF-8.",
        )
    content = _parsed(text)
    if not isinstance(content, dict):
        _refuse("Filen ska innehålla ett JSON-objekt: { ... }.", "The file must hold a JSON object: { ... }.")
    problem = _content_problem(content)
    if problem is not None:
        raise FormInvalid([problem])
    if _parts(content) > _MOST_PARTS:
        _refuse(
            f"Filen har fler än {_MOST_PARTS} delar. Ett formulär får ha högst {MAX_FIELDS} fält.",
            f"The file has more than {_MOST_PARTS} parts. A form may have at most {MAX_FIELDS} fields.",
        )
    return content


def standard_problems(schema: dict[str, Json]) -> Iterator[FormProblem]:
    """Where the object is not JSON Schema 2020-12 at all, by the standard's own schema."""
    dialect = schema.get("$schema", _DIALECT)
    if dialect != _DIALECT:
        yield FormProblem(
            "/$schema",
            f"Ett formulär är JSON Schema 2020-12: {_DIALECT}",
            f"A form is JSON Schema 2020-12: {_DIALECT}",
        )
        return
    reported: set[str] = set()
    for error in Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema):
        pointer = pointer_to(*error.absolute_path)
        if pointer not in reported:
            reported.add(pointer)
            yield FormProblem(
                pointer,
                "Värdet är inte av det slag som JSON Schema 2020-12 kräver här.",
                "The value is not of the kind that JSON Schema 2020-12 requires here.",
            )


def written_out(schema: dict[str, Json]) -> tuple[dict[str, Json], list[FormProblem]]:
    """The schema with each ``$ref`` to its own ``$defs`` replaced by what it refers to, and the problems on the way.

    Only the file's own definitions can be referred to: nothing is ever fetched. A definition must not lead back to
    itself, since a page cannot be endless.
    """
    definitions = schema.get("$defs", {})
    if not isinstance(definitions, dict):
        return schema, []
    problems: list[FormProblem] = []
    whole = _expanded(schema, definitions, (), frozenset(), problems)
    if not isinstance(whole, dict):
        return schema, problems
    return {keyword: value for keyword, value in whole.items() if keyword != "$defs"}, problems


def _parsed(text: str) -> Json:
    try:
        content: Json = json.loads(
            text,
            object_pairs_hook=_once_each,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_bounded,
        )
    except _TwiceError as error:
        _refuse(
            f"Namnet ”{error}” står två gånger i samma objekt.",
            f"The name “{error}” stands twice in the same object.",
        )
    except json.JSONDecodeError as error:
        _refuse(
            f"Filen är inte JSON: fel på rad {error.lineno}, tecken {error.colno}.",
            f"The file is not JSON: an error on line {error.lineno}, character {error.colno}.",
        )
    except ValueError:
        _refuse(
            "Filen innehåller ett tal som inte går att använda: NaN, oändligt eller för stort.",
            "The file holds a number that cannot be used: NaN, infinite or too large.",
        )
    except RecursionError:
        _refuse(*_too_deep())
    return content


def _once_each(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise _TwiceError(Counter(name for name, _ in pairs).most_common(1)[0][0][:60])
    return content


def _no_constant(constant: str) -> NoReturn:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _bounded(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValueError("too many digits")
    return int(text)


def _content_problem(content: Json) -> FormProblem | None:
    """The first place that is too deep, or holds a character that cannot be stored; found without recursion."""
    waiting: list[tuple[Json, tuple[str | int, ...]]] = [(content, ())]
    while waiting:
        value, path = waiting.pop()
        if len(path) > MAX_SCHEMA_DEPTH:
            return FormProblem(pointer_to(*path), *_too_deep())
        texts: list[str] = []
        if isinstance(value, str):
            texts = [value]
        elif isinstance(value, dict):
            texts = list(value)
            waiting += [(inner, (*path, name)) for name, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(inner, (*path, position)) for position, inner in enumerate(value)]
        if any(is_unstorable(text) for text in texts):
            return FormProblem(
                pointer_to(*path),
                "Texten innehåller ett styrtecken som inte går att spara.",
                "The text holds a control character that cannot be stored.",
            )
    return None


def _parts(content: Json) -> int:
    """How many objects the standard's schema would look into. It takes its time with each; our hints it passes by."""
    parts, waiting = 0, [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            parts += 1
            waiting += [inner for name, inner in value.items() if not name.startswith("x-")]
        elif isinstance(value, list):
            waiting += value
    return parts


def _too_deep() -> tuple[str, str]:
    return (
        f"Filen är djupare än {MAX_SCHEMA_DEPTH} nivåer.",
        f"The file is more than {MAX_SCHEMA_DEPTH} levels deep.",
    )


def _expanded(
    schema: Json,
    definitions: dict[str, Json],
    path: tuple[str | int, ...],
    within: frozenset[str],
    problems: list[FormProblem],
) -> Json:
    """The part with its references written out, only where a form may have parts: so it cannot grow without end."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _referred(schema, definitions, path, within, problems)
    whole = dict(schema)
    if "items" in schema and len(path) in _HAS_ITEMS:
        whole["items"] = _expanded(schema["items"], definitions, (*path, "items"), within, problems)
    properties = schema.get("properties")
    if len(path) in _HAS_PROPERTIES and isinstance(properties, dict) and len(properties) <= MAX_FIELDS:
        whole["properties"] = {
            name: _expanded(part, definitions, (*path, "properties", name), within, problems)
            for name, part in properties.items()
        }
    return whole


def _referred(
    schema: dict[str, Json],
    definitions: dict[str, Json],
    path: tuple[str | int, ...],
    within: frozenset[str],
    problems: list[FormProblem],
) -> Json:
    """What a ``$ref`` stands for, with the titles and hints that were written beside it."""
    match = _LOCAL.fullmatch(str(schema["$ref"]))
    name = match[1] if match is not None and match[1] in definitions else None
    beside = {keyword: value for keyword, value in schema.items() if keyword != "$ref"}
    said = _reference_problem(name, within, beside)
    if name is None or said is not None:
        problems.append(FormProblem(pointer_to(*path, "$ref"), *(said or _NOT_ONES_OWN)))
        return beside
    whole = _expanded(definitions[name], definitions, path, within | {name}, problems)
    return {**whole, **beside} if isinstance(whole, dict) else whole


def _reference_problem(name: str | None, within: frozenset[str], beside: dict[str, Json]) -> tuple[str, str] | None:
    if name is None:
        return _NOT_ONES_OWN
    if name in within or len(within) > _MOST_REFERENCES:
        return (
            "Definitionen leder tillbaka till sig själv, eller i för många led.",
            "The definition leads back to itself, or on and on.",
        )
    if any(keyword not in ANNOTATIONS and not keyword.startswith("x-") for keyword in beside):
        return (
            "Bredvid ”$ref” får bara titlar, hjälptexter och x-tillägg stå.",
            "Only titles, help texts and x- hints may stand beside “$ref”.",
        )
    return None


def _refuse(sv: str, en: str) -> NoReturn:
    raise FormInvalid([FormProblem("", sv, en)])
