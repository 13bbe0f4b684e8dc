"""How far a measure has come: forwards as it is reported, never back."""

import pytest

from app.domain.measures import REPORTED, MeasureCannotBecome, status_after, status_judged, word_for


@pytest.mark.parametrize(
    ("current", "word", "after"),
    [
        ("decided", "ej påbörjad", "decided"),
        ("decided", "pågår", "ongoing"),
        ("decided", "genomförd", "done"),
        ("ongoing", "försenad", "late"),
        ("ongoing", "avbruten", "cancelled"),
        ("late", "pågår", "ongoing"),
        ("late", "ej påbörjad", "late"),
        ("done", "genomförd", "done"),
    ],
)
def test_a_measure_moves_as_it_is_reported(current: str, word: str, after: str) -> None:
    assert status_after(current, word) == after


@pytest.mark.parametrize(
    ("current", "word", "sentence"),
    [
        ("ongoing", "ej påbörjad", "redan rapporterad som pågår och kan inte bli ej påbörjad"),
        ("done", "pågår", "redan rapporterad som genomförd"),
        ("cancelled", "genomförd", "redan rapporterad som avbruten"),
        ("proposed", "pågår", "inte beslutad än"),
        ("evaluated", "genomförd", "redan utvärderad"),
        ("decided", "klar", "inget läge"),
    ],
)
def test_a_step_back_is_refused_in_words(current: str, word: str, sentence: str) -> None:
    with pytest.raises(MeasureCannotBecome) as refused:
        status_after(current, word)
    assert sentence in refused.value.sv
    assert refused.value.en


def test_every_word_of_a_form_has_a_status_and_goes_back_to_it() -> None:
    assert {word_for(status): status for status in REPORTED.values()} == dict(REPORTED)
    assert word_for("proposed") is None


@pytest.mark.parametrize(
    ("current", "effect", "after"),
    [
        ("done", "ja", "evaluated"),
        ("cancelled", "nej", "evaluated"),
        ("done", "kan ej bedömas", "done"),
        ("done", None, "done"),
        ("ongoing", "delvis", "ongoing"),
    ],
)
def test_what_is_over_and_judged_is_evaluated(current: str, effect: str | None, after: str) -> None:
    assert status_judged(current, effect) == after
