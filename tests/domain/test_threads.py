"""What a measure lacks: a cause, an owner, an indicator, a follow-up, and the judgement when it is over."""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.ids import new_id
from app.domain.threads import Looked, findings

TODAY = date(2027, 9, 1)
WHOLE = Looked(
    status="ongoing",
    cause_id=new_id(),
    owner="Fritidsenheten",
    follow_up_on=date(2027, 11, 15),
    ends_on=date(2027, 10, 31),
    indicators=1,
    evaluations=0,
)


def test_a_measure_with_cause_owner_indicator_and_follow_up_lacks_nothing() -> None:
    assert findings(WHOLE, TODAY) == ()


@pytest.mark.parametrize(
    ("lacking", "codes"),
    [
        ({"cause_id": None}, ["no-cause"]),
        ({"owner": "  "}, ["no-owner"]),
        ({"indicators": 0}, ["no-indicator"]),
        ({"follow_up_on": None}, ["no-follow-up"]),
        ({"follow_up_on": None, "evaluations": 1}, []),
        ({"follow_up_on": date(2027, 8, 31)}, ["follow-up-missed"]),
        ({"follow_up_on": TODAY}, []),
        ({"status": "done"}, ["not-evaluated"]),
        ({"status": "done", "evaluations": 1}, []),
        ({"status": "evaluated", "follow_up_on": None}, []),
        ({"status": "done", "follow_up_on": date(2027, 8, 1)}, ["follow-up-missed"]),
        ({"cause_id": None, "owner": None, "follow_up_on": None}, ["no-cause", "no-owner", "no-follow-up"]),
    ],
)
def test_what_is_missing_is_told_in_the_order_of_the_thread(lacking: dict[str, object], codes: list[str]) -> None:
    assert [finding.code for finding in findings(replace(WHOLE, **lacking), TODAY)] == codes  # type: ignore[arg-type]  # fields of it
