"""The alarms of the law's clocks."""

from datetime import UTC, date, datetime

from sqlalchemy import text

from app.db.prevention.situation_pictures import SituationPicture
from app.domain.clock import SetClock
from app.domain.ids import new_id
from app.services.installation import Installation
from app.services.prevention import alarms
from app.services.unit_of_work import begin_system


def adopt(installation: Installation, on: date) -> None:
    with begin_system(installation) as uow:
        row = SituationPicture(
            municipality_id="askersund", id=new_id(), source_key="prov", year=on.year, extra={}, created_at=uow.now,
            updated_at=uow.now, adopted_on=on, status="adopted",
        )  # fmt: skip
        uow.session.add(row)
        uow.session.flush()


def subjects(installation: Installation) -> list[str]:
    with begin_system(installation) as uow:
        return list(uow.session.execute(text("SELECT subject FROM mail ORDER BY created_at, subject")).scalars())


def test_a_picture_that_grows_old_alarms_those_who_lead_at_21_months_and_again_at_24(
    installation: Installation, clock: SetClock
) -> None:
    adopt(installation, date(2026, 9, 1))
    clock.set(datetime(2028, 5, 31, 6, 0, tzinfo=UTC))
    assert alarms.tell_due(installation) == 0
    clock.set(datetime(2028, 6, 1, 6, 0, tzinfo=UTC))
    assert alarms.tell_due(installation) == 1
    assert alarms.tell_due(installation) == 0
    clock.set(datetime(2028, 9, 1, 6, 0, tzinfo=UTC))
    assert alarms.tell_due(installation) == 0
    clock.set(datetime(2028, 9, 2, 6, 0, tzinfo=UTC))
    assert alarms.tell_due(installation) == 1
    assert subjects(installation) == [
        "Lagens tid går snart ut (6 §): Askersunds kommun",
        "Lagens tid har gått ut (6 §): Askersunds kommun",
    ]


def test_a_picture_made_anew_is_no_alarm(installation: Installation, clock: SetClock) -> None:
    adopt(installation, date(2026, 9, 1))
    clock.set(datetime(2028, 2, 1, 6, 0, tzinfo=UTC))
    with begin_system(installation) as uow:
        uow.session.execute(text("UPDATE situation_picture SET adopted_on = '2028-01-31'"))
    clock.set(datetime(2028, 9, 2, 6, 0, tzinfo=UTC))
    assert alarms.tell_due(installation) == 0


def test_what_was_never_done_is_not_told_by_mail(installation: Installation) -> None:
    assert alarms.tell_due(installation) == 0
