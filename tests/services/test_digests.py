"""The Monday digest: one mail a week with everything one has to do, for those who chose it."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from app.db.process import deployments
from app.domain.clock import SetClock
from app.domain.mail_servers import MailServer
from app.services import digests, schedules
from app.services.installation import Installation
from app.services.process.jobs import run_due
from app.services.process.process_instances import Start, begin_instance
from app.services.unit_of_work import begin_system

MONDAY = datetime(2026, 11, 16, 6, 30, tzinfo=UTC)


@pytest.fixture
def digesting(installation: Installation, clock: SetClock) -> Installation:
    """Sofia at the social services reads a digest; her report is due on 30 November, in two weeks."""
    installation.mail = MailServer("127.0.0.1", 25, "none", "Trygghetshjulet", "hjulet@askersund.example")
    installation.address = "https://hjulet.example"
    clock.set(datetime(2026, 10, 1, 6, 0, tzinfo=UTC))
    schedules.start_due(installation, "askersund")
    run_due(installation)
    change(installation, "UPDATE person SET notifications = 'digest' WHERE username = 'soc.rep'")
    clock.set(MONDAY)
    return installation


def change(installation: Installation, statement: str) -> None:
    with begin_system(installation) as uow:
        uow.session.execute(text(statement))


def rows(installation: Installation) -> list[tuple[str, str, str, str, datetime | None]]:
    """(key, status, subject, text, when it leaves) of the digests, in order."""
    with begin_system(installation) as uow:
        found = uow.session.execute(
            text(
                "SELECT m.dedup_key, m.status, m.subject, m.text, j.due_at FROM mail m LEFT JOIN job j "
                "ON j.scope_id = m.id WHERE m.kind = 'digest' ORDER BY m.created_at"
            )
        )
        return [(row[0].split(":")[1], row[1], row[2], row[3], row[4]) for row in found]


def test_a_digest_is_written_on_monday_at_half_past_seven_and_once(digesting: Installation) -> None:
    assert digests.write_due(digesting) == 1
    assert digests.write_due(digesting) == 0
    ((key, status, subject, words, leaves_at),) = rows(digesting)
    assert (key, status, leaves_at) == ("2026-W47", "waiting", MONDAY)
    assert subject == "Vecka 47: 1 uppgift"
    assert "Lämna förvaltningens höstrapport" in words
    assert "sista dag måndag 30 november 2026, om 14 dagar" in words
    assert "https://hjulet.example/mina-uppgifter" in words


@pytest.mark.parametrize(
    ("local", "wanted"),
    [
        (datetime(2026, 11, 16, 6, 29, tzinfo=UTC), False),
        (datetime(2026, 11, 16, 6, 30, tzinfo=UTC), True),
        (datetime(2026, 11, 19, 23, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 21, 12, 0, tzinfo=UTC), False),
        # Easter Monday 2027 is 29 March: the week begins on Tuesday, which is in summer time.
        (datetime(2027, 3, 29, 6, 30, tzinfo=UTC), False),
        (datetime(2027, 3, 30, 5, 29, tzinfo=UTC), False),
        (datetime(2027, 3, 30, 5, 30, tzinfo=UTC), True),
    ],
)
def test_its_time_is_the_first_working_day_of_the_week_and_what_is_left_of_it(local: datetime, wanted: bool) -> None:  # noqa: FBT001  a column of the table
    assert digests.is_time(local) is wanted


def test_a_new_week_has_a_new_digest_where_what_is_late_comes_first(digesting: Installation, clock: SetClock) -> None:
    digests.write_due(digesting)
    change(digesting, "UPDATE job SET status = 'cancelled' WHERE kind = 'expiry'")
    clock.set(datetime(2026, 12, 7, 6, 30, tzinfo=UTC))
    assert digests.write_due(digesting) == 1
    key, _status, subject, words, _leaves = rows(digesting)[1]
    assert (key, subject) == ("2026-W50", "Vecka 50: 1 uppgift, 1 försenad")
    assert "7 dagar försenad" in words


def test_who_has_nothing_to_do_gets_no_mail_and_is_not_asked_about_again(digesting: Installation) -> None:
    change(digesting, "UPDATE person SET notifications = 'digest' WHERE username = 'kyrkan'")
    change(digesting, "UPDATE person SET notifications = 'each' WHERE username = 'soc.rep'")
    assert digests.write_due(digesting) == 0
    assert [(row[1], row[4]) for row in rows(digesting)] == [("unsent", None)]


def test_who_is_away_gets_none(digesting: Installation) -> None:
    change(
        digesting,
        "INSERT INTO substitution (municipality_id, id, person_id, substitute_id, from_on, to_on) "
        "SELECT 'askersund', gen_random_uuid(), a.id, b.id, '2026-11-01', '2026-12-31' FROM person a, person b "
        "WHERE a.username = 'soc.rep' AND b.username = 'dataskydd'",
    )
    assert digests.write_due(digesting) == 0


def test_one_mail_covers_all_the_persons_municipalities(digesting: Installation) -> None:
    change(digesting, "UPDATE person SET notifications = 'digest' WHERE username = 'kommunpolis'")
    for place in ("askersund", "nassjo"):
        with begin_system(digesting) as uow:
            uow.session.execute(
                text(
                    "INSERT INTO role_assignment (municipality_id, id, person_id, role, valid_from) SELECT :place, "
                    "gen_random_uuid(), id, 'security_manager', '2026-01-01' FROM person WHERE username = 'kommunpolis'"
                ),
                {"place": place},
            )
            definition = deployments.latest(uow.session, "politisk_rapport", place)
            assert definition is not None
            begin = Start(place, "politisk_rapport", anchor_on=date(2026, 11, 24), anchor_organ="KS", year=2026)
            begin_instance(uow, begin, definition, None)
    assert digests.write_due(digesting) == 2
    (words,) = [row[3] for row in rows(digesting) if "Nässjö" in row[3]]
    assert "Askersunds kommun" in words
    assert words.count("/uppgifter/") == 2
