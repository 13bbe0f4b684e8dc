"""Tokens of HTTP clients."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.session import Session


class ApiToken(Base):
    """A token for HTTP clients. `id` is the hash of its secret, `token_id` what people name it by."""

    __tablename__ = "api_token"
    id: Mapped[bytes] = mapped_column(primary_key=True)
    token_id: Mapped[UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


def of_person(session: Session, person_id: UUID) -> Sequence[ApiToken]:
    """A person's tokens, newest first, revoked ones too."""
    return list(
        session.execute(
            select(ApiToken)
            .where(ApiToken.person_id == person_id)
            .order_by(ApiToken.created_at.desc(), ApiToken.token_id)
        ).scalars()
    )


def in_force(session: Session, person_id: UUID, now: datetime) -> int:
    """How many of a person's tokens can be used now."""
    return sum(
        row.revoked_at is None and (row.expires_at is None or row.expires_at > now)
        for row in of_person(session, person_id)
    )


def by_token_id(session: Session, token_id: UUID) -> ApiToken | None:
    """The token."""
    return session.execute(select(ApiToken).where(ApiToken.token_id == token_id)).scalar_one_or_none()


def revoke(session: Session, token_id: UUID, at: datetime) -> None:
    """End a token. One that was ended before keeps its instant."""
    session.execute(
        update(ApiToken).where(ApiToken.token_id == token_id, ApiToken.revoked_at.is_(None)).values(revoked_at=at)
    )


def revoke_all(session: Session, person_id: UUID, at: datetime) -> None:
    """End every token of a person."""
    session.execute(
        update(ApiToken).where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None)).values(revoked_at=at)
    )
