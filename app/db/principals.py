"""Who is behind a session or a token."""

from datetime import datetime
from typing import Any

from sqlalchemy import text

from app.db.session import Session


def open_principal(session: Session, kind: str, digest: bytes, at: datetime | None) -> dict[str, Any] | None:
    """Who holds this session (`sign_in`), token (`api_token`) or feed (`calendar_feed`), with their roles today.

    None if it is not valid.

    One statement: the database function also opens the transaction's row-level security to just the municipalities
    where the person holds a role today, and answers with its clock (or with `at`, where a clock is set).
    """
    row = session.execute(
        text("SELECT open_principal(:kind, :digest, :at)"), {"kind": kind, "digest": digest, "at": at}
    ).scalar_one()
    return dict(row) if row is not None else None
