"""Reminders and escalations as people meet them: who is told, when, and in what words."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from app.db import mails
from app.db.mails import Mail
from app.db.process import user_tasks
from app.db.process.user_tasks import UserTask
from app.db.substitutions import Substitution
from app.domain.clock import SetClock
from app.domain.ids import new_id
from app.services import schedules
from app.services.installation import Installation
from app.services.process import process_instances
from app.services.process import user_tasks as tasks
from app.services.process.due_dates import move_task
from app.services.process.jobs import run_due
from app.services.unit_of_work import UnitOfWork, begin, begin_system, sign_in_principal

Token = Callable[[str], str]
SOCIAL = "Socialförvaltningen"
REPORT = {
    "lagesbild": "Lugnt.",
    "genomforda_atgarder": [],
    "forslag_atgarder": [
        {
            "atgard": "Belysning",
            "orsak": "Mörkt",
            "typ": "situationell",
            "agare": "Tekniska",
            "klar_senast": "2027-05-31",
            "indikator": "Antal skador",
        }
    ],
    "nytt_fenomen": False,
}


def at(year: int, month: int, day: int, hour: int = 8, minute: int = 0) -> datetime:
    """An hour of a winter's day in Sweden."""
    return datetime(year, month, day, hour - 1, minute, tzinfo=UTC)


@pytest.fixture
def october(installation: Installation, clock: SetClock) -> Installation:
    """The departments' reports have been asked for: due on Monday 30 November 2026, and never closed by themselves."""
    clock.set(datetime(2026, 10, 1, 6, 0, tzinfo=UTC))
    schedules.start_due(installation, "askersund")
    run_due(installation)
    change(installation, "UPDATE job SET status = 'cancelled' WHERE kind = 'expiry'")
    return installation


def report(uow: UnitOfWork, scope: str = SOCIAL) -> UserTask:
    found = user_tasks.in_municipalities(uow.session, ["askersund"])
    return next(task for task in found if task.element_id == "rapport" and task.scope_name == scope)


def go_to(installation: Installation, instant: datetime) -> None:
    assert isinstance(installation.clock, SetClock)
    installation.clock.set(instant)
    run_due(installation)


def written(installation: Installation, scope: str = SOCIAL) -> list[Mail]:
    with begin_system(installation) as uow:
        return mails.of_task(uow.session, "askersund", report(uow, scope).id)


def lines(installation: Installation) -> list[tuple[str, str, list[str]]]:
    """(kind, rule, names) of what the history says of reminders of the report, in order."""
    with begin_system(installation) as uow:
        task = report(uow)
        rows = uow.session.execute(
            text(
                "SELECT kind, detail FROM history_event WHERE user_task_id = :task AND kind IN "
                "('reminder_sent', 'escalated', 'nobody_reached') ORDER BY sequence"
            ),
            {"task": task.id},
        )
        return [(row[0], row[1]["rule"], row[1]["to"]) for row in rows]


def change(installation: Installation, statement: str, **values: object) -> None:
    with begin_system(installation) as uow:
        uow.session.execute(text(statement), values)


def away(installation: Installation, username: str, substitute: str, first: date, last: date) -> None:
    with begin_system(installation) as uow:
        ids = {
            row[0]: row[1]
            for row in uow.session.execute(
                text("SELECT username, id FROM person WHERE username IN (:a, :b)"), {"a": username, "b": substitute}
            )
        }
        uow.session.add(
            Substitution(
                municipality_id="askersund", id=new_id(), person_id=ids[username], substitute_id=ids[substitute],
                from_on=first, to_on=last, version=1,
            )
        )  # fmt: skip


def test_a_task_is_reminded_of_twice_and_then_escalated_twice(october: Installation) -> None:
    for day in (
        at(2026, 11, 16),
        at(2026, 11, 25),
        at(2026, 12, 1),
        at(2026, 12, 7),
    ):
        go_to(october, day)
    assert lines(october) == [
        ("reminder_sent", "D-10wd", ["Sofia Ekman"]),
        ("reminder_sent", "D-3wd", ["Sofia Ekman"]),
        ("escalated", "D+1wd manager", ["Stefan Chruséus"]),
        ("escalated", "D+5wd director", ["Karl Dahlberg"]),
    ]
    first, _second, manager, director = written(october)
    assert first.subject == "Påminnelse: Lämna förvaltningens höstrapport, om 14 dagar"
    assert "Sista dag: måndag 30 november 2026" in first.text
    assert f"/uppgifter/{first.user_task_id}" in first.text
    assert f"/uppgifter/{first.user_task_id}" in first.html
    assert "måndag 16 november 2026: påminnelse till Sofia Ekman" in manager.text
    assert "tisdag 1 december 2026: försenad, till Stefan Chruséus" in director.text
    assert (manager.kind, director.address) == ("escalation", "kommundirektor@example.org")


def test_nothing_is_told_before_eight_in_the_morning(october: Installation) -> None:
    go_to(october, at(2026, 11, 16, 7, 59))
    assert lines(october) == []
    go_to(october, at(2026, 11, 16))
    assert len(lines(october)) == 1


def test_without_a_mail_server_what_would_have_been_sent_is_kept(october: Installation) -> None:
    go_to(october, at(2026, 11, 16))
    assert [mail.status for mail in written(october)] == ["unsent"]
    with begin_system(october) as uow:
        assert uow.session.execute(text("SELECT count(*) FROM job WHERE kind = 'mail'")).scalar_one() == 0


def test_after_a_standstill_only_the_latest_goes_out(october: Installation) -> None:
    go_to(october, at(2026, 12, 3))
    assert lines(october) == [("escalated", "D+1wd manager", ["Stefan Chruséus"])]
    go_to(october, at(2026, 12, 7))
    assert [line[1] for line in lines(october)] == ["D+1wd manager", "D+5wd director"]


def test_a_closed_task_is_not_reminded_of(october: Installation, token: Token) -> None:
    with begin(october) as uow:
        sign_in_principal(uow, "api_token", token("soc.rep"))
        task = report(uow)
        tasks.complete(uow, task.id, REPORT)
    with begin_system(october) as uow:
        waiting = uow.session.execute(
            text("SELECT status FROM job WHERE kind = 'reminder' AND process_instance_id = :i AND token = :t"),
            {"i": task.process_instance_id, "t": task.token},
        ).scalars()
        assert list(waiting) == ["cancelled"]


def test_a_suspended_instance_reminds_nobody_and_the_latest_when_it_goes_on(
    october: Installation, token: Token
) -> None:
    with begin(october) as uow:
        sign_in_principal(uow, "api_token", token("sakerhetschef"))
        instance_id = report(uow).process_instance_id
        process_instances.suspend(uow, instance_id, "paus")
    go_to(october, at(2026, 11, 26))
    with begin_system(october) as uow:
        kinds = uow.session.execute(text("SELECT DISTINCT kind FROM history_event")).scalars()
        assert "reminder_sent" not in set(kinds)
    with begin(october) as uow:
        sign_in_principal(uow, "api_token", token("sakerhetschef"))
        process_instances.resume(uow, instance_id)
    run_due(october)
    assert [line[1] for line in lines(october)] == ["D-3wd"]


def test_the_assignee_alone_is_reminded(october: Installation, token: Token) -> None:
    change(
        october,
        "INSERT INTO role_assignment (municipality_id, id, person_id, role, scope_kind, scope_id, valid_from) "
        "SELECT r.municipality_id, gen_random_uuid(), p.id, r.role, r.scope_kind, r.scope_id, r.valid_from "
        "FROM role_assignment r JOIN person q ON q.id = r.person_id, person p "
        "WHERE q.username = 'soc.rep' AND p.username = 'lagesbild'",
    )
    go_to(october, at(2026, 11, 16))
    assert lines(october)[0][2] == ["Lena Gustavsson", "Sofia Ekman"]
    with begin(october) as uow:
        sign_in_principal(uow, "api_token", token("lagesbild"))
        tasks.claim(uow, report(uow).id)
    go_to(october, at(2026, 11, 25))
    assert lines(october)[1][2] == ["Lena Gustavsson"]


def test_a_new_holder_of_the_role_is_reminded_instead_of_the_old(october: Installation) -> None:
    change(
        october,
        "UPDATE role_assignment SET valid_to = '2026-11-20' WHERE person_id = "
        "(SELECT id FROM person WHERE username = 'soc.rep')",
    )
    change(
        october,
        "INSERT INTO role_assignment (municipality_id, id, person_id, role, scope_kind, scope_id, valid_from) "
        "SELECT r.municipality_id, gen_random_uuid(), p.id, r.role, r.scope_kind, r.scope_id, DATE '2026-11-21' "
        "FROM role_assignment r JOIN person q ON q.id = r.person_id, person p "
        "WHERE q.username = 'soc.rep' AND p.username = 'lagesbild'",
    )
    go_to(october, at(2026, 11, 16))
    go_to(october, at(2026, 11, 25))
    assert [line[2] for line in lines(october)] == [["Sofia Ekman"], ["Lena Gustavsson"]]


def test_a_substitute_is_reminded_in_place_of_who_is_away(october: Installation) -> None:
    away(october, "soc.rep", "dataskydd", date(2026, 11, 16), date(2026, 11, 16))
    away(october, "soc.chef", "kommunsekreterare", date(2026, 12, 1), date(2026, 12, 31))
    for day in (at(2026, 11, 16), at(2026, 11, 25), at(2026, 12, 1)):
        go_to(october, day)
    assert [line[2] for line in lines(october)] == [["David Skoglund"], ["Sofia Ekman"], ["Kerstin Sandell"]]


def test_a_vacant_managers_role_lets_the_next_above_know(october: Installation) -> None:
    change(october, "DELETE FROM role_assignment WHERE role = 'department_head'")
    go_to(october, at(2026, 12, 1))
    assert lines(october) == [("escalated", "D+1wd manager", ["Karl Dahlberg"])]


def test_that_nobody_could_be_reached_stands_in_the_history(october: Installation) -> None:
    change(october, "UPDATE person SET email = NULL WHERE username = 'soc.rep'")
    go_to(october, at(2026, 11, 16))
    assert lines(october) == [("nobody_reached", "D-10wd", [])]
    assert written(october) == []


def test_who_reads_a_digest_gets_no_single_reminders_but_every_escalation(october: Installation) -> None:
    change(october, "UPDATE person SET notifications = 'digest' WHERE username IN ('soc.rep', 'soc.chef')")
    for day in (at(2026, 11, 16), at(2026, 12, 1)):
        go_to(october, day)
    assert [(line[0], line[2]) for line in lines(october)] == [
        ("reminder_sent", ["Sofia Ekman"]),
        ("escalated", ["Stefan Chruséus"]),
    ]
    assert [(mail.kind, mail.address) for mail in written(october)] == [("escalation", "soc.chef@example.org")]


def test_who_wants_escalations_only_gets_no_reminders(october: Installation) -> None:
    change(october, "UPDATE person SET notifications = 'escalations' WHERE username = 'soc.rep'")
    go_to(october, at(2026, 11, 16))
    assert (lines(october), written(october)) == ([], [])


def test_a_moved_due_date_is_reminded_of_from_the_new_day(october: Installation, token: Token) -> None:
    go_to(october, at(2026, 11, 16))
    with begin(october) as uow:
        sign_in_principal(uow, "api_token", token("sakerhetschef"))
        move_task(uow, report(uow).id, date(2026, 12, 18), "Förvaltningen får mer tid.")
    for day in (at(2026, 11, 25), at(2026, 12, 4), at(2026, 12, 15)):
        go_to(october, day)
    assert [line[1] for line in lines(october)] == ["D-10wd", "D-10wd", "D-3wd"]


def test_a_municipality_and_a_process_may_have_a_policy_of_their_own(october: Installation) -> None:
    own = '{"reminders": {"policy": "none", "processes": {"forvaltningsrapport": "D-5wd, D+2wd director"}}}'
    change(
        october,
        "UPDATE municipality SET profile = profile || cast(:own AS jsonb), revision = revision + 1 "
        "WHERE id = 'askersund'",
        own=own,
    )
    for day in (at(2026, 11, 16), at(2026, 11, 23), at(2026, 12, 2)):
        go_to(october, day)
    assert [line[1] for line in lines(october)] == ["D-5wd", "D+2wd director"]


def test_each_reads_their_own_language(october: Installation) -> None:
    change(october, "UPDATE person SET language = 'en' WHERE username = 'soc.rep'")
    go_to(october, at(2026, 11, 16))
    (mail,) = written(october)
    assert mail.subject.startswith("Reminder: ")
    assert "Due: Monday 30 November 2026" in mail.text
    assert 'lang="en"' in mail.html
