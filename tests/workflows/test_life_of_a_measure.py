"""The life of a measure: proposed in the autumn, decided in March, reported, gone through by the council, judged."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from app.db.prevention import records, status_reports
from app.db.prevention.measures import Measure
from app.db.prevention.status_reports import StatusReport
from app.db.process import process_instances
from app.domain.ids import new_id
from app.services.installation import Installation
from app.services.prevention.records import withdraw_of_instance
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Rows, Tell
from tests.workflows.timelines import ended, of

SOCIAL, SCHOOL = "Socialförvaltningen", "Barn och Utbildningsförvaltningen"
AUTUMN = (["forvaltningsrapport"], date(2026, 10, 1), date(2026, 12, 31))
ONLY_SOCIAL = frozenset({("forvaltningsrapport.rapport", name) for name in (SCHOOL, "Folkhälsoteamet")})


@pytest.fixture
def decided(installation: Installation) -> list[str]:
    """Two measures of the social services that stand in the plan in force, by title."""
    titles = ["Fältarbete vid centrum", "Genomgång av nätbedrägerier"]
    with begin_system(installation) as uow:
        units = {place.name: place.id for place in _organisation(uow)}
        for title in titles:
            uow.session.add(
                Measure(
                    municipality_id="askersund",
                    id=new_id(),
                    source_key=f"plan:{title}",
                    year=2026,
                    extra={},
                    title=title,
                    department_id=units[SOCIAL],
                    department_name=SOCIAL,
                    status="decided",
                    created_at=uow.now,
                    updated_at=uow.now,
                )
            )
    return titles


def _organisation(uow: Any) -> Any:
    from app.services.facts import organisation  # noqa: PLC0415  beside its one use

    return organisation(uow, "askersund").places


def _said(*words: str) -> dict[str, Any]:
    """An answer that says this of the measures in turn. The rows' ids are the form's own."""
    return {"genomforda_atgarder": [{"status": word, "resultat": f"Vi säger {word}."} for word in words]}


def _statuses(installation: Installation, titles: Sequence[str]) -> list[str]:
    with begin_system(installation) as uow:
        found = {m.title: m.status for m in records.of_year(uow.session, Measure, "askersund", 2026)}
    return [found[title] for title in titles]


def _reports(installation: Installation, year: int = 2026) -> list[StatusReport]:
    with begin_system(installation) as uow:
        return records.of_year(uow.session, StatusReport, "askersund", year)


def test_a_departments_report_moves_its_measures_and_is_kept_with_its_day(
    installation: Installation, tell: Tell, decided: list[str]
) -> None:
    rows = tell(*AUTUMN, silent=ONLY_SOCIAL, answers={"forvaltningsrapport.rapport": [_said("pågår", "genomförd")]})
    assert _statuses(installation, decided) == ["ongoing", "done"]
    reports = _reports(installation)
    assert [(r.status_before, r.status, r.text) for r in reports] == [
        ("decided", "ongoing", "Vi säger pågår."),
        ("decided", "done", "Vi säger genomförd."),
    ]
    (sent,) = of(rows, "task_completed", "rapport")
    assert {r.reported_on.isoformat() for r in reports} == {sent["at"][:10]}
    assert {r.department_name for r in reports} == {SOCIAL}
    assert [r["detail"]["record"] for r in of(rows, "record_saved", "rapport")].count("status_report") == 2


def test_a_report_that_is_sent_back_is_said_again_from_where_the_measures_stood(
    installation: Installation, tell: Tell, decided: list[str]
) -> None:
    rows = tell(
        *AUTUMN,
        silent=ONLY_SOCIAL,
        answers={
            "forvaltningsrapport.rapport": [_said("pågår", "genomförd"), _said("ej påbörjad", "försenad")],
            "forvaltningsrapport.godkann": [{"godkand": False}],
        },
    )
    assert ended(rows, "forvaltningsrapport")
    # The measure that was said to be done is there to be said otherwise, and what was begun by mistake is not begun.
    assert _statuses(installation, decided) == ["decided", "late"]
    assert [(r.status_before, r.status) for r in _reports(installation)] == [
        ("decided", "decided"),
        ("decided", "late"),
    ]


def test_a_cancelled_report_leaves_the_measures_as_they_were(
    installation: Installation, tell: Tell, decided: list[str]
) -> None:
    tell(*AUTUMN, silent=ONLY_SOCIAL, answers={"forvaltningsrapport.rapport": [_said("pågår", "genomförd")]})
    with begin_system(installation) as uow:
        (instance,) = process_instances.page(uow.session, ["askersund"], key="forvaltningsrapport")
        withdraw_of_instance(uow, "askersund", instance.id)
    assert _statuses(installation, decided) == ["decided", "decided"]
    assert _reports(installation) == []


def test_the_council_sees_what_was_reported_and_leaves_no_report_where_it_adds_nothing(
    installation: Installation, tell: Tell, decided: list[str]
) -> None:
    rows = tell(
        ["forvaltningsrapport", "strategiskt_rad"],
        date(2026, 10, 1),
        date(2026, 12, 31),
        silent=ONLY_SOCIAL,
        answers={
            "forvaltningsrapport.rapport": [_said("pågår", "försenad")],
            "strategiskt_rad.mote": [{"uppfoljda_atgarder": [{}, {"status": "genomförd", "resultat": "Klart i går."}]}],
        },
    )
    assert of(rows, "task_completed", "bearbeta_gemensamt")
    assert _statuses(installation, decided) == ["ongoing", "done"]
    told = [(r.status_before, r.status, r.text, r.department_name) for r in _reports(installation)]
    assert told == [
        ("decided", "ongoing", "Vi säger pågår.", SOCIAL),
        ("decided", "late", "Vi säger försenad.", SOCIAL),
        ("late", "done", "Klart i går.", None),
    ]


def test_the_next_picture_shows_what_was_reported_and_judges_what_is_done(
    installation: Installation, tell: Tell, decided: list[str]
) -> None:
    judged: Mapping[str, Any] = {"vidtagna": [{"effekt": "delvis"}, {"effekt": "ja"}]}
    rows = tell(
        ["forvaltningsrapport", "lagesbild"],
        date(2026, 10, 1),
        date(2027, 3, 31),
        silent=ONLY_SOCIAL,
        answers={
            "forvaltningsrapport.rapport": [_said("pågår", "genomförd")],
            "lagesbild.atgardslage": [judged],
        },
    )
    assert ended(rows, "lagesbild")
    assert _statuses(installation, decided) == ["ongoing", "evaluated"]
    # What stood there from the autumn was kept, and the judgement is a report of its own, in the year of the picture.
    told = [(r.effect, r.text, r.status) for r in _reports(installation, 2027)]
    assert told == [("delvis", "Vi säger pågår.", "ongoing"), ("ja", "Vi säger genomförd.", "evaluated")]


def test_the_years_of_a_measure_can_be_read_one_after_another(installation: Installation, tell: Tell) -> None:
    rows: Rows = tell(
        ["forvaltningsrapport", "strategiskt_rad", "lagesbild", "atgardsplan"], date(2026, 10, 1), date(2028, 3, 31)
    )
    assert of(rows, "incident_opened") == []
    with begin_system(installation) as uow:
        measures = records.of_year(uow.session, Measure, "askersund", 2026)
        latest = status_reports.latest_of(uow.session, "askersund", [m.id for m in measures])
    # Proposed in 2026, decided in March 2027, reported in the autumn of 2027 and judged in February 2028.
    assert {m.status for m in measures} <= {"evaluated", "ongoing", "late"}
    assert {latest[m.id].year for m in measures} == {2028}
    assert {r.department_name for r in _reports(installation, 2027)} >= {SOCIAL, SCHOOL}
