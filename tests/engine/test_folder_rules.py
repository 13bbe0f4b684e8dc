"""The calendar rules of a workflow folder are judged when it is checked and deployed."""

import pytest

from app.engine.folders import Folder, judge_folders
from app.engine.vetting import Surroundings


def told(start: str, anchor: str) -> list[str]:
    about = f'key = "a"\n[rules]\nstart = "{start}"\nanchor = "{anchor}"\n'
    (judged,) = judge_folders([Folder("a", {"process.toml": about.encode(), "process.bpmn": b"<a/>"})], Surroundings())
    return [problem.sv for problem in judged.problems if problem.rule == "calendar.rule"]


@pytest.mark.parametrize(
    ("start", "anchor"),
    [
        ("T-30wd", "every_months(1, pause=[7, 12])"),
        ("end_of_tertial([1, 2, 3])", "end_of_tertial([1, 2, 3])+10wd"),
        ("first_workday(9)", "last_workday(2) earlier"),
    ],
)
def test_rules_that_go_together_are_let_in(start, anchor):
    assert told(start, anchor) == []


@pytest.mark.parametrize(
    ("start", "anchor", "word"),
    [
        ("first_workday(10)", "before_week(54)", "anchor, tecken 13: Veckan ska vara mellan 1 och 53"),
        ("date(2, 31)", "last_workday(2)", "start, tecken 6: Månad 2, dag 31 finns inte"),
        ("T-30wd", "T", "anchor, tecken 1: T är måldagen själv"),
        ("T+30wd", "last_workday(2)", "start, tecken 2: Starten kan inte ligga efter måldagen"),
        ("first_workday(1)", "last_workday([2, 9])", "start, tecken 1: Starten och måldagen kommer inte lika många"),
    ],
)
def test_rules_that_cannot_be_are_refused_with_their_place(start, anchor, word):
    (sentence,) = told(start, anchor)
    assert sentence.startswith(word)
