"""Documents that were written from the records: each run a version, each file in pieces, never changed afterwards.

A trigger in the database sees to the last: only how far a document has come (`status`) may change.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Municipal
from app.db.session import Session

PIECE = 256 * 1024


class Document(Municipal, Base):
    """A document. `status`: working, final, published, archived. `produced_by` is the step of the diagram.

    `content_sha256` is of what it says, without its day and version; `sources` are the records it was written from,
    `{kind, id}`. `about` is the id of the body that it is for, where an instance holds the meetings of several.
    """

    __tablename__ = "document"
    type: Mapped[str]
    confidentiality: Mapped[str]
    about: Mapped[str] = mapped_column(default="", server_default="")
    version: Mapped[int]
    title: Mapped[str]
    year: Mapped[int]
    status: Mapped[str]
    process_instance_id: Mapped[UUID]
    content_sha256: Mapped[str]
    sources: Mapped[list[Any]]
    produced_at: Mapped[datetime]
    produced_by: Mapped[str]

    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "process_instance_id"], ["process_instance.municipality_id", "process_instance.id"]
        ),
        CheckConstraint("confidentiality IN ('public', 'internal')", name="confidentiality"),
        CheckConstraint("status IN ('working', 'final', 'published', 'archived')", name="status"),
        CheckConstraint("version >= 1", name="version"),
        Index(
            "uq_document_version",
            "municipality_id",
            "process_instance_id",
            "type",
            "confidentiality",
            "about",
            "version",
            unique=True,
        ),
        Index("ix_document_list", "municipality_id", "produced_at", "id"),
    )


class DocumentFile(Base):
    """A document in one format: docx, pdf or html. Its size in bytes and its SHA-256."""

    __tablename__ = "document_file"
    municipality_id: Mapped[str] = mapped_column(ForeignKey("municipality.id"), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    format: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]

    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "document_id"], ["document.municipality_id", "document.id"], ondelete="CASCADE"
        ),
        CheckConstraint("format IN ('docx', 'pdf', 'html')", name="format"),
    )


class DocumentPiece(Base):
    """A piece of a file."""

    __tablename__ = "document_piece"
    municipality_id: Mapped[str] = mapped_column(ForeignKey("municipality.id"), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    format: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]

    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "document_id", "format"],
            ["document_file.municipality_id", "document_file.document_id", "document_file.format"],
            ondelete="CASCADE",
        ),
    )


def add(
    session: Session, values: dict[str, Any], files: Mapping[str, bytes], about: Sequence[Mapping[str, Any]]
) -> None:
    """Store a document with its files. `about` has each file's format, media_type, size and sha256."""
    key = {"municipality_id": values["municipality_id"], "document_id": values["id"]}
    session.execute(insert(Document).values(**values))
    session.execute(insert(DocumentFile), [{**key, **told} for told in about])
    for name, content in files.items():
        pieces = [
            {**key, "format": name, "number": number, "content": content[start : start + PIECE]}
            for number, start in enumerate(range(0, len(content), PIECE))
        ]
        session.execute(insert(DocumentPiece), pieces)


def get(session: Session, document_id: UUID) -> Document | None:
    """A document, without its files."""
    return session.execute(select(Document).where(Document.id == document_id)).scalar_one_or_none()


def latest(
    session: Session, municipality_id: str, instance_id: UUID, kind: str, confidentiality: str, about: str = ""
) -> Document | None:
    """The last version of an instance's document of a type, for the body named if any."""
    return session.execute(
        select(Document)
        .where(
            Document.municipality_id == municipality_id,
            Document.process_instance_id == instance_id,
            Document.type == kind,
            Document.confidentiality == confidentiality,
            Document.about == about,
        )
        .order_by(Document.version.desc())
        .limit(1)
    ).scalar_one_or_none()


def files_of(session: Session, documents: Sequence[Document]) -> dict[UUID, list[DocumentFile]]:
    """The files of documents, without their content, by document and in the order of their formats."""
    found: dict[UUID, list[DocumentFile]] = {document.id: [] for document in documents}
    rows = session.execute(
        select(DocumentFile)
        .where(
            DocumentFile.municipality_id.in_({document.municipality_id for document in documents}),
            DocumentFile.document_id.in_(list(found)),
        )
        .order_by(DocumentFile.document_id, DocumentFile.format)
    ).scalars()
    for row in rows:
        found[row.document_id].append(row)
    return found


def read(session: Session, about: DocumentFile) -> Iterator[bytes]:
    """The content of a file, piece by piece."""
    for number in range(-(-about.size // PIECE)):
        yield session.execute(
            select(DocumentPiece.content).where(
                DocumentPiece.municipality_id == about.municipality_id,
                DocumentPiece.document_id == about.document_id,
                DocumentPiece.format == about.format,
                DocumentPiece.number == number,
            )
        ).scalar_one()


def of_instance(session: Session, municipality_id: str, instance_id: UUID) -> list[Document]:
    """All versions of all documents of an instance, the newest first."""
    return list(
        session.execute(
            select(Document)
            .where(Document.municipality_id == municipality_id, Document.process_instance_id == instance_id)
            .order_by(Document.produced_at.desc(), Document.id.desc())
        ).scalars()
    )


def page(
    session: Session,
    municipality_ids: Sequence[str],
    *,
    kind: str | None,
    instance_id: UUID | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Document]:
    """Documents of these municipalities, newest first."""
    statement = select(Document).where(Document.municipality_id.in_(list(municipality_ids)))
    if kind:
        statement = statement.where(Document.type == kind)
    if instance_id:
        statement = statement.where(Document.process_instance_id == instance_id)
    if after:
        at, last = after
        statement = statement.where((Document.produced_at < at) | ((Document.produced_at == at) & (Document.id < last)))
    return list(
        session.execute(statement.order_by(Document.produced_at.desc(), Document.id.desc()).limit(limit)).scalars()
    )
