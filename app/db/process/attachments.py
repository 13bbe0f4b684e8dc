"""Attachments, in pieces of 256 kB in the database, so that replicas share them and one backup is everything."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Municipal
from app.db.session import Session

PIECE = 256 * 1024


class Attachment(Municipal, Base):
    """A file: its name as sent, its type as its content says, its size in bytes."""

    __tablename__ = "attachment"
    user_task_id: Mapped[UUID]
    file_name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (
        ForeignKeyConstraint(["municipality_id", "user_task_id"], ["user_task.municipality_id", "user_task.id"]),
        Index("ix_attachment_task", "municipality_id", "user_task_id"),
    )


class AttachmentPiece(Base):
    """A piece of a file."""

    __tablename__ = "attachment_piece"
    municipality_id: Mapped[str] = mapped_column(ForeignKey("municipality.id"), primary_key=True)
    attachment_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]

    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "attachment_id"], ["attachment.municipality_id", "attachment.id"], ondelete="CASCADE"
        ),
    )


def add(session: Session, values: dict[str, Any], content: bytes) -> None:
    """Store a file."""
    session.execute(insert(Attachment).values(**values))
    pieces = [
        {
            "municipality_id": values["municipality_id"],
            "attachment_id": values["id"],
            "number": number,
            "content": content[start : start + PIECE],
        }
        for number, start in enumerate(range(0, len(content), PIECE))
    ]
    session.execute(insert(AttachmentPiece), pieces)


def get(session: Session, attachment_id: UUID) -> Attachment | None:
    """What is known of a file, without its content."""
    return session.execute(select(Attachment).where(Attachment.id == attachment_id)).scalar_one_or_none()


def of_task(session: Session, municipality_id: str, task_id: UUID) -> list[Attachment]:
    """The files of a task."""
    return list(
        session.execute(
            select(Attachment)
            .where(Attachment.municipality_id == municipality_id, Attachment.user_task_id == task_id)
            .order_by(Attachment.uploaded_at, Attachment.id)
        ).scalars()
    )


def read(session: Session, attachment: Attachment) -> Iterator[bytes]:
    """The content, piece by piece."""
    count = -(-attachment.size // PIECE)
    for number in range(count):
        yield session.execute(
            select(AttachmentPiece.content).where(
                AttachmentPiece.municipality_id == attachment.municipality_id,
                AttachmentPiece.attachment_id == attachment.id,
                AttachmentPiece.number == number,
            )
        ).scalar_one()
