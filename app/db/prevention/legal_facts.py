"""What the legal check asks of the records: what stood on a day, each question one statement."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.db.people import Person
from app.db.prevention.action_plans import Decision
from app.db.prevention.agreements import Agreement, Dialogue, Publication
from app.db.prevention.documents import Document
from app.db.prevention.measures import Measure
from app.db.prevention.meetings import Meeting
from app.db.process.attachments import Attachment
from app.db.process.user_tasks import Submission
from app.db.role_assignments import RoleAssignment
from app.db.session import Session
from app.domain.clock import day_after

_UNDECIDED = ("proposed", "cancelled")


def decisions(
    session: Session, municipality_id: str, *, organ: str, instance_id: UUID | None, since: date, until: date
) -> list[Decision]:
    """What an organ decided within the days, and what was decided in an instance by any; the last first."""
    wanted = (Decision.organ == organ) & (Decision.decided_on >= since)
    if instance_id is not None:
        wanted |= Decision.process_instance_id == instance_id
    return list(
        session.execute(
            select(Decision)
            .where(
                Decision.municipality_id == municipality_id,
                wanted,
                Decision.decided_on <= until,
                Decision.withdrawn_at.is_(None),
            )
            .order_by(Decision.decided_on.desc(), Decision.id)
        ).scalars()
    )


def agreements(session: Session, municipality_id: str, until: date) -> list[Agreement]:
    """The agreements that were written by the day, drafts and ended ones too, in order of id."""
    return list(
        session.execute(
            select(Agreement)
            .where(
                Agreement.municipality_id == municipality_id,
                # A record that was brought in later may tell of an agreement that is older than itself.
                or_(Agreement.created_at < day_after(until), Agreement.valid_from <= until),
                Agreement.withdrawn_at.is_(None),
            )
            .order_by(Agreement.id)
        ).scalars()
    )


def last_meeting(session: Session, municipality_id: str, body: str, until: date) -> Meeting | None:
    """The last meeting that the body held by the day."""
    return session.execute(
        select(Meeting)
        .where(
            Meeting.municipality_id == municipality_id,
            Meeting.body == body,
            Meeting.held_on <= until,
            Meeting.attendance.is_not(None) | Meeting.extra.has_key("narvaro"),
            Meeting.withdrawn_at.is_(None),
        )
        .order_by(Meeting.held_on.desc(), Meeting.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def holders(session: Session, municipality_id: str, role: str, on: date) -> list[tuple[RoleAssignment, str]]:
    """Who holds a role of the whole municipality on the day or will later, with their names, the first to begin first.

    Whoever's account is closed holds nothing.
    """
    rows = session.execute(
        select(RoleAssignment, Person.name)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(
            RoleAssignment.municipality_id == municipality_id,
            RoleAssignment.role == role,
            RoleAssignment.scope_id.is_(None),
            RoleAssignment.valid_to.is_(None) | (RoleAssignment.valid_to >= on),
            Person.active,
        )
        .order_by(RoleAssignment.valid_from, RoleAssignment.id)
    )
    return [(row[0], row[1]) for row in rows]


def measures_of_kind(session: Session, municipality_id: str, kind: str, until: date) -> list[Measure]:
    """The measures of a kind that have been decided, of those that were there by the day; oldest first."""
    return list(
        session.execute(
            select(Measure)
            .where(
                Measure.municipality_id == municipality_id,
                Measure.kind == kind,
                Measure.status.not_in(_UNDECIDED),
                Measure.created_at < day_after(until),
                Measure.withdrawn_at.is_(None),
            )
            .order_by(Measure.created_at, Measure.id)
        ).scalars()
    )


def publications(session: Session, municipality_id: str, since: date, until: date) -> list[Publication]:
    """What was published within the days, the last first."""
    return list(
        session.execute(
            select(Publication)
            .where(
                Publication.municipality_id == municipality_id,
                Publication.published_on.between(since, until),
                Publication.withdrawn_at.is_(None),
            )
            .order_by(Publication.published_on.desc(), Publication.id)
        ).scalars()
    )


def dialogues(session: Session, municipality_id: str, since: date, until: date) -> list[Dialogue]:
    """The dialogues with citizens that were held, or answered, within the days; the last first."""
    on = func.coalesce(Dialogue.feedback_on, Dialogue.held_on)
    return list(
        session.execute(
            select(Dialogue)
            .where(
                Dialogue.municipality_id == municipality_id,
                on.between(since, until),
                Dialogue.withdrawn_at.is_(None),
            )
            .order_by(on.desc(), Dialogue.id)
        ).scalars()
    )


def documents_of(session: Session, municipality_id: str, instance_ids: Sequence[UUID], until: date) -> list[Document]:
    """The documents of instances as they stood on the day: of each type the last version, by type and instance."""
    return list(
        session.execute(
            select(Document)
            .ext(distinct_on(Document.process_instance_id, Document.type, Document.confidentiality))
            .where(
                Document.municipality_id == municipality_id,
                Document.process_instance_id.in_(list(instance_ids)),
                Document.produced_at < day_after(until),
            )
            .order_by(Document.process_instance_id, Document.type, Document.confidentiality, Document.version.desc())
        ).scalars()
    )


def attachments_of(
    session: Session, municipality_id: str, submission_ids: Sequence[UUID], ids: Sequence[UUID]
) -> list[tuple[Attachment, UUID | None]]:
    """The files beside the tasks that were sent in as these submissions (and which), and those named; by id."""
    own = (
        select(Submission.id)
        .where(
            Submission.municipality_id == municipality_id,
            Submission.user_task_id == Attachment.user_task_id,
            Submission.id.in_(list(submission_ids)),
        )
        .order_by(Submission.id)
        .limit(1)
        .correlate(Attachment)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Attachment, own)
        .where(Attachment.municipality_id == municipality_id, or_(Attachment.id.in_(list(ids)), own.is_not(None)))
        .order_by(Attachment.id)
    )
    return [(row[0], row[1]) for row in rows]
