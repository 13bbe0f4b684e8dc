"""What time it is, by the one clock that every replica shares."""

from datetime import UTC, datetime

from sqlalchemy import func, select

from app.db.session import Session


def database_now(session: Session) -> datetime:
    """The database's clock at this moment, not at the transaction's beginning."""
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now.astimezone(UTC)
