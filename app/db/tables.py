"""Every table in one place: importing this module makes the metadata complete. For Alembic and the tests."""

from app.db import api_tokens, calendar_feeds, mails, people, role_assignments, sign_ins, substitutions
from app.db.base import Base
from app.db.prevention import (
    action_plans,
    agreements,
    calendars,
    causes,
    commitments,
    data_series,
    documents,
    evaluations,
    goals,
    incident_reports,
    measures,
    meetings,
    municipalities,
    policy_documents,
    record_changes,
    situation_pictures,
    status_reports,
)
from app.db.prevention.records import RecordRow
from app.db.process import (
    attachments,
    comments,
    deployments,
    history,
    idempotency_keys,
    incidents,
    jobs,
    messages,
    process_instances,
    user_tasks,
)

METADATA = Base.metadata

RECORDS: dict[str, type[RecordRow]] = {
    table.KIND: table
    for table in (
        action_plans.ActionPlan,
        action_plans.Decision,
        agreements.Agreement,
        agreements.CitizenPromise,
        agreements.Dialogue,
        agreements.Publication,
        causes.Cause,
        causes.Factor,
        causes.WarningSign,
        commitments.Commitment,
        data_series.DataSeries,
        data_series.Observation,
        incident_reports.Flag,
        incident_reports.IncidentReport,
        evaluations.Evaluation,
        goals.Goal,
        goals.Indicator,
        goals.Measurement,
        measures.Measure,
        meetings.Meeting,
        policy_documents.PolicyDocument,
        situation_pictures.ProblemArea,
        situation_pictures.SituationPicture,
        status_reports.StatusReport,
    )
}

__all__ = [
    "METADATA",
    "RECORDS",
    "api_tokens",
    "attachments",
    "calendar_feeds",
    "calendars",
    "comments",
    "deployments",
    "documents",
    "history",
    "idempotency_keys",
    "incidents",
    "jobs",
    "mails",
    "messages",
    "municipalities",
    "people",
    "process_instances",
    "record_changes",
    "role_assignments",
    "sign_ins",
    "substitutions",
    "user_tasks",
]
