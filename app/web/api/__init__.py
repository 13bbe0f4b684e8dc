"""JSON, one file per resource."""

from fastapi import APIRouter

from app.web.api import (
    attachments,
    calendar_changes,
    calendar_feeds,
    calendars,
    commitment_ledgers,
    deployments,
    documents,
    history,
    imports,
    incidents,
    jobs,
    legal_checks,
    me,
    messages,
    municipalities,
    open_questions,
    people,
    places,
    process_definitions,
    process_instances,
    registers,
    role_assignments,
    schedules,
    substitutions,
    threads,
    user_tasks,
)
from app.web.bodies import StrictRoute


def api() -> APIRouter:
    """Every resource, under /api/v1."""
    whole = APIRouter(prefix="/api/v1", route_class=StrictRoute)
    resources = (
        deployments, process_definitions, process_instances, user_tasks, attachments, documents, jobs, incidents,
        messages, history, municipalities,
        calendars, calendar_changes, open_questions, schedules, legal_checks, imports,
        places, people, role_assignments, substitutions, me, calendar_feeds, threads,
        commitment_ledgers,
    )  # fmt: skip
    for resource in resources:
        whole.include_router(resource.routes)
    for routes in registers.routers():
        whole.include_router(routes)
    return whole
