"""Stories of the departments' autumn report: silence, a head who sends it back, a reviewer who is never content."""

from collections.abc import Sequence
from datetime import date

from app.db.prevention import records
from app.db.prevention.measures import Measure
from app.db.process import history, messages, process_instances
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Rows, Tell
from tests.workflows.timelines import completed, ended, of

PERIOD = (["forvaltningsrapport"], date(2026, 10, 1), date(2026, 12, 31))
OTHERS = frozenset(
    {("forvaltningsrapport.rapport", name) for name in ("Folkhälsoteamet", "Barn och Utbildningsförvaltningen")}
)
SOCIAL = "Socialförvaltningen"


def _proposals(installation: Installation) -> Sequence[Measure]:
    with begin_system(installation) as uow:
        return records.of_year(uow.session, Measure, "askersund", 2026)


def _of_the_report(rows: Rows) -> list[str]:
    """The steps of the report itself, without those of what it flags."""
    return completed([row for row in rows if row["process"] == "forvaltningsrapport"])


def test_a_silent_department_stops_nobody_and_its_absence_is_noted(installation: Installation, tell: Tell) -> None:
    rows = tell(*PERIOD)
    (silence,) = of(rows, "timer_fired", "rapport")
    assert silence["scope"] == "Folkhälsoteamet"
    # Three working days after the last of November, the last of them in full.
    assert silence["at"].startswith("2026-12-04T00:00")
    assert ended(rows, "forvaltningsrapport")
    with begin_system(installation) as uow:
        (instance,) = process_instances.page(uow.session, ["askersund"], key="forvaltningsrapport")
        lines = history.of_instance(uow.session, "askersund", instance.id)
        sent = messages.page(uow.session, ["askersund"], status="buffered", after=None, limit=10)
    assert [line.detail["text"] for line in lines if line.kind == "action_done"] == [
        "Ingen rapport i tid från Folkhälsoteamet"
    ]
    # What is left: the proposals of the two that answered, and word to next year's situation picture.
    assert {m.department_name for m in _proposals(installation)} == {SOCIAL, "Barn och Utbildningsförvaltningen"}
    assert {(m.name, m.correlation) for m in sent} == {("forvaltningsrapport.klar", "2027")}
    # The phenomenon that one of them flagged is judged in a process of its own.
    assert {row["scope"] for row in of(rows, "task_completed", "rapport")} >= {SOCIAL}
    assert [row["process"] for row in of(rows, "task_completed", "bedom_fenomen")] == ["nytt_fenomen"]


def test_a_report_sent_back_by_the_head_replaces_its_proposals(installation: Installation, tell: Tell) -> None:
    one = {
        "atgard": "Belysning vid busstationen",
        "orsak": "Mörk plats",
        "typ": "situationell",
        "agare": "Tekniska enheten",
        "klar_senast": "2027-05-31",
        "indikator": "Andel trygga",
    }
    rows = tell(
        *PERIOD,
        silent=OTHERS,
        answers={
            "forvaltningsrapport.godkann": [{"godkand": False, "kommentar": "Ta med belysningen."}],
            "forvaltningsrapport.rapport": [{}, {"forslag_atgarder": [one]}],
        },
    )
    assert _of_the_report(rows) == ["rapport", "godkann", "rapport", "godkann", "granska"]
    assert [m.title for m in _proposals(installation)] == ["Belysning vid busstationen"]


def test_a_report_can_be_sent_back_by_the_reviewer_twice_and_then_stands(
    installation: Installation, tell: Tell
) -> None:
    never = {"komplett": False, "begar_komplettering": "Skriv när på dygnet det händer."}
    rows = tell(*PERIOD, silent=OTHERS, answers={"forvaltningsrapport.granska": [never, never, never]})
    assert _of_the_report(rows) == ["rapport", "godkann", "granska"] * 3
    assert SOCIAL not in {row["scope"] for row in of(rows, "timer_fired", "rapport")}
    assert ended(rows, "forvaltningsrapport")
    assert len(_proposals(installation)) == 2
