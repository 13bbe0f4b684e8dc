"""What the parts of a year are called."""

from datetime import date

import pytest

from app.domain.periods import period_in_words, period_of


@pytest.mark.parametrize(
    ("kind", "d", "label"),
    [
        ("year", date(2027, 3, 4), "2027"),
        ("month", date(2027, 3, 4), "2027-03"),
        ("quarter", date(2027, 3, 31), "2027-K1"),
        ("quarter", date(2027, 4, 1), "2027-K2"),
        ("tertial", date(2027, 4, 30), "2027-T1"),
        ("tertial", date(2027, 12, 31), "2027-T3"),
        ("week", date(2027, 3, 4), "2027-v09"),
        ("week", date(2027, 1, 1), "2026-v53"),
        ("week", date(2026, 12, 31), "2026-v53"),
        ("week", date(2027, 1, 4), "2027-v01"),
        ("week", date(2024, 12, 30), "2025-v01"),
    ],
)
def test_a_day_lies_in_its_period(kind, d, label):
    assert period_of(kind, d) == label


@pytest.mark.parametrize(
    ("label", "sv", "en"),
    [
        ("2027", "2027", "2027"),
        ("2027-03", "mars 2027", "March 2027"),
        ("2027-K1", "kvartal 1 2027", "quarter 1 2027"),
        ("2027-T3", "tertial 3 2027", "tertial 3 2027"),
        ("2026-v53", "vecka 53 2026", "week 53 2026"),
        ("2027-13", "2027-13", "2027-13"),
        ("extra", "extra", "extra"),
    ],
)
def test_a_label_is_said_in_plain_words(label, sv, en):
    assert period_in_words(label) == (sv, en)
