"""Logs and metrics. A log line is a static past-tense event and ids, never contents or secrets."""

import logging
import sys
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
COMPLETIONS = Counter("user_tasks_completed", "User tasks completed.", registry=REGISTRY)
JOBS_DONE = Counter("jobs_done", "Jobs done, by kind.", ["kind"], registry=REGISTRY)
JOBS_FAILED = Counter("jobs_failed", "Jobs that failed, by kind.", ["kind"], registry=REGISTRY)
OPEN_INCIDENTS = Gauge("open_incidents", "Incidents that wait for somebody.", registry=REGISTRY)
WAITING_JOBS = Gauge("waiting_jobs", "Jobs that wait for their time.", registry=REGISTRY)
REQUESTS = Histogram(
    "http_request_seconds", "Time to answer, by route and status.", ["route", "status"], registry=REGISTRY
)


def configure_logging(level: str, *, as_json: bool) -> None:
    """Send log lines to standard error, one line each."""
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=level.upper(), format="%(message)s")
    # These speak of every request and every tick; ours say what happened.
    for noisy in ("alembic", "apscheduler", "spiff", "httpx", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
