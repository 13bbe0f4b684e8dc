"""A mail server that is slow, sometimes hangs up after it has taken a mail, and remembers every mail it took."""

import socketserver
from email import message_from_bytes
from email.policy import default
from random import Random
from threading import Event, Lock, Thread
from typing import Any

import psycopg

from chaos.histories import Mail

SLOW_S = 0.15
HANGS_UP = 0.15
"""How often the server takes a mail and hangs up without saying so: the sender must send it again."""

# Mails with their jobs, as the service writes them, to be sent a few each second. The subject says which mail it is.
WRITE = """
WITH written AS (
    INSERT INTO mail (municipality_id, id, person_id, address, language, kind, subject, text, html, message_id,
        dedup_key, status, created_at)
    SELECT 'askersund', gen_random_uuid(), p.id, p.email, 'sv', 'reminder', 'chaos-' || n, 'text', '<p>text</p>',
        '<chaos-' || n || '-' || gen_random_uuid() || '@localhost>', 'chaos-' || n, 'waiting', clock_timestamp()
    FROM generate_series(1, %(count)s) n, (SELECT id, email FROM person WHERE username = 'sakerhetschef') p
    RETURNING id, dedup_key)
INSERT INTO job (municipality_id, id, kind, scope_kind, scope_id, element, token, occurrence, due_at, zone, status,
    attempts, payload, created_at)
SELECT 'askersund', gen_random_uuid(), 'mail', 'mail', id, 'reminder', 0, 0,
    clock_timestamp() + %(seconds)s * substr(dedup_key, 7)::int / %(count)s * interval '1 second', 'Europe/Stockholm',
    'waiting', 0, '{}', clock_timestamp() FROM written
"""
# A lease is three minutes, a try is put off by minutes: what would happen then is let happen now.
HURRY = """
UPDATE job SET due_at = least(due_at, clock_timestamp()), lease_until = NULL, lease_owner = NULL
WHERE kind = 'mail' AND status = 'waiting' AND scope_id IN (SELECT id FROM mail WHERE dedup_key LIKE 'chaos-%')
"""
LEFT = "SELECT count(*) FROM mail WHERE dedup_key LIKE 'chaos-%' AND status = 'waiting'"
SENT = "SELECT dedup_key FROM mail WHERE dedup_key LIKE 'chaos-%' AND status = 'sent'"


class Mailbox(socketserver.ThreadingTCPServer):
    """Listens on loopback until it is closed."""

    daemon_threads = True

    def __init__(self, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Post)
        self.random, self.lock = Random(f"mail:{seed}"), Lock()  # noqa: S311  chance, not a secret
        self.mails: list[Mail] = []
        self.kind = True
        Thread(target=self.serve_forever, daemon=True).start()

    @property
    def settings(self) -> dict[str, str]:
        """What a replica must know to send here."""
        return {
            "TRYGGHETSHJULET_SMTP_URL": f"smtp://127.0.0.1:{self.server_address[1]}",
            "TRYGGHETSHJULET_MAIL_FROM": "Trygghetshjulet <chaos@example.org>",
        }

    def take(self, raw: bytes) -> bool:
        """Remember a mail; whether the sender is told."""
        read = message_from_bytes(raw, policy=default)
        with self.lock:
            self.mails.append(Mail(str(read["Subject"]).strip(), str(read["Message-ID"]).strip()))
            return self.kind or self.random.random() > HANGS_UP


class _Post(socketserver.StreamRequestHandler):
    """As little of SMTP (RFC 5321) as a sender needs."""

    server: Mailbox

    def handle(self) -> None:
        """One connection."""
        self._say("220 chaos")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self._say("354 go on")
                if not self._data():
                    return
            elif word == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 chaos")

    def _data(self) -> bool:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b"."))
        else:
            return False
        told = self.server.take(b"".join(lines))
        Event().wait(SLOW_S)
        if told:
            self._say("250 taken")
        return told

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


def write_mails(database: psycopg.Connection[Any], count: int, seconds: float) -> None:
    """So many mails, due evenly over so many seconds."""
    database.execute(WRITE, {"count": count, "seconds": seconds})


def all_settled(database: psycopg.Connection[Any]) -> bool:
    """Let every try come now; whether no mail waits any more."""
    database.execute(HURRY)
    row = database.execute(LEFT).fetchone()
    return row is not None and row[0] == 0


def sent(database: psycopg.Connection[Any]) -> frozenset[str]:
    """The mails that the service holds to be sent."""
    return frozenset(row[0] for row in database.execute(SENT))
