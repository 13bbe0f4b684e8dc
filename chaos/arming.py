"""Many timers due at the same moment, armed at once: copies of one instance that waits. The bench uses it too."""

from typing import Any
from uuid import UUID

import psycopg

PATTERN = {
    "process_key": "chaos_timer",
    "municipality": "askersund",
    "business_key": "pattern",
}
"""What starts the instance that is copied."""

# An instance that waits at its timer, copied with its row of every table. The state is the same bytes.
COPY_INSTANCES = """
INSERT INTO process_instance (municipality_id, id, definition_id, process_key, program_digest, business_key, name,
    status, variables, state, period, year, started_at, version)
SELECT municipality_id, gen_random_uuid(), definition_id, process_key, program_digest, %(key)s, name, status, variables,
    state, period, year, started_at, version
FROM process_instance, generate_series(1, %(count)s) WHERE id = %(pattern)s
"""
COPY_JOBS = """
INSERT INTO job (municipality_id, id, kind, scope_kind, scope_id, element, token, occurrence, process_instance_id,
    due_at, due_on, zone, status, attempts, payload, created_at)
SELECT i.municipality_id, gen_random_uuid(), j.kind, j.scope_kind, i.id, j.element, j.token, j.occurrence, i.id,
    clock_timestamp() + %(in_s)s * interval '1 second', j.due_on, j.zone, 'waiting', 0, j.payload, j.created_at
FROM process_instance i, job j
WHERE i.business_key = %(key)s AND j.process_instance_id = %(pattern)s AND j.kind = 'timer'
"""


def arm_many(database: psycopg.Connection[Any], pattern: UUID, key: str, count: int, in_s: float) -> None:
    """So many instances like the pattern, all with a timer due at the same moment, so many seconds from now."""
    given = {"pattern": pattern, "key": key, "count": count, "in_s": in_s}
    with database.transaction():
        database.execute(COPY_INSTANCES, given)
        database.execute(COPY_JOBS, given)
