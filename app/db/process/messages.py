"""Messages between instances: durable rows, kept until somebody waits for them, delivered once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, delete, insert, select, text, update
from sqlalchemy.orm import Mapped

from app.db.base import Base, Municipal
from app.db.session import Session, insert_rows


class Message(Municipal, Base):
    """A message or signal sent. `status`: buffered, delivered. Stays within its municipality."""

    __tablename__ = "message"
    kind: Mapped[str]
    name: Mapped[str]
    correlation: Mapped[str]
    payload: Mapped[dict[str, Any]]
    sent_at: Mapped[datetime]
    sent_by_instance: Mapped[UUID | None]
    status: Mapped[str]
    delivered_at: Mapped[datetime | None]
    delivered_to: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("status IN ('buffered', 'delivered')", name="status"),
        Index(
            "ix_message_buffered",
            "municipality_id",
            "name",
            "correlation",
            postgresql_where=text("status = 'buffered'"),
        ),
    )


class Subscription(Municipal, Base):
    """A token that waits for a message or signal."""

    __tablename__ = "subscription"
    process_instance_id: Mapped[UUID]
    token: Mapped[int]
    element: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    correlation: Mapped[str]
    since: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "process_instance_id"], ["process_instance.municipality_id", "process_instance.id"]
        ),
        Index("uq_subscription_token", "municipality_id", "process_instance_id", "token", unique=True),
        Index("ix_subscription_name", "municipality_id", "kind", "name", "correlation"),
    )


def add(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Put messages in the buffer."""
    insert_rows(session, insert(Message.__table__), rows)  # type: ignore[arg-type]  # a Table


def sent_about(session: Session, municipality_id: str, name: str, correlations: Sequence[str]) -> set[str]:
    """Which of these correlations a message of that name has been sent with."""
    return set(
        session.execute(
            select(Message.correlation).where(
                Message.municipality_id == municipality_id,
                Message.name == name,
                Message.correlation.in_(list(correlations)),
            )
        ).scalars()
    )


def subscribe(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Remember who waits."""
    insert_rows(session, insert(Subscription.__table__), rows)  # type: ignore[arg-type]  # a Table


def unsubscribe(session: Session, municipality_id: str, instance_id: UUID, tokens: Sequence[int] | None) -> None:
    """Forget who waited: these tokens, or all of the instance."""
    statement = delete(Subscription).where(
        Subscription.municipality_id == municipality_id, Subscription.process_instance_id == instance_id
    )
    if tokens is not None:
        statement = statement.where(Subscription.token.in_(list(tokens)))
    session.execute(statement.execution_options(synchronize_session=False))


def waiting_for(session: Session, municipality_id: str, kind: str, name: str, correlation: str) -> list[Subscription]:
    """Who waits for it, longest first."""
    statement = select(Subscription).where(
        Subscription.municipality_id == municipality_id, Subscription.kind == kind, Subscription.name == name
    )
    if kind == "message":
        statement = statement.where(Subscription.correlation == correlation)
    return list(session.execute(statement.order_by(Subscription.since, Subscription.id)).scalars())


def subscription(session: Session, municipality_id: str, instance_id: UUID, token: int) -> Subscription | None:
    """What a token waits for."""
    return session.execute(
        select(Subscription).where(
            Subscription.municipality_id == municipality_id,
            Subscription.process_instance_id == instance_id,
            Subscription.token == token,
        )
    ).scalar_one_or_none()


def lock(session: Session, message_id: UUID) -> Message | None:
    """The message, locked, if it is still in the buffer."""
    return session.execute(
        select(Message).where(Message.id == message_id, Message.status == "buffered").with_for_update()
    ).scalar_one_or_none()


def get(session: Session, message_id: UUID) -> Message | None:
    """The message."""
    return session.execute(select(Message).where(Message.id == message_id)).scalar_one_or_none()


def take_first_buffered(session: Session, municipality_id: str, name: str, correlation: str) -> Message | None:
    """The oldest message in the buffer that fits, locked.

    Somebody else may take the oldest while it is waited for; then the next is looked at, since nobody else would.
    """
    oldest = (
        select(Message.id)
        .where(
            Message.municipality_id == municipality_id,
            Message.kind == "message",
            Message.name == name,
            Message.correlation == correlation,
            Message.status == "buffered",
        )
        .order_by(Message.sent_at, Message.id)
        .limit(1)
    )
    while (message_id := session.execute(oldest).scalar_one_or_none()) is not None:
        if (message := lock(session, message_id)) is not None:
            return message
    return None


def deliver(session: Session, message: Message, to: UUID, at: datetime) -> None:
    """The message reached somebody."""
    session.execute(
        update(Message)
        .where(Message.municipality_id == message.municipality_id, Message.id == message.id)
        .values(status="delivered", delivered_at=at, delivered_to=to)
        .execution_options(synchronize_session=False)
    )


def subscriptions_of(
    session: Session,
    municipality_ids: list[str],
    *,
    instance_id: UUID | None,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
) -> list[Subscription]:
    """Who waits for messages in these municipalities, longest first."""
    statement = select(Subscription).where(Subscription.municipality_id.in_(municipality_ids))
    if instance_id:
        statement = statement.where(Subscription.process_instance_id == instance_id)
    if after:
        since, last = after
        statement = statement.where(
            (Subscription.since > since) | ((Subscription.since == since) & (Subscription.id > last))
        )
    return list(session.execute(statement.order_by(Subscription.since, Subscription.id).limit(limit)).scalars())


def page(
    session: Session,
    municipality_ids: list[str],
    *,
    status: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Message]:
    """Messages of these municipalities, newest first."""
    statement = select(Message).where(Message.municipality_id.in_(municipality_ids))
    if status:
        statement = statement.where(Message.status == status)
    if after:
        at, last = after
        statement = statement.where((Message.sent_at < at) | ((Message.sent_at == at) & (Message.id < last)))
    return list(session.execute(statement.order_by(Message.sent_at.desc(), Message.id.desc()).limit(limit)).scalars())
