"""HTML, one file per screen."""

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from app.web.pages import (
    about,
    calendar_changes,
    calendar_feed,
    calendars,
    commitment_ledgers,
    documents,
    imports,
    instances,
    legal_check,
    measures,
    open_questions,
    registers,
    sign_in,
    task,
    task_days,
    tasks,
    wheel,
)
from app.web.pages.errors import render_problem
from app.web.pages.rendering import BUILD

MODULES = (
    about,
    calendar_changes,
    calendar_feed,
    calendars,
    commitment_ledgers,
    documents,
    imports,
    instances,
    legal_check,
    measures,
    open_questions,
    registers,
    sign_in,
    task,
    task_days,
    tasks,
    wheel,
)


def include_pages(app: FastAPI) -> None:
    """Add the pages and the static files to the application."""
    for module in MODULES:
        app.include_router(module.router)
    app.state.render_problem = render_problem
    app.state.provider = "Kommunen"
    app.state.contact_email = "trygghetshjulet@example.org"
    app.mount("/static", StaticFiles(directory=BUILD, check_dir=False), name="static")
