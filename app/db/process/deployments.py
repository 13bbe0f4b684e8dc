"""Deployments: a folder as it was on the day it was deployed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, select, text
from sqlalchemy.dialects.postgresql import JSON, distinct_on
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.session import Session


class Deployment(Base):
    """One act of deploying: who, when, and what was new."""

    __tablename__ = "deployment"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality_id: Mapped[str | None] = mapped_column(ForeignKey("municipality.id"))
    name: Mapped[str]
    deployed_at: Mapped[datetime]
    deployed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))


class ProcessDefinition(Base):
    """A version of a process definition, with its drawing, its forms and the program it was lowered to.

    `municipality_id` is empty for a definition shared by all; a municipality's own goes before the shared one.
    """

    __tablename__ = "process_definition"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality_id: Mapped[str | None] = mapped_column(ForeignKey("municipality.id"))
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    key: Mapped[str]
    version: Mapped[int]
    name: Mapped[str]
    title_en: Mapped[str | None]
    content_hash: Mapped[str]
    program_digest: Mapped[str]
    rules: Mapped[dict[str, Any]]
    message_starts: Mapped[dict[str, Any]]
    deployed_at: Mapped[datetime]
    xml: Mapped[bytes] = mapped_column(deferred=True)
    program: Mapped[bytes] = mapped_column(deferred=True)
    # JSON, not JSONB: the order of a form's fields is the order they are shown in.
    forms: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    decisions: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    about: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)

    __table_args__ = (
        Index(
            "uq_process_definition_key_version", text("coalesce(municipality_id, '')"), "key", "version", unique=True
        ),
        Index("ix_process_definition_key", "key"),
    )


def get(session: Session, definition_id: UUID) -> ProcessDefinition | None:
    """The definition version, without its large parts."""
    return session.get(ProcessDefinition, definition_id)


def latest(session: Session, key: str, municipality_id: str | None) -> ProcessDefinition | None:
    """The version that new instances get: the municipality's own latest, or else the shared latest."""
    statement = (
        select(ProcessDefinition)
        .where(
            ProcessDefinition.key == key,
            (ProcessDefinition.municipality_id.is_(None)) | (ProcessDefinition.municipality_id == municipality_id),
        )
        .order_by(ProcessDefinition.municipality_id.nulls_last(), ProcessDefinition.version.desc())
        .limit(1)
    )
    return session.execute(statement).scalar_one_or_none()


def latest_of_each(session: Session, municipality_id: str | None) -> list[ProcessDefinition]:
    """The latest version of each key, the municipality's own before the shared, by key."""
    statement = (
        select(ProcessDefinition)
        .ext(distinct_on(ProcessDefinition.key))
        .where((ProcessDefinition.municipality_id.is_(None)) | (ProcessDefinition.municipality_id == municipality_id))
        .order_by(
            ProcessDefinition.key, ProcessDefinition.municipality_id.nulls_last(), ProcessDefinition.version.desc()
        )
    )
    return list(session.execute(statement).scalars())


def page(
    session: Session, municipality_ids: list[str], *, key: str | None, after: tuple[str, int] | None, limit: int
) -> list[ProcessDefinition]:
    """Definitions that somebody of these municipalities may read, by key and falling version."""
    statement = select(ProcessDefinition).where(
        (ProcessDefinition.municipality_id.is_(None)) | (ProcessDefinition.municipality_id.in_(municipality_ids))
    )
    if key:
        statement = statement.where(ProcessDefinition.key == key)
    if after:
        last_key, last_version = after
        statement = statement.where(
            (ProcessDefinition.key > last_key)
            | ((ProcessDefinition.key == last_key) & (ProcessDefinition.version < last_version))
        )
    statement = statement.order_by(ProcessDefinition.key, ProcessDefinition.version.desc()).limit(limit)
    return list(session.execute(statement).scalars())


def next_version(session: Session, key: str, municipality_id: str | None) -> int:
    """The number of the version to come. Two deployments at once wait for each other here."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('deploy:' || :key))"), {"key": key})
    owner = (
        ProcessDefinition.municipality_id.is_(None)
        if municipality_id is None
        else ProcessDefinition.municipality_id == municipality_id
    )
    highest = session.execute(
        select(func.max(ProcessDefinition.version)).where(ProcessDefinition.key == key, owner)
    ).scalar_one()
    return int(highest or 0) + 1


def xml(session: Session, definition_id: UUID) -> bytes:
    """The drawing as it was deployed, byte for byte."""
    return session.execute(select(ProcessDefinition.xml).where(ProcessDefinition.id == definition_id)).scalar_one()


def program(session: Session, definition_id: UUID) -> bytes:
    """The lowered program."""
    return session.execute(select(ProcessDefinition.program).where(ProcessDefinition.id == definition_id)).scalar_one()


def forms(session: Session, definition_id: UUID) -> dict[str, Any]:
    """The forms, key -> JSON text, their fields in order."""
    row: dict[str, Any] = session.execute(
        select(ProcessDefinition.forms).where(ProcessDefinition.id == definition_id)
    ).scalar_one()
    return row


def decisions(session: Session, definition_id: UUID) -> dict[str, Any]:
    """The decision tables, id -> DMN text."""
    row: dict[str, Any] = session.execute(
        select(ProcessDefinition.decisions).where(ProcessDefinition.id == definition_id)
    ).scalar_one()
    return row


def about(session: Session, definition_id: UUID) -> dict[str, Any]:
    """What `process.toml` says."""
    row: dict[str, Any] = session.execute(
        select(ProcessDefinition.about).where(ProcessDefinition.id == definition_id)
    ).scalar_one()
    return row


def calls(session: Session, municipality_id: str | None) -> dict[str, frozenset[str]]:
    """Key -> keys it calls, for the latest version of each definition."""
    found = latest_of_each(session, municipality_id)
    return {row.key: frozenset(row.rules.get("calls", ())) for row in found}
