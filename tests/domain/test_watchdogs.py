"""The clocks of lag (2023:196) 6 and 13 §§."""

from datetime import date, timedelta

import pytest

from app.domain.watchdogs import watch

DONE = date(2026, 2, 27)


@pytest.mark.parametrize("duty", ["situation_picture", "follow_up"])
@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 2, 27), "on_time"),
        (date(2027, 11, 26), "on_time"),
        (date(2027, 11, 27), "alarm"),
        (date(2028, 2, 27), "alarm"),
        (date(2028, 2, 28), "overdue"),
        (date(2030, 1, 1), "overdue"),
    ],
)
def test_a_clock_of_two_years_sounds_after_21_months_and_is_late_after_24(duty, today, state):
    found = watch(duty, DONE, today)
    assert (found.state, found.alarm_on, found.due_on) == (state, date(2027, 11, 27), date(2028, 2, 27))
    assert found.paragraph == "6 §"


def test_what_was_done_on_29_february_is_due_on_the_28th_two_years_on():
    found = watch("follow_up", date(2028, 2, 29), date(2028, 3, 1))
    assert (found.alarm_on, found.due_on) == (date(2029, 11, 29), date(2030, 2, 28))


def test_a_duty_never_done_has_no_day_and_says_so():
    found = watch("situation_picture", None, date(2027, 1, 1))
    assert (found.state, found.alarm_on, found.due_on) == ("never", None, None)
    assert found.sv == "Det finns ingen lägesbild. Minst vartannat år: lag (2023:196) 6 §."
    assert found.en == "There is no situation picture. At least every second year: lag (2023:196) 6 §."


def test_the_reporting_clock_keeps_the_municipalitys_own_interval():
    yearly = watch("reporting", DONE, date(2026, 12, 1))
    assert (yearly.state, yearly.alarm_on, yearly.due_on) == ("alarm", date(2026, 11, 27), date(2027, 2, 27))
    tertial = watch("reporting", DONE, date(2026, 5, 1), reporting_months=4)
    assert (tertial.state, tertial.alarm_on, tertial.due_on) == ("on_time", date(2026, 5, 27), date(2026, 6, 27))
    assert watch("reporting", DONE, DONE, reporting_months=1).alarm_on == DONE


def test_a_sentence_says_when_it_was_done_when_it_is_due_and_what_the_law_says():
    assert watch("situation_picture", DONE, date(2028, 2, 17)).sv == (
        "Lägesbilden uppdaterades fredag 27 februari 2026 och ska vara uppdaterad igen senast söndag 27 februari 2028. "
        "Det är 10 dagar kvar. Minst vartannat år: lag (2023:196) 6 §."
    )
    late = watch("reporting", DONE, date(2027, 2, 28))
    assert late.sv == (
        "Kommunfullmäktige fick en rapport fredag 27 februari 2026 och ska få nästa senast lördag 27 februari 2027. "
        "Det är 1 dag för sent. Fortlöpande rapportering: lag (2023:196) 13 §, med det tidsavstånd som kommunen har "
        "bestämt (1 år)."
    )
    assert "It is 1 day late. Continuous reporting" in late.en


@pytest.mark.parametrize("months", [0, 25, -1])
def test_an_interval_that_cannot_be_is_refused(months):
    with pytest.raises(ValueError, match="1 till 24"):
        watch("reporting", DONE, DONE, reporting_months=months)


def test_the_state_never_goes_back_as_days_pass():
    order = ["on_time", "alarm", "overdue"]
    states = [order.index(watch("follow_up", DONE, DONE + timedelta(days=n)).state) for n in range(900)]
    assert states == sorted(states)
