"""Calendar feeds as a calendar program reads them: `vobject` reads what another library wrote."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from app.documents.calendars import write_calendar
from app.documents.day_calendars import DayCalendar, DayEvent, fingerprint

CHANGED = datetime(2026, 9, 1, 6, 0, 0, 123456, tzinfo=UTC)


def event(**changed: Any) -> DayEvent:
    known: dict[str, Any] = {
        "uid": "0198-1@trygghetshjulet",
        "on": date(2026, 11, 30),
        "summary": "Förvaltningsrapport: Lämna rapport – Socialförvaltningen",
        "description": "Sista arbetsdagen i november.\n\nÖppna: https://hjulet.example.org/uppgifter/1",
        "url": "https://hjulet.example.org/uppgifter/1",
        "categories": ("Trygghetshjulet", "Uppgift"),
        "sequence": 1,
    }
    return DayEvent(**{**known, **changed})


def calendar(*events: DayEvent, **changed: Any) -> DayCalendar:
    known: dict[str, Any] = {
        "name": "Mina sista dagar", "description": "Åsa", "url": "https://hjulet.example.org/", "language": "sv",
    }  # fmt: skip
    return DayCalendar(**{**known, **changed}, events=events)


def read(written: bytes) -> Any:
    return vobject.readOne(written.decode())


def read_event(one: DayEvent) -> Any:
    return read(write_calendar(calendar(one), CHANGED)).vevent


def test_a_deadline_is_a_whole_day_that_takes_no_time() -> None:
    found = read_event(event())
    assert (found.dtstart.value, found.dtend.value) == (date(2026, 11, 30), date(2026, 12, 1))
    assert type(found.dtstart.value) is date
    assert found.dtstart.params == {"VALUE": ["DATE"]}
    assert found.transp.value == "TRANSPARENT"
    assert found.status.value == "CONFIRMED"


@pytest.mark.parametrize("on", [date(2027, 3, 28), date(2026, 10, 25), date(2028, 2, 29), date(2026, 12, 31)])
def test_summer_time_and_the_ends_of_months_move_nothing(on: date) -> None:
    found = read_event(event(on=on))
    assert (found.dtstart.value, found.dtend.value) == (on, on + timedelta(days=1))


def test_swedish_letters_commas_semicolons_and_line_breaks_come_through() -> None:
    words = "Åtgärd; ”räksmörgås”, \\n är inte en radbrytning\nmen det här är det"
    found = read_event(event(summary="Årlig översyn, på ön", description=words, categories=("A, B", "Ö")))
    assert found.summary.value == "Årlig översyn, på ön"
    assert found.description.value == words
    assert found.categories.value == ["A, B", "Ö"]
    assert found.url.value == "https://hjulet.example.org/uppgifter/1"


def test_no_line_is_longer_than_75_octets_and_every_line_ends_as_the_standard_says() -> None:
    words = "Förvaltningarnas återkommande översyn av åtgärder – " * 20
    written = write_calendar(calendar(event(summary=words), name=words), CHANGED)
    assert written.endswith(b"\r\n")
    lines = written.removesuffix(b"\r\n").split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    # A letter of two bytes is never cut in half.
    assert all(line.decode() for line in lines)
    assert read(written).vevent.summary.value == words


def test_what_was_cancelled_says_so_and_keeps_its_name() -> None:
    found = read_event(event(cancelled=True, sequence=7))
    assert (found.uid.value, found.status.value, found.sequence.value) == ("0198-1@trygghetshjulet", "CANCELLED", "7")


def test_an_event_says_when_it_was_changed_and_else_the_calendars_own_instant() -> None:
    at = datetime(2026, 10, 2, 7, 30, tzinfo=UTC)
    assert read_event(event(changed_at=at)).last_modified.value == at
    assert read_event(event(changed_at=at)).dtstamp.value == at
    assert read_event(event()).last_modified.value == CHANGED.replace(microsecond=0)


def test_an_event_that_nobody_counts_follows_the_calendar() -> None:
    numbers = [
        int(read(write_calendar(calendar(event(sequence=None)), at)).vevent.sequence.value)
        for at in (CHANGED, CHANGED + timedelta(seconds=1), datetime(2087, 12, 31, tzinfo=UTC))
    ]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] < 2**31


def test_the_calendar_has_a_name_and_says_when_to_look_again() -> None:
    found = read(write_calendar(calendar(event(), name="Trygghetshjulet – Askersund"), CHANGED))
    assert found.version.value == "2.0"
    assert found.prodid.value.startswith("-//Trygghetshjulet//")
    assert found.x_wr_calname.value == "Trygghetshjulet – Askersund"
    assert found.contents["name"][0].value == "Trygghetshjulet – Askersund"
    assert found.x_published_ttl.value == "PT1H"
    assert found.refresh_interval.value == "PT1H"
    assert found.refresh_interval.params == {"VALUE": ["DURATION"]}
    assert not hasattr(found, "method")


def test_a_calendar_without_events_is_a_calendar() -> None:
    assert not hasattr(read(write_calendar(calendar(), CHANGED)), "vevent")


def test_the_same_calendar_is_the_same_bytes_in_whatever_order_its_events_were_found() -> None:
    one, other = event(), event(uid="0198-2@trygghetshjulet")
    assert write_calendar(calendar(one, other), CHANGED) == write_calendar(calendar(other, one), CHANGED)
    assert fingerprint(calendar(one)) == fingerprint(calendar(event()))
    assert fingerprint(calendar(one)) != fingerprint(calendar(event(on=date(2026, 12, 1))))


def test_control_characters_are_left_out() -> None:
    assert read_event(event(summary="a\x07b\x0bc\x7fd")).summary.value == "a b c d"


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        write_calendar(calendar(event()), datetime(2026, 9, 1))  # noqa: DTZ001  that is the point


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=300))
def test_whatever_people_write_comes_through(words: str) -> None:
    written = write_calendar(calendar(event(summary=words, description=words)), CHANGED)
    assert max(map(len, written.split(b"\r\n"))) <= 75
    found = read(written).vevent
    assert found.summary.value == words
