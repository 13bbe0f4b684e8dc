"""Stories of the collecting of situation pictures before the council: who is silent is noted, and the council meets."""

from datetime import date

from app.db.process import history, process_instances, submissions, user_tasks
from app.services.installation import Installation
from app.services.unit_of_work import begin_system
from tests.workflows.conftest import Tell
from tests.workflows.timelines import day, ended, in_turn, of

PERIOD = (["strategiskt_rad"], date(2026, 10, 1), date(2026, 12, 31))


def test_each_actor_is_asked_and_answers_for_itself_alone(installation: Installation, tell: Tell) -> None:
    rows = tell(*PERIOD)
    asked = of(rows, "task_opened", "lamna_lagesbild")
    assert len({row["scope"] for row in asked}) == len(asked) == 5
    answered = of(rows, "task_completed", "lamna_lagesbild")
    assert {row["scope"] for row in asked} - {row["scope"] for row in answered} == {"Svenska kyrkan"}
    with begin_system(installation) as uow:
        (child,) = process_instances.page(uow.session, ["askersund"], key="aktorsinhamtning")
        names = {
            str(t.scope_id): t.id for t in user_tasks.of_instance(uow.session, "askersund", child.id) if t.scope_id
        }
        sent = submissions.of_instance(uow.session, "askersund", child.id)
    own = {str(s.user_task_id): s.data["organisation"] for s in sent if s.form_key == "lamna_lagesbild"}
    assert own == {str(names[organisation]): organisation for organisation in own.values()}


def test_an_actor_that_never_answers_is_noted_and_the_council_goes_on(installation: Installation, tell: Tell) -> None:
    rows = tell(*PERIOD)
    (silence,) = of(rows, "timer_fired", "lamna_lagesbild")
    # Ten working days before the council of 11 December, the day in full.
    assert silence["at"].startswith("2026-11-28T00:00")
    with begin_system(installation) as uow:
        (child,) = process_instances.page(uow.session, ["askersund"], key="aktorsinhamtning")
        lines = history.of_instance(uow.session, "askersund", child.id)
    assert "Inget svar i tid från Svenska kyrkan" in [line.detail.get("text") for line in lines]
    assert ended(rows, "aktorsinhamtning")
    assert in_turn(rows, "berika", "bearbeta_gemensamt", "mote")
    assert day(of(rows, "task_completed", "mote")[0]) == date(2026, 12, 11)


def test_a_council_that_nobody_answers_still_meets(tell: Tell) -> None:
    actors = ("Polisen, lokalpolisområdet", "Näringslivsrådet", "Askersund i centrum", "Svenska kyrkan",
              "Askersundsbostäder")  # fmt: skip
    silent = frozenset({("aktorsinhamtning.lamna_lagesbild", name) for name in actors})
    rows = tell(*PERIOD, silent=silent)
    assert len(of(rows, "timer_fired", "lamna_lagesbild")) == 5
    assert {row["scope"] for row in of(rows, "timer_fired", "lamna_lagesbild")} == set(actors)
    assert day(of(rows, "task_completed", "mote")[0]) == date(2026, 12, 11)
