"""The keywords of JSON Schema that a form judges in its own way; jsonschema judges the others.

required           also refuses text of nothing but spaces and lists of no choices: a question that must be
                   answered, is; a list of no rows is an answer unless minItems asks for some
additionalProperties  points at each unknown name
uniqueItems        in linear time; the library compares every pair where a list mixes kinds
multipleOf         in decimals: 0.07 is a multiple of 0.01, which binary floating point denies
pattern            only compiled by patterns.py, and tried on short texts only
maxLength          a text with a pattern is short even where the form does not say so
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from jsonschema import Draft202012Validator, ValidationError
from jsonschema import validators as jsonschema_validators

from app.domain.forms.patterns import MAX_MATCHED, compiled

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

# jsonschema hands every keyword the validator, the keyword's value, the instance and the schema around it.


def is_missing(value: object) -> bool:
    """Whether a value answers nothing: absent, null, blank text or an empty list."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _required(_validator: Any, names: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for name in names:
            if is_missing(instance.get(name)) and not _may_be_empty(schema, name, instance):
                yield ValidationError("missing", path=[name])


def _may_be_empty(schema: Any, name: Any, instance: Any) -> bool:
    """A list of rows that is there and empty is an answer: there were none. `minItems` asks for more."""
    items = schema.get("properties", {}).get(name, {}).get("items", {})
    return bool(instance.get(name) == [] and items.get("type") == "object")


def _additional(_validator: Any, _allowed: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for name in instance:
            if name not in schema.get("properties", {}):
                yield ValidationError("unknown", path=[name])


def _unique(_validator: Any, wanted: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if wanted and isinstance(instance, list):
        scalars = [(type(value) is bool, value) for value in instance if isinstance(value, str | int | float)]
        if len(set(scalars)) < len(scalars):
            yield ValidationError("twice")


def _multiple(_validator: Any, step: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, int | float) and not isinstance(instance, bool):
        quotient = Decimal(repr(instance)) / Decimal(repr(step))
        if quotient != quotient.to_integral_value():
            yield ValidationError("between steps")


def _pattern(_validator: Any, pattern: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, str):
        return
    if len(instance) > MAX_MATCHED:
        yield ValidationError("too long", validator="maxLength", validator_value=MAX_MATCHED)
    elif _compiled(pattern).search(instance) is None:
        yield ValidationError("another form")


@lru_cache(maxsize=500)
def _compiled(pattern: str) -> re.Pattern[str]:
    return compiled(pattern)


FormValidator: Final[type[Draft202012Validator]] = jsonschema_validators.extend(  # type: ignore[no-untyped-call]  # the stubs leave it untyped
    Draft202012Validator,
    {
        "required": _required,
        "additionalProperties": _additional,
        "uniqueItems": _unique,
        "multipleOf": _multiple,
        "pattern": _pattern,
    },
)
"""Draft 2020-12 as forms mean it."""
