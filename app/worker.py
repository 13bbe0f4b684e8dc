"""The scheduler: APScheduler rings, the tables decide.

Every replica rings. A ring starts what the schedule says has come and does every job that is due; `wake` rings at once
when a request has queued something. Between rings the scheduler sleeps until the next job is due, by the database's
clock; the poll is the guarantee, for what other replicas have queued meanwhile. Missed rings are one ring, and two
never overlap. Once an hour a ring ends with housekeeping. Mail is sent in a thread of its own, so that a mail server
that is slow or down keeps no other work waiting.
"""

import sys
from threading import Event, Thread

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from app.db.session import DatabaseUnavailable
from app.services import digests, left_behind
from app.services.deliveries import MOST_A_ROUND, send_due
from app.services.housekeeping import tidy
from app.services.installation import Installation
from app.services.prevention import alarms
from app.services.process.jobs import run_due, wait_s
from app.services.schedules import start_due
from app.telemetry import where

log = structlog.get_logger()

SCHEDULE_EVERY_S = 300
TIDY_EVERY_S = 3600
# Somebody else had the job, or its instance, in hand when it was due: look again this soon.
PASSED_BY_S = 0.5
LONGEST_SLEEP_S = 3600.0
TURN_S = 0.0005


class Worker:
    """Rings until it is stopped."""

    def __init__(self, installation: Installation, poll_seconds: float) -> None:
        self.installation = installation
        self._bell = Event()
        self._stopping = Event()
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        self._scheduler.add_job(self.wake, "interval", seconds=poll_seconds, id="poll")
        self._scheduler.add_job(self._look_at_schedule, "interval", seconds=SCHEDULE_EVERY_S, id="schedule")
        self._scheduler.add_job(self._look_for_litter, "interval", seconds=TIDY_EVERY_S, id="housekeeping")
        self._thread = Thread(target=self._work, name="jobs", daemon=True)
        self._post_bell = Event()
        self._post_thread = Thread(target=self._post, args=[poll_seconds], name="mail", daemon=True)
        installation.ring = self.wake

    def start(self) -> None:
        """Begin to ring."""
        # A long queue is worked off beside people's requests. A request that comes back from the database waits for the
        # interpreter at each of its questions; this long, not Python's own 5 ms, which would be felt.
        sys.setswitchinterval(TURN_S)
        self._thread.start()
        if self.installation.mail is not None:
            self._post_thread.start()
        self._scheduler.start()
        self._schedule_wanted = True
        self._tidying_wanted = True
        self.wake()

    def stop(self) -> None:
        """Finish the job in hand and stop."""
        self._stopping.set()
        self._bell.set()
        self._post_bell.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        self._thread.join(timeout=20)
        if self._post_thread.is_alive():
            self._post_thread.join(timeout=20)

    def wake(self) -> None:
        """There may be something to do now."""
        self._bell.set()
        self._post_bell.set()

    _schedule_wanted = False
    _tidying_wanted = False

    def _look_at_schedule(self) -> None:
        self._schedule_wanted = True
        self.wake()

    def _look_for_litter(self) -> None:
        self._tidying_wanted = True
        self.wake()

    def _work(self) -> None:
        alarm: float | None = None
        while not self._stopping.is_set():
            self._bell.wait(alarm)
            self._bell.clear()
            if self._stopping.is_set():
                return
            alarm = None
            try:
                self._round()
                alarm = self._alarm()
            except DatabaseUnavailable:
                log.warning("database_unavailable")
                self._schedule_wanted = True
            except Exception as fault:  # noqa: BLE001  the scheduler outlives any fault of a single round
                kind = type(fault).__name__
                log.error("scheduler_round_failed", fault=kind, where=where(fault))  # noqa: TRY400  no text

    def _post(self, poll_seconds: float) -> None:
        while not self._stopping.is_set():
            self._post_bell.clear()
            try:
                sent = send_due(self.installation)
            except DatabaseUnavailable:
                # The other thread says so.
                sent = 0
            except Exception as fault:  # noqa: BLE001  the post outlives any fault of a single round
                kind, sent = type(fault).__name__, 0
                log.error("mail_round_failed", fault=kind, where=where(fault))  # noqa: TRY400  no text
            if sent < MOST_A_ROUND:
                self._post_bell.wait(poll_seconds)

    def _alarm(self) -> float | None:
        """How many seconds to sleep at most; None: until the bell."""
        seconds = wait_s(self.installation)
        if seconds is None:
            return None
        return PASSED_BY_S if seconds <= 0 else min(seconds, LONGEST_SLEEP_S)

    def _round(self) -> None:
        if self._schedule_wanted:
            self._schedule_wanted = False
            start_due(self.installation)
            left_behind.sweep(self.installation)
            digests.write_due(self.installation)
            alarms.tell_due(self.installation)
        while run_due(self.installation) > 0 and not self._stopping.is_set():
            pass
        # Last, so that nobody's work waits for it.
        if self._tidying_wanted and not self._stopping.is_set():
            self._tidying_wanted = False
            tidy(self.installation)
