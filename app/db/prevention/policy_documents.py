"""Policy documents (styrdokument): plans, guidelines and programmes that are decided and hold for a time."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.prevention.records import RecordRow
from app.db.session import Session


class PolicyDocument(RecordRow, Base):
    """A plan or guideline and how long it holds. `status`: draft, in_force, replaced, rejected.

    Whether one in force has expired is asked of its days, not of its status: nobody is there to change it that day.
    """

    KIND: ClassVar[str] = "policy_document"
    SINGLE: ClassVar[bool] = True
    __tablename__ = "policy_document"
    title: Mapped[str | None]
    kind: Mapped[str | None]
    organ: Mapped[str | None]
    decided_on: Mapped[date | None]
    paragraph: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    text_attachment: Mapped[UUID | None]
    change_log: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="draft", server_default="draft")


def in_force(session: Session, municipality_id: str) -> list[PolicyDocument]:
    """Those that have been decided and not replaced, the last decided first."""
    return list(
        session.execute(
            select(PolicyDocument)
            .where(
                PolicyDocument.municipality_id == municipality_id,
                PolicyDocument.status == "in_force",
                PolicyDocument.withdrawn_at.is_(None),
            )
            .order_by(PolicyDocument.decided_on.desc(), PolicyDocument.source_key)
        ).scalars()
    )


def replace_earlier(session: Session, municipality_id: str, document: PolicyDocument) -> None:
    """A document was decided: the one of the same name in force until then is replaced."""
    session.execute(
        update(PolicyDocument)
        .where(
            PolicyDocument.municipality_id == municipality_id,
            PolicyDocument.status == "in_force",
            PolicyDocument.title == document.title,
            PolicyDocument.id != document.id,
        )
        .values(status="replaced")
        .execution_options(synchronize_session=False)
    )
