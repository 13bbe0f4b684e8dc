"""Logs and metrics. A log line is a static past-tense event and ids, never contents or secrets."""

import logging
import sys
import traceback
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
COMPLETIONS = Counter("user_tasks_completed", "User tasks completed.", registry=REGISTRY)
JOBS_DONE = Counter("jobs_done", "Jobs done by this process, by kind.", ["kind"], registry=REGISTRY)
JOBS_FAILED = Counter(
    "jobs_failed", "Attempts at a job that failed in this process, by kind.", ["kind"], registry=REGISTRY
)
JOB_LATENESS = Histogram(
    "job_lateness_seconds",
    "Seconds from a job's time to its being done by this process, by kind.",
    ["kind"],
    buckets=(0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800, 3600, 21_600, 86_400),
    registry=REGISTRY,
)
OPEN_INCIDENTS = Gauge("open_incidents", "Incidents that wait for somebody, in the database.", registry=REGISTRY)
WAITING_JOBS = Gauge("waiting_jobs", "Jobs that wait, in the database.", registry=REGISTRY)
DUE_JOBS = Gauge("due_jobs", "Jobs whose time has come, in the database.", registry=REGISTRY)
OLDEST_DUE_JOB = Gauge(
    "oldest_due_job_seconds", "For how long the oldest due job has waited, in the database.", registry=REGISTRY
)
REQUESTS = Histogram(
    "http_request_seconds", "Time to answer, by route and status.", ["route", "status"], registry=REGISTRY
)


def where(fault: BaseException) -> list[str]:
    """Where in the code it happened. The exception's text is left out: it may quote what somebody wrote."""
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(fault.__traceback__)[-12:]
    ]


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
    for noisy in ("alembic", "apscheduler", "spiff", "httpx2", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
