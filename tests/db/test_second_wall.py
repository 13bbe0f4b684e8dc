"""Row-level security: what one municipality's transaction cannot see, whatever the code above it forgets."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.db.base import GLOBAL_TABLES
from app.db.session import Database, DatabaseUnavailable, Session
from app.db.tables import METADATA
from app.services import schedules
from app.services.installation import Installation
from app.services.process import jobs


def as_municipality(session: Session, municipality: str) -> None:
    session.execute(text("SELECT set_config('app.municipalities', :m, true)"), {"m": municipality})


def test_every_table_is_global_by_name_or_behind_the_wall(database: Database) -> None:
    with database.transaction() as session:
        rows = session.execute(
            text("SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relkind = 'r' "
                 "AND relnamespace = 'public'::regnamespace")
        )  # fmt: skip
        walled = {row[0] for row in rows if row[1]}
    assert walled == set(METADATA.tables) - GLOBAL_TABLES
    assert all("municipality_id" in METADATA.tables[table].columns for table in walled)


def test_a_transaction_that_names_no_municipality_sees_nothing(installation: Installation) -> None:
    with installation.database.transaction() as session:
        for table in sorted(set(METADATA.tables) - GLOBAL_TABLES):
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table  # noqa: S608  a name


def test_a_transaction_sees_its_own_municipality_only(installation: Installation) -> None:
    with installation.database.transaction() as session:
        as_municipality(session, "askersund")
        assert session.execute(text("SELECT count(*) FROM department")).scalar_one() == 3
        as_municipality(session, "nassjo")
        assert session.execute(text("SELECT count(*) FROM department")).scalar_one() == 0


def test_a_row_cannot_be_written_into_another_municipality(installation: Installation) -> None:
    statement = text(
        'INSERT INTO day_off (municipality_id, id, "on", name) '
        "VALUES ('askersund', gen_random_uuid(), '2027-01-04', 'x')"
    )
    with installation.database.transaction() as session:
        as_municipality(session, "nassjo")
        with pytest.raises(ProgrammingError, match="row-level security"):
            session.execute(statement)


def test_a_superusers_address_steps_down_behind_the_wall(installation: Installation) -> None:
    address = installation.database.url.replace("//trygghetshjulet@", "//postgres@")
    from app.db import migrations  # noqa: PLC0415  beside its one use

    migrations.migrate(Database(address))
    privileged = Database(address)
    with privileged.transaction() as session:
        assert session.execute(text("SELECT current_user")).scalar_one() == "trygghetshjulet_app"
        assert session.execute(text("SELECT count(*) FROM department")).scalar_one() == 0
    privileged.close()


def test_a_database_that_is_not_there_is_said_to_be_unavailable() -> None:
    nowhere = Database("postgresql://nobody@/none?host=/nonexistent")
    with pytest.raises(DatabaseUnavailable), nowhere.transaction() as session:
        session.execute(text("SELECT 1"))


def test_an_instant_without_a_zone_is_refused(installation: Installation) -> None:
    naive = datetime(2027, 1, 1, 8, 0)  # noqa: DTZ001  that is the point
    from app.db.process import jobs as rows  # noqa: PLC0415  beside its one use

    with pytest.raises(Exception, match="time zone"), installation.database.transaction() as session:
        rows.due(session, naive)


def test_the_schedule_starts_each_occurrence_once_however_often_it_looks(installation: Installation) -> None:
    installation.clock.set(datetime(2026, 10, 1, 6, 0, tzinfo=UTC))  # type: ignore[union-attr]  # a SetClock here
    assert schedules.start_due(installation) > 0
    assert schedules.start_due(installation) == 0
    jobs.run_due(installation)
    assert schedules.start_due(installation) == 0
