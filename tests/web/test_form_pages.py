import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lxml import html

from app.domain.errors import FieldFault
from app.domain.forms import Form, parse_form, validate
from app.domain.swedish_dates import Language
from app.web.forms import FormView, Option, parse_posted, render_form
from app.web.pages.rendering import filters

ROOT = Path(__file__).parents[2]
FORM = parse_form("underlag", (ROOT / "tests/domain/sample_form.json").read_bytes())
IDS = [f"0190f3b0-0000-7000-8000-00000000000{last}" for last in range(10)]
DEPARTMENTS, ACTORS, PEOPLE, FILES, COMMITMENTS = IDS[:2], IDS[2:4], IDS[4:6], IDS[6:8], IDS[8:]
OPTIONS = {
    "departments": [Option(DEPARTMENTS[0], "Barn och utbildning"), Option(DEPARTMENTS[1], "Teknik & miljö")],
    "actors": [Option(ACTORS[0], "Polisen"), Option(ACTORS[1], "Räddningstjänsten")],
    "people": [Option(PEOPLE[0], "Anna Ek"), Option(PEOPLE[1], "Bo Al")],
}
PREFILLED = {
    "open_commitments": [
        {"id": COMMITMENTS[0], "label": "Fler vuxna ute"},
        {"id": COMMITMENTS[1], "label": "Belysning vid skolan", "lage": "pågår"},
    ]
}
ANSWER: dict[str, Any] = {
    "omrade": "Ekskolan",
    "epost": "rektor@exempel.se",
    "webbsida": "https://exempel.se/",
    "postnummer": "696 30",
    "observerad": "2027-01-18",
    "mote": "2027-01-20T13:30:00+01:00",
    "typ": "annat",
    "antal": 3,
    "kostnad": 1250.5,
    "betyg": 4,
    "utveckling": "ökar",
    "kallor": ["polisen", "egna"],
    "beskrivning": '\nKlotter <på> väggarna & "dörren".\n\nIgen.',
    "flaggor": ["Lustgas i parken", "Nya tider"],
    "dagar": ["2027-02-01", "2027-03-01"],
    "nagot_nytt": False,
    "bradskar": True,
    "intygar": True,
    "forvaltning": DEPARTMENTS[1],
    "samverkar_med": [ACTORS[0]],
    "representant": PEOPLE[0],
    "kontakt": "Bo Al",
    "bilaga": FILES[0],
    "omgang": 1,
    "atgarder": [
        {"vad": "Måla om", "senast": "2027-03-01", "sorter": ["social"], "viktig": True, "underlag": FILES[1]},
        {"vad": "Fler vuxna ute", "viktig": False},
    ],
    "uppfoljning": [
        {"id": COMMITMENTS[0], "lage": "klart", "resultat": "Bra"},
        {"id": COMMITMENTS[1], "lage": "pågår"},
    ],
}

environment = Environment(
    loader=FileSystemLoader(ROOT / "app/web/templates"),
    autoescape=True,
    undefined=StrictUndefined,
    extensions=["jinja2.ext.i18n"],
)
environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
environment.filters |= filters("sv")
PAGE = environment.from_string('<!doctype html><main>{% include "forms/form.html" %}</main>')


def shown(view: FormView) -> html.HtmlElement:
    return html.document_fromstring(PAGE.render(form=view, csrf_token="abc"))


def page(values: Any = None, errors: Iterable[FieldFault] = (), language: Language = "sv", **more: Any) -> Any:
    settled = {"prefilled": PREFILLED, "files": {FILES[0]: "rapport.pdf"}, **more}
    return shown(render_form(FORM, values, errors, OPTIONS, language, **settled))


def small(**properties: dict[str, Any]) -> Form:
    titled = {name: {"title": name.capitalize(), **part} for name, part in properties.items()}
    content = {"type": "object", "title": "T", "additionalProperties": False, "properties": titled}
    return parse_form("prov", json.dumps(content).encode())


def posted_by_browser(document: Any, press: str = "send") -> list[tuple[str, str]]:
    """What a browser would post from the page, as the HTML standard says (form-data sets), uploads aside."""
    items: list[tuple[str, str]] = []
    for control in document.xpath("//form//*[self::input or self::select or self::textarea]"):
        kind, name = control.get("type"), control.get("name")
        if control.tag == "select":
            chosen = control.xpath("option[@selected]") or control.xpath("option[1]")
            items += [(name, option.get("value")) for option in chosen]
        elif control.tag == "textarea":
            text = (control.text or "").removeprefix("\n")
            items.append((name, text.replace("\n", "\r\n")))
        elif kind in {"radio", "checkbox"}:
            if control.get("checked") is not None:
                items.append((name, control.get("value")))
        elif kind == "file":
            items.append((name, ""))
        else:
            items.append((name, control.get("value")))
    return [*items, ("_action", press)]


def texts(elements: Any) -> list[str]:
    return [" ".join(element.text_content().split()) for element in elements]


# --- There and back -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["sv", "en"])
def test_what_is_shown_is_what_is_posted_again(language: Language):
    posted = parse_posted(FORM, posted_by_browser(page(ANSWER, language=language)))
    assert posted.submission == ANSWER
    assert posted.action == "send"
    assert posted.ignored == ()
    assert validate(FORM, posted.submission) == []


def test_a_draft_is_shown_and_posted_as_it_was_typed():
    typed = {
        "omrade": "  Ekskolan ",
        "epost": "rektor@",
        "observerad": "2027-02-30",
        "mote": "på tisdag",
        "antal": "ett par",
        "kostnad": "1 250,50",
        "dagar": "i morgon\n2027-13-01",
        "nagot_nytt": "kanske",
        "atgarder": [{"senast": "snart"}],
    }
    first = parse_posted(FORM, posted_by_browser(page(typed, prefilled={}), press="draft"))
    assert first.action == "draft"
    for name, value in typed.items():
        if name == "atgarder":
            assert first.draft_values[name] == [{"senast": "snart", "viktig": False}]
        else:
            assert first.draft_values[name] == value
    again = parse_posted(FORM, posted_by_browser(page(first.draft_values, prefilled={}), press="draft"))
    assert again.draft_values == first.draft_values


LINE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
LINES = st.lists(LINE, min_size=1, max_size=3)
DATES = st.dates().filter(lambda day: 1900 <= day.year <= 2199).map(str)
NUMBERS = st.integers(-(10**12), 10**12) | st.floats(-1e12, 1e12).map(lambda number: number + 0.0)
INSTANTS = (
    st.datetimes().filter(lambda at: 1900 < at.year < 2199).map(lambda at: f"{at.isoformat(timespec='seconds')}Z")
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"vad": LINE, "viktig": st.booleans()},
        optional={
            "senast": DATES,
            "sorter": st.sampled_from([["social"], ["situationell"], ["social", "situationell"]]),
            "underlag": st.sampled_from(FILES),
        },
    ),
    min_size=1,
    max_size=3,
)
ANSWERS = st.fixed_dictionaries(
    {"bradskar": st.booleans(), "intygar": st.booleans()},
    optional={
        "omrade": LINE,
        "epost": LINE,
        "webbsida": LINE,
        "postnummer": LINE,
        "observerad": DATES,
        "typ": st.sampled_from(["skadegorelse", "annat"]),
        "antal": st.integers(-(10**12), 10**12),
        "kostnad": NUMBERS,
        "betyg": st.integers(1, 6),
        "utveckling": st.sampled_from(["ökar", "minskar"]),
        "kallor": st.sampled_from([["polisen"], ["polisen", "matning", "egna"]]),
        "beskrivning": LINES.map("\n".join),
        "flaggor": LINES,
        "dagar": st.lists(DATES, min_size=1, max_size=3),
        "nagot_nytt": st.booleans(),
        "forvaltning": st.sampled_from(DEPARTMENTS),
        "samverkar_med": st.sampled_from([[ACTORS[0]], ACTORS]),
        "representant": st.sampled_from(PEOPLE),
        "kontakt": LINE,
        "bilaga": st.sampled_from(FILES),
        "omgang": st.integers(0, 99),
        "atgarder": ROWS,
    },
)


@given(ANSWERS, st.sampled_from(["sv", "en"]))
@settings(max_examples=40, deadline=None)
def test_any_answer_survives_being_shown_and_posted(answer: dict[str, Any], language: Language):
    posted = parse_posted(FORM, posted_by_browser(page(answer, language=language, prefilled={})))
    # A required list of rows is always answered: without rows the answer is that there were none.
    assert posted.submission == {"uppfoljning": [], **answer}


@given(
    st.dictionaries(st.sampled_from([field.name for field in FORM.fields]), st.none() | LINE | LINES | ROWS | NUMBERS)
)
@settings(max_examples=40, deadline=None)
def test_values_of_any_kind_are_shown_without_fault(values: dict[str, Any]):
    document = page(values, validate(FORM, values))
    assert_accessible(document)


@given(
    st.lists(
        st.tuples(
            st.text(max_size=12) | st.sampled_from(["atgarder.0.vad", "atgarder.9999", "_action", "kallor"]),
            st.text(max_size=12),
        ),
        max_size=8,
    )
)
@settings(max_examples=100, deadline=None)
def test_whatever_is_posted_is_read_and_judged(items: list[tuple[str, str]]):
    posted = parse_posted(FORM, items)
    assert all(fault.pointer in {"", f"/{fault.pointer[1:]}"} for fault in validate(FORM, posted.submission))
    assert json.loads(json.dumps(posted.draft_values)) == posted.draft_values


@given(INSTANTS)
@settings(max_examples=60, deadline=None)
def test_an_instant_shown_in_swedish_time_is_the_same_instant_when_posted(instant: str):
    form = small(at={"type": "string", "format": "date-time"})
    answer = parse_posted(form, posted_by_browser(shown(render_form(form, {"at": instant}))))
    meant = answer.submission["at"]
    assert isinstance(meant, str)
    assert datetime.fromisoformat(meant) == datetime.fromisoformat(instant)


# --- What is typed, and what it means -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3", 3),
        (" 3 ", 3),
        ("2,5", 2.5),
        ("2.5", 2.5),
        ("-2,5", -2.5),
        ("\u22122", -2),
        ("1 250,50", 1250.5),
        ("1\u00a0000\u202f000", 1_000_000),
        ("007", 7),
        ("1,2,3", "1,2,3"),
        ("två", "två"),
        ("1e5", "1e5"),
        ("nan", "nan"),
        ("9" * 40, "9" * 40),
        ("٣", "٣"),
    ],
)
def test_a_number_is_read_with_a_decimal_comma_and_spaces(typed: str, meant: float | str):
    form = small(a={"type": "number"})
    assert parse_posted(form, [("a", typed)]).submission == {"a": meant}


def test_a_comma_in_a_whole_number_is_left_for_the_person_to_decide():
    form = small(a={"type": "integer"})
    assert parse_posted(form, [("a", "1,000")]).submission == {"a": "1,000"}
    assert [error.sv for error in validate(form, {"a": "1,000"})] == ["”A” ska vara ett heltal."]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2027-01-20T13:30", "2027-01-20T13:30:00+01:00"),
        ("2027-07-20T13:30:15", "2027-07-20T13:30:15+02:00"),
        ("2027-01-20 13.30", "2027-01-20T13:30:00+01:00"),
        ("2027-01-20T13:30:00Z", "2027-01-20T13:30:00Z"),
        ("2027-03-28T02:30", "2027-03-28T03:30:00+02:00"),  # the hour that is skipped
        ("2027-10-31T02:30", "2027-10-31T02:30:00+02:00"),  # the first of the two
        ("0027-01-20T13:30", "0027-01-20T13:30:00"),
        ("2027-13-20T13:30", "2027-13-20T13:30"),
        ("i morgon", "i morgon"),
    ],
)
def test_a_time_is_swedish_time_and_is_sent_with_its_offset(typed: str, meant: str):
    form = small(a={"type": "string", "format": "date-time"})
    assert parse_posted(form, [("a", typed)]).submission == {"a": meant}


def test_the_second_of_two_equal_hours_in_autumn_is_shown_with_its_offset():
    form = small(a={"type": "string", "format": "date-time"})
    document = shown(render_form(form, {"a": "2027-10-31T02:30:00+01:00"}))
    assert document.xpath("//input[@id='f-a']/@type") == ["text"]
    assert parse_posted(form, posted_by_browser(document)).submission == {"a": "2027-10-31T02:30:00+01:00"}


@pytest.mark.parametrize(
    ("name", "typed", "meant"),
    [
        ("observerad", "20270118", "2027-01-18"),
        ("observerad", " 2027-01-18 ", "2027-01-18"),
        ("omrade", "  Ekskolan ", "Ekskolan"),
        ("beskrivning", "rad 1\r\nrad 2\vrad 3", "rad 1\nrad 2\nrad 3"),
        ("nagot_nytt", "true", True),
        ("nagot_nytt", "false", False),
        ("betyg", "4", 4),
        ("betyg", "9", "9"),
        ("flaggor", "a\r\n\r\n b \r\n", ["a", "b"]),
        ("kallor", "polisen", ["polisen"]),
    ],
)
def test_a_typed_text_is_read_as_its_field_means_it(name: str, typed: str, meant: Any):
    assert parse_posted(FORM, [(name, typed)]).submission[name] == meant


def test_lists_of_numbers_are_written_line_by_line():
    form = small(a={"type": "array", "items": {"type": "number"}})
    assert parse_posted(form, [("a", "1,5\r\ntvå\r\n3")]).submission == {"a": [1.5, "två", 3]}
    assert parse_posted(form, posted_by_browser(shown(render_form(form, {"a": [1.5, 3]})))).submission == {
        "a": [1.5, 3]
    }


def test_empty_answers_are_left_out_but_an_unticked_box_is_a_no():
    empty = posted_by_browser(page({}, prefilled={}))
    assert parse_posted(FORM, empty).submission == {"uppfoljning": [], "bradskar": False, "intygar": False}


def test_the_pages_own_names_are_no_answers_and_others_are_told_of():
    posted = parse_posted(
        FORM, [("csrf_token", "abc"), ("_action", "send"), ("okänt", "1"), ("omrade.0.x", "1"), ("atgarder", "1")]
    )
    assert posted.ignored == ("okänt", "omrade.0.x", "atgarder")
    assert posted.submission == {"uppfoljning": [], "bradskar": False, "intygar": False}


@pytest.mark.parametrize("pressed", [[], [("_action", "")], [("_action", "add:omrade")], [("_action", "remove:x:1")]])
def test_without_a_button_that_is_known_it_is_a_draft(pressed: list[tuple[str, str]]):
    assert parse_posted(FORM, [("omrade", "x"), *pressed]).action == "draft"


# --- Rows ---------------------------------------------------------------------------------------------------------


def test_a_row_is_added_and_what_was_typed_is_kept():
    document = page({"atgarder": [{"vad": "Måla om", "senast": "snart"}], "antal": "ett"})
    posted = parse_posted(FORM, posted_by_browser(document, press="add:atgarder"))
    assert posted.action == "rows"
    assert posted.draft_values["atgarder"] == [{"vad": "Måla om", "senast": "snart", "viktig": False}, {}]
    assert posted.draft_values["antal"] == "ett"
    assert posted.focus == "/atgarder/1"
    again = page(posted.draft_values, focus=posted.focus)
    assert texts(again.xpath("//fieldset[@id='f-atgarder']//fieldset[contains(@class,'form-row')]/legend")) == [
        "Åtgärd 1",
        "Åtgärd 2",
    ]
    assert again.xpath("//*[@autofocus]/@id") == ["f-atgarder-1"]


def test_a_row_is_removed_and_the_others_close_ranks():
    values = {"atgarder": [{"vad": "ett"}, {"vad": "två"}, {"vad": "tre"}]}
    posted = parse_posted(FORM, posted_by_browser(page(values), press="remove:atgarder:1"))
    kept = posted.draft_values["atgarder"]
    assert isinstance(kept, list)
    assert [row["vad"] for row in kept if isinstance(row, dict)] == ["ett", "tre"]
    assert posted.focus == "/atgarder"
    again = page(posted.draft_values, focus=posted.focus)
    assert again.xpath("//*[@autofocus]/@id") == ["f-atgarder--add"]
    assert again.xpath("//input[@name='atgarder.1.vad']/@value") == ["tre"]


def test_when_every_row_is_removed_none_is_shown():
    posted = parse_posted(FORM, posted_by_browser(page({}), press="remove:atgarder:0"))
    assert posted.draft_values["atgarder"] == []
    assert page(posted.draft_values).xpath("//input[@name='atgarder.0.vad']") == []
    assert "Det finns inga rader här." in texts(page(posted.draft_values).xpath("//fieldset[@id='f-atgarder']/p"))


def test_a_list_that_nobody_has_touched_shows_one_row_and_sends_none():
    document = page({}, prefilled={})
    assert len(document.xpath("//input[@name='atgarder.0.vad']")) == 1
    assert "atgarder" not in parse_posted(FORM, posted_by_browser(document)).submission


def test_empty_rows_are_left_out_so_that_errors_point_at_the_rows_that_are_shown():
    values = {"atgarder": [{}, {"senast": "2027-03-01"}]}
    posted = parse_posted(FORM, posted_by_browser(page(values)))
    assert posted.submission["atgarder"] == [{"senast": "2027-03-01", "viktig": False}]
    errors = validate(FORM, posted.submission)
    document = page(posted.draft_values, errors)
    assert document.xpath("//a[@href='#f-atgarder-0-vad']")
    assert document.xpath("//input[@id='f-atgarder-0-senast']/@value") == ["2027-03-01"]


def test_rows_of_only_boxes_are_added_one_at_a_time():
    form = small(
        r={"type": "array", "items": {"type": "object", "properties": {"a": {"type": "boolean", "title": "A"}}}}
    )
    values: dict[str, Any] = {}
    for count in (2, 3):
        posted = parse_posted(form, posted_by_browser(shown(render_form(form, values)), press="add:r"))
        values = dict(posted.draft_values)
        assert len(values["r"]) == count


def test_no_row_is_offered_beyond_the_most_there_may_be():
    full = {"atgarder": [{"vad": str(number)} for number in range(20)]}
    assert page(full).xpath("//button[@value='add:atgarder']") == []
    assert page({"atgarder": full["atgarder"][1:]}).xpath("//button[@value='add:atgarder']") != []


def test_rows_from_the_records_stand_with_their_subject_and_cannot_be_removed():
    document = page({"uppfoljning": [{"id": COMMITMENTS[1], "lage": "klart"}]})
    inside = "//fieldset[@id='f-uppfoljning']"
    assert texts(document.xpath(f"{inside}//fieldset[contains(@class,'form-row')]/legend")) == [
        "Åtagande 1: Belysning vid skolan",
        "Åtagande 2: Fler vuxna ute",
    ]
    assert document.xpath(f"{inside}//button") == []
    assert document.xpath("//input[@name='uppfoljning.0.lage'][@checked]/@value") == ["klart"]
    posted = parse_posted(FORM, posted_by_browser(document))
    assert posted.submission["uppfoljning"] == [{"id": COMMITMENTS[1], "lage": "klart"}, {"id": COMMITMENTS[0]}]


def test_a_row_whose_record_is_gone_is_kept_and_can_be_removed():
    document = page({"uppfoljning": [{"id": FILES[0], "resultat": "Skrivet"}]})
    assert texts(document.xpath("//fieldset[@id='f-uppfoljning-0']/button")) == ["Ta bort åtagande 1"]
    assert texts(document.xpath("//textarea[@name='uppfoljning.0.resultat']")) == ["Skrivet"]
    assert document.xpath("//button[@value='remove:uppfoljning:1']") == []


def test_rows_of_a_source_without_ids_are_only_where_one_begins():
    part = {
        "type": "array",
        "x-source": "measures",
        "items": {"type": "object", "properties": {"a": {"type": "string", "title": "A"}}},
    }
    form = small(r=part)
    prefilled = {"measures": [{"a": "ett"}, {"a": "två"}]}
    assert shown(render_form(form, prefilled=prefilled)).xpath("//input[@type='text']/@value") == ["ett", "två"]
    assert shown(render_form(form, {"r": [{"a": "x"}]}, prefilled=prefilled)).xpath("//input[@type='text']/@value") == [
        "x"
    ]


# --- Files --------------------------------------------------------------------------------------------------------


def test_a_file_that_is_there_is_named_and_can_be_taken_away():
    document = page({"bilaga": FILES[0]})
    assert "Bifogad: rapport.pdf" in texts(document.xpath("//span[@class='ds-tag']"))
    assert texts(document.xpath("//label[@for='f-bilaga--remove']")) == ["Ta bort rapport.pdf"]
    items = posted_by_browser(document)
    assert parse_posted(FORM, items).submission["bilaga"] == FILES[0]
    assert "bilaga" not in parse_posted(FORM, [*items, ("bilaga:remove", "true")]).submission


def test_a_new_upload_takes_the_place_of_the_old_file():
    items = [("bilaga", FILES[0]), ("bilaga", FILES[1])]
    assert parse_posted(FORM, items).submission["bilaga"] == FILES[1]
    assert parse_posted(FORM, [*items, ("bilaga:remove", "true")]).submission["bilaga"] == FILES[1]


def test_a_file_in_a_row_is_taken_away_there():
    items = [("atgarder.0.vad", "x"), ("atgarder.0.underlag", FILES[0]), ("atgarder.0.underlag:remove", "true")]
    assert parse_posted(FORM, items).submission["atgarder"] == [{"vad": "x", "viktig": False}]


def test_a_form_with_files_is_posted_in_parts_and_one_without_is_not():
    assert page().xpath("//form/@enctype") == ["multipart/form-data"]
    assert render_form(small(a={"type": "string"})).encoding == "application/x-www-form-urlencoded"


# --- What is seen -------------------------------------------------------------------------------------------------


def assert_accessible(document: Any) -> None:
    """Every control has a label, every id is one, and everything referred to is there."""
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids)), sorted(one for one in ids if ids.count(one) > 1)
    for control in document.xpath("//form//*[self::input or self::select or self::textarea][not(@type='hidden')]"):
        assert len(document.xpath("//label[@for=$id]", id=control.get("id"))) == 1, control.get("name")
    for group in document.xpath("//fieldset"):
        assert texts(group.xpath("legend")) != [""]
    for attribute in ("aria-describedby", "aria-labelledby", "list"):
        for referred in document.xpath(f"//@{attribute}"):
            assert set(referred.split()) <= set(ids)
    for link in document.xpath("//a/@href"):
        assert link.removeprefix("#") in ids
    for radio in document.xpath("//input[@type='radio']"):
        assert radio.xpath("ancestor::fieldset[1][@role='radiogroup']")
    assert document.xpath("//@style | //script | //@*[starts-with(name(), 'on')]") == []


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("values", [{}, ANSWER, {"atgarder": [{}, {}]}, {"kallor": ["gone"], "typ": "gone"}])
def test_everything_has_a_label_and_everything_referred_to_is_there(values: dict[str, Any], language: Language):
    assert_accessible(page(values, validate(FORM, values), language))


def test_two_forms_on_a_page_have_ids_of_their_own():
    one, two = (page(prefix=prefix).xpath("//@id") for prefix in ("f", "g"))
    assert set(one).isdisjoint(two)


def test_the_summary_takes_focus_and_says_what_the_fields_say():
    errors = validate(FORM, {})
    document = page({}, errors)
    summary = document.xpath("//div[@role='alert']")[0]
    assert texts(summary.xpath("h2")) == ["13 saker behöver rättas"]
    assert summary.get("tabindex") == "-1"
    assert summary.get("autofocus") is not None
    links = summary.xpath(".//a")
    assert texts(links) == [error.sv for error in errors]
    for link in links:
        target = document.xpath("//*[@id=$id]", id=link.get("href").removeprefix("#"))[0]
        described = target.xpath("ancestor-or-self::*[@aria-describedby][1]/@aria-describedby")[0].split()
        said = texts(document.xpath("//*[@id=$id]", id=described[-1]))
        assert said == [f"Fel: {link.text_content()}"]


def test_a_field_with_an_error_is_marked_and_one_without_is_not():
    document = page({}, [FieldFault("/omrade", "Fyll i.", "Fill in.")])
    assert document.xpath("//*[@aria-invalid]/@id") == ["f-omrade"]


def test_an_error_without_a_field_stands_in_the_summary_without_a_link():
    document = page(
        {}, [FieldFault("", "Svaret är för stort.", "Too large."), FieldFault("/okant", "Okänt.", "Unknown.")]
    )
    assert texts(document.xpath("//div[@role='alert']//li")) == ["Svaret är för stort.", "Okänt."]
    assert document.xpath("//div[@role='alert']//a") == []


def test_an_error_at_a_row_or_a_hidden_field_leads_to_the_row():
    errors = [FieldFault("/uppfoljning/0/id", "Saknas.", "Missing."), FieldFault("/uppfoljning/1", "Borta.", "Gone.")]
    document = page({}, errors)
    assert document.xpath("//div[@role='alert']//a/@href") == ["#f-uppfoljning-0", "#f-uppfoljning-1"]
    assert document.xpath("//fieldset[@id='f-uppfoljning-1']/@aria-describedby") == ["f-uppfoljning-1--error"]


def test_errors_of_single_values_stand_at_their_list():
    values = {"dagar": "i morgon\n2027-13-01", "kallor": ["polisen", "grannen"]}
    posted = parse_posted(FORM, posted_by_browser(page(values)))
    errors = [error for error in validate(FORM, posted.submission) if error.pointer.startswith(("/dagar/", "/kallor/"))]
    document = page(posted.draft_values, errors)
    assert len(errors) == 3
    assert document.xpath("//div[@role='alert']//a/@href") == ["#f-kallor", "#f-dagar", "#f-dagar"]
    assert "Rad 2 i ”Mötesdagar”" in texts(document.xpath("//*[@id='f-dagar--error']"))[0]


def test_a_reader_of_english_gets_english_words_and_a_decimal_point():
    document = page({"kostnad": 2.5}, validate(FORM, {"kostnad": 2.5}), "en")
    assert texts(document.xpath("//label[@for='f-kostnad']")) == ["Cost in kronor (frivilligt)"]  # gettext's word
    assert document.xpath("//input[@id='f-kostnad']/@value") == ["2.5"]
    assert texts(document.xpath("//button[@value='add:atgarder']")) == ["Add measure"]
    assert texts(document.xpath("//button[@value='remove:atgarder:0']")) == ["Remove measure 1"]
    assert texts(document.xpath("//div[@role='alert']/h2")) == ["13 things need to be corrected"]
    assert texts(document.xpath("//label[starts-with(@for,'f-nagot_nytt')]")) == ["Yes", "No"]


def test_one_thing_to_correct_is_one():
    fault = [FieldFault("/omrade", "Fyll i.", "Fill in.")]
    assert texts(page({}, fault).xpath("//h2")) == ["1 sak behöver rättas"]
    assert texts(page({}, fault, "en").xpath("//h2")) == ["1 thing needs to be corrected"]


def test_optional_questions_say_so_and_required_ones_need_no_sign():
    document = page()
    assert texts(document.xpath("//label[@for='f-webbsida']")) == ["Webbsida (frivilligt)"]
    assert texts(document.xpath("//label[@for='f-omrade']")) == ["Område eller enhet"]
    assert texts(document.xpath("//label[@for='f-bradskar']")) == ["Ärendet brådskar"]
    assert document.xpath("//input[@id='f-omrade']/@aria-required") == ["true"]
    assert document.xpath("//input[@id='f-webbsida']/@aria-required") == []


def test_enter_in_a_field_sends_the_form_and_does_not_remove_a_row():
    buttons = page(ANSWER).xpath("//form//button[@type='submit']")
    assert [buttons[0].get(name) for name in ("name", "value", "tabindex", "aria-hidden")] == [
        "_action",
        "send",
        "-1",
        "true",
    ]
    assert texts(buttons[-2:]) == ["Skicka in", "Spara utkast"]


def test_telephones_show_digits_only_where_nothing_can_be_negative():
    form = small(
        a={"type": "integer", "minimum": 0},
        b={"type": "number", "minimum": 0},
        c={"type": "integer"},
        d={"type": "integer", "minimum": -5},
    )
    assert [field.input_mode for field in render_form(form).fields] == ["numeric", "decimal", "", ""]


def test_what_was_chosen_once_and_is_offered_no_more_is_not_lost():
    document = page({"typ": "trafik", "kallor": ["polisen", "grannen"], "forvaltning": FILES[0]})
    gone = "Ditt tidigare val, som inte längre finns"
    assert texts(document.xpath("//select[@name='typ']/option[@selected]")) == [gone]
    assert gone in texts(document.xpath("//fieldset[@id='f-kallor--group']//label"))
    assert parse_posted(FORM, posted_by_browser(document)).submission["kallor"] == ["polisen", "grannen"]


def test_a_source_with_nothing_to_choose_says_so_and_one_that_is_missing_is_a_fault():
    options = {**OPTIONS, "actors": []}
    document = shown(render_form(FORM, {}, [FieldFault("/samverkar_med", "Välj.", "Choose.")], options))
    assert texts(document.xpath("//fieldset[@id='f-samverkar_med--group']/p[@class='quiet']")) == [
        "Det finns inget att välja på."
    ]
    assert document.xpath("//div[@role='alert']//a/@href") == ["#f-samverkar_med--group"]
    with pytest.raises(KeyError):
        render_form(FORM, options={"departments": [], "people": []})


def test_a_person_may_be_written_with_the_municipalitys_people_as_suggestions():
    document = page()
    assert document.xpath("//datalist[@id='f-kontakt--list']/option/@value") == ["Anna Ek", "Bo Al"]
    assert texts(document.xpath("//select[@name='representant']/option")) == ["Välj", "Anna Ek", "Bo Al"]


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("observerad", "2027-01-18", "date"),
        ("observerad", "2027-02-30", "text"),
        ("mote", "2027-01-20T13:30:00+01:00", "datetime-local"),
        ("mote", "snart", "text"),
        ("epost", "", "email"),
        ("webbsida", "", "url"),
        ("antal", "3", "text"),
    ],
)
def test_a_browsers_own_field_is_used_where_it_can_show_what_was_typed(name: str, value: str, kind: str):
    assert page({name: value}).xpath(f"//input[@id='f-{name}']/@type") == [kind]


def test_what_people_write_is_never_markup():
    nasty = "<script>alert(1)</script>\"'&"
    document = page({"omrade": nasty, "beskrivning": nasty, "atgarder": [{"vad": nasty}]})
    assert document.xpath("//script") == []
    assert document.xpath("//input[@id='f-omrade']/@value") == [nasty]
    assert document.xpath("//textarea[@id='f-beskrivning']")[0].text.strip() == nasty


def test_the_form_says_where_it_posts_and_where_a_draft_saves_itself():
    document = page(action="/uppgifter/1", autosave_url="/uppgifter/1/utkast")
    form = document.xpath("//form")[0]
    assert (form.get("action"), form.get("data-autosave-url")) == ("/uppgifter/1", "/uppgifter/1/utkast")
    assert form.get("novalidate") is not None
    assert document.xpath("//input[@name='csrf_token']/@value") == ["abc"]
    assert page().xpath("//form/@action | //form/@data-autosave-url") == []


def test_a_list_written_line_by_line_says_so_when_the_form_does_not():
    document = page()
    assert texts(document.xpath("//p[@id='f-dagar--help']")) == ["Skriv en sak på varje rad."]
    assert texts(document.xpath("//p[@id='f-flaggor--help']")) == ["Ett på varje rad"]


SHIPPED = sorted((ROOT / "workflows").glob("*/forms/*.json"))


@pytest.mark.parametrize("path", SHIPPED, ids=[f"{path.parts[-3]}/{path.stem}" for path in SHIPPED])
def test_a_shipped_form_is_shown_and_sends_back_what_it_shows(path: Path):
    form = parse_form(path.stem, path.read_bytes())
    options = {source: [Option(IDS[0], "Namn")] for source in form.option_sources}
    document = shown(render_form(form, {}, validate(form, {}), options))
    assert_accessible(document)
    assert parse_posted(form, posted_by_browser(document)).ignored == ()
