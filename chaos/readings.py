"""The database's half of a history, read as the superuser when everything has come to rest."""

from collections.abc import Iterable
from typing import Any

import psycopg

from chaos.histories import History, Instance, Job, Line, Task
from chaos.loads import Client
from chaos.mailboxes import Mailbox, sent

INSTANCES = """
SELECT id, process_key, business_key, status, parent_id, variables FROM process_instance WHERE process_key LIKE 'chaos%'
"""
TASKS = """
SELECT t.id, t.process_instance_id, t.status, coalesce(array_agg(s.data->>'nonce') FILTER (WHERE s.id IS NOT NULL), '{}')
FROM user_task t JOIN process_instance i ON i.id = t.process_instance_id
LEFT JOIN submission s ON s.user_task_id = t.id
WHERE i.process_key LIKE 'chaos%' GROUP BY t.id, t.process_instance_id, t.status
"""
JOBS = """
SELECT j.id, j.kind, j.process_instance_id, j.element, j.status, j.created_at, j.due_at, j.rule
FROM job j LEFT JOIN process_instance i ON i.id = j.process_instance_id
WHERE i.process_key LIKE 'chaos%' OR (i.id IS NULL AND j.element = 'chaos_hej')
"""
LINES = """
SELECT h.process_instance_id, h.kind, h.element, h.user_task_id, h.at, pg_xact_commit_timestamp(h.xmin)
FROM history_event h JOIN process_instance i ON i.id = h.process_instance_id WHERE i.process_key LIKE 'chaos%'
"""
AT_REST = """
SELECT NOT EXISTS (
    SELECT 1 FROM job j LEFT JOIN process_instance i ON i.id = j.process_instance_id
    WHERE j.status = 'waiting' AND j.due_at < clock_timestamp() + interval '10 seconds'
      AND (i.process_key LIKE 'chaos%' OR (i.id IS NULL AND j.element = 'chaos_hej')))
"""


def at_rest(database: psycopg.Connection[Any]) -> bool:
    """Whether nothing of the load is due now or within ten seconds."""
    return bool(_value(database, AT_REST))


def read_history(
    database: psycopg.Connection[Any], clients: Iterable[Client], mailbox: Mailbox | None = None
) -> History:
    """The whole history of a run."""
    rows = database.execute
    clients = list(clients)
    return History(
        read_at=_value(database, "SELECT clock_timestamp()"),
        started=tuple(s for client in clients for s in client.started),
        answered=tuple(a for client in clients for a in client.answered),
        instances=tuple(_instance(row) for row in rows(INSTANCES)),
        tasks=tuple(Task(row[0], row[1], row[2], tuple(row[3])) for row in rows(TASKS)),
        jobs=tuple(Job(*row) for row in rows(JOBS)),
        lines=tuple(Line(*row) for row in rows(LINES)),
        waiting_for_messages=frozenset(row[0] for row in rows("SELECT process_instance_id FROM subscription")),
        with_incidents=frozenset(
            row[0] for row in rows("SELECT process_instance_id FROM incident WHERE resolved_at IS NULL")
        ),
        mails=tuple(mailbox.mails) if mailbox is not None else (),
        mails_sent=sent(database),
    )


def _instance(row: tuple[Any, ...]) -> Instance:
    # A called process has no counters of its own.
    counters = {n: v for n, v in row[5].items() if n in {"varv", "ringt"} and row[4] is None}
    return Instance(row[0], row[1], row[2], row[3], row[4], counters)


def _value(database: psycopg.Connection[Any], question: str) -> Any:
    row = database.execute(question).fetchone()
    return row[0] if row is not None else None
