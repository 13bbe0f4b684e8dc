"""How strictly a form has the personal-data guard read what is written in it."""

import json

import pytest

from app.domain.errors import InvalidInput
from app.domain.forms import Form, FormInvalid, parse_form
from app.services.process.findings import examine, require_clean, stops_within

CASE = {"anteckning": "Pojken är placerad i familjehem.", "rader": [{"vad": "Ring 070-123 45 67."}]}


def form(guard: object = None, *, field: bool = False) -> Form:
    text = {"type": "string", "title": "Text", **({"x-guard": True} if field else {})}
    row = {"type": "object", "properties": {"vad": text}}
    schema = {
        "type": "object",
        "title": "Möte",
        "additionalProperties": False,
        "properties": {"anteckning": text, "rader": {"type": "array", "title": "Rader", "items": row}},
        **({} if guard is None else {"x-guard": guard}),
    }
    return parse_form("mote", json.dumps(schema).encode())


def test_a_meeting_that_handles_no_cases_refuses_them_and_says_where_they_belong() -> None:
    found = examine(form("no_cases"), CASE)
    assert [fault.pointer for fault in found.stops] == ["/anteckning"]
    assert "ärendesystem" in found.stops[0].sv
    assert "social services" in found.stops[0].en
    assert [(warned.fault.pointer, warned.kind) for warned in found.warnings] == [("/rader/0/vad", "phone")]


def test_those_who_are_no_authority_are_refused_what_others_are_asked_about() -> None:
    found = examine(form("strict"), CASE)
    assert [fault.pointer for fault in found.stops] == ["/rader/0/vad"]
    assert found.warnings == []


def test_a_field_asks_where_it_says_so_and_stops_where_it_does_not() -> None:
    assert [w.fault.pointer for w in examine(form(field=True), CASE).warnings] == ["/rader/0/vad"]
    assert examine(form(), CASE).warnings == []
    stopped = examine(form(), {"anteckning": "811228-9874", "rader": [{"vad": "8 1 1 2 2 8 9 8 7 4"}]}).stops
    assert [fault.pointer for fault in stopped] == ["/anteckning", "/rader/0/vad"]


@pytest.mark.parametrize("guard", [True, "mild", 1, ["strict"]])
def test_another_strictness_is_no_form(guard: object) -> None:
    with pytest.raises(FormInvalid, match="x-guard"):
        form(guard)


@pytest.mark.parametrize("value", [{"a": [{"b": "811228-9874"}]}, {"a": 198112289874}, ["x", "811228 9874"]])
def test_a_number_anywhere_in_a_value_refuses_it(value: object) -> None:
    with pytest.raises(InvalidInput, match="personal identity number"):
        require_clean(value)


def test_an_id_is_no_text() -> None:
    value = {"id": "19811228-9874-4000-8000-000000000000", "antal": 12, "ja": True, "inget": None}
    require_clean(value)
    assert list(stops_within(value)) == []
