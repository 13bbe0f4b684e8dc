"""Mail over a real SMTP server: once in the mailbox, tried again when the server is down, never in the way of work."""

import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from sqlalchemy import text

from app.db import mails
from app.db.mails import Mail
from app.db.process import jobs
from app.domain.clock import SetClock
from app.domain.mail_servers import MailServer
from app.services import deliveries, schedules
from app.services.deliveries import send_due
from app.services.installation import Installation
from app.services.postal_connections import trouble_with
from app.services.process import incidents
from app.services.process.jobs import run_due
from app.services.unit_of_work import begin, begin_system, sign_in_principal
from app.worker import Worker

Token = Callable[[str], str]
CERTIFICATE = Path(__file__).with_name("mail_server.pem")
"""A certificate for 127.0.0.1 that signs itself, with its key: nobody else believes it."""
REMINDED = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
"""Monday at eight: ten working days before the departments' reports are due."""


@dataclass
class Mailbox:
    """What the server took, and what it is told to say instead."""

    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    says_to_recipient: str = "250 OK"
    says_to_data: str = "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802  the server's own name for it
        if self.says_to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
            self.recipients.append(address)
        return self.says_to_recipient

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802  as above
        if self.says_to_data.startswith("250"):
            made = message_from_bytes(bytes(envelope.original_content or b""), policy=policy.default)
            assert isinstance(made, EmailMessage)
            self.taken.append(made)
        return self.says_to_data


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def post(mailbox: Mailbox) -> Iterator[Controller]:
    """A mail server on loopback."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop(no_assert=True)


@pytest.fixture
def posting(installation: Installation, clock: SetClock, post: Controller) -> Installation:
    """The departments' reports are due in ten working days, and the service knows a mail server."""
    server = MailServer("127.0.0.1", post.port, "none", "Trygghetshjulet", "hjulet@askersund.example")
    installation.mail, installation.address = server, "https://hjulet.example"
    clock.set(datetime(2026, 10, 1, 6, 0, tzinfo=UTC))
    schedules.start_due(installation, "askersund")
    run_due(installation)
    clock.set(REMINDED)
    run_due(installation)
    return installation


def down(installation: Installation) -> MailServer:
    """Take the mail server away: nobody listens where it was. The server as it was before."""
    before = installation.mail
    assert before is not None
    installation.mail = replace(before, port=free_port())
    return before


def later(installation: Installation, by: timedelta) -> None:
    assert isinstance(installation.clock, SetClock)
    installation.clock.set(installation.clock.now() + by)


def written(installation: Installation, address: str = "soc.rep@example.org") -> list[Mail]:
    with begin_system(installation) as uow:
        ids = uow.session.execute(text("SELECT id FROM mail WHERE address = :a ORDER BY created_at"), {"a": address})
        return [mail for (mail_id,) in ids.all() if (mail := mails.get(uow.session, mail_id)) is not None]


def change(installation: Installation, statement: str, **values: object) -> None:
    with begin_system(installation) as uow:
        uow.session.execute(text(statement), values)


def only(installation: Installation, username: str = "soc.rep") -> None:
    """Let the mails to everybody else be gone, so that a test tells of one."""
    change(
        installation,
        "UPDATE job SET status = 'cancelled' WHERE kind = 'mail' AND scope_id NOT IN "
        "(SELECT id FROM mail WHERE address = :address)",
        address=f"{username}@example.org",
    )


def of(mailbox: Mailbox, address: str) -> list[EmailMessage]:
    return [mail for mail in mailbox.taken if address in str(mail["To"])]


def test_a_reminder_arrives_once_with_its_headers_and_both_bodies(posting: Installation, mailbox: Mailbox) -> None:
    while send_due(posting):
        pass
    (mail,) = of(mailbox, "soc.rep@example.org")
    assert str(mail["From"]) == "Trygghetshjulet <hjulet@askersund.example>"
    assert str(mail["To"]) == "Sofia Ekman <soc.rep@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "sv"
    assert mail["Date"].datetime == REMINDED
    assert mail["Message-ID"] == written(posting)[0].message_id
    assert mail["Message-ID"].endswith("@askersund.example>")
    assert mail["Subject"] == "Påminnelse: Lämna förvaltningens höstrapport, om 14 dagar"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    for body in (plain.get_content(), html.get_content()):
        assert "måndag 30 november 2026" in body
        assert "https://hjulet.example/uppgifter/" in body
        assert "Respektive förvaltning" in body
    assert '<html lang="sv">' in html.get_content()
    assert [m.status for m in written(posting)] == ["sent"]
    assert send_due(posting) == 0


def test_a_server_that_was_down_gets_the_mail_later_under_the_same_message_id(
    posting: Installation, mailbox: Mailbox
) -> None:
    only(posting)
    up = down(posting)
    assert send_due(posting) == 0
    assert [m.status for m in written(posting)] == ["waiting"]
    posting.mail = up
    assert send_due(posting) == 0
    later(posting, timedelta(minutes=2))
    assert send_due(posting) == 1
    assert [m["Message-ID"] for m in mailbox.taken] == [written(posting)[0].message_id]


def test_a_server_that_is_down_ends_the_round_so_that_one_mail_is_tried_and_not_all(posting: Installation) -> None:
    down(posting)
    send_due(posting)
    with begin_system(posting) as uow:
        tried = uow.session.execute(text("SELECT attempts FROM job WHERE kind = 'mail' ORDER BY attempts"))
        assert sorted(row[0] for row in tried) == [0, 0, 1]


def test_after_the_last_try_an_incident_is_open_and_a_retry_sends_the_mail(
    posting: Installation, mailbox: Mailbox, token: Token
) -> None:
    only(posting)
    up = down(posting)
    for _ in range(deliveries.MAX_TRIES):
        send_due(posting)
        later(posting, timedelta(hours=24))
        while isinstance(posting.clock, SetClock) and posting.clock.now().weekday() > 4:
            later(posting, timedelta(hours=24))
    assert [m.status for m in written(posting)] == ["failed"]
    with begin_system(posting) as uow:
        rows = uow.session.execute(text("SELECT id, sv FROM incident WHERE kind = 'mail' AND resolved_at IS NULL"))
        ((incident_id, sv),) = rows.all()
    assert sv.startswith("Ett mejl till soc.rep@example.org gick inte att skicka.")
    posting.mail = up
    with begin(posting) as uow:
        sign_in_principal(uow, "api_token", token("admin"))
        incidents.retry(uow, incident_id)
    change(posting, "UPDATE user_task SET status = 'open', closed_at = NULL, closed_by = NULL, outcome = NULL")
    assert send_due(posting) == 1
    assert len(mailbox.taken) == 1
    assert [m.status for m in written(posting)] == ["sent"]


def test_an_address_that_the_server_knows_not_is_an_incident_at_once(posting: Installation, mailbox: Mailbox) -> None:
    only(posting)
    mailbox.says_to_recipient = "550 no such mailbox"
    send_due(posting)
    assert [m.status for m in written(posting)] == ["failed"]
    with begin_system(posting) as uow:
        (said,) = uow.session.execute(text("SELECT en FROM incident WHERE kind = 'mail'")).scalars()
    assert "550 no such mailbox" in said


def test_a_full_mailbox_is_tried_again_and_the_others_get_theirs(posting: Installation, mailbox: Mailbox) -> None:
    mailbox.says_to_data = "452 try later"
    assert send_due(posting) == 3
    mailbox.says_to_data = "250 OK"
    later(posting, timedelta(minutes=2))
    assert send_due(posting) == 3
    assert len(mailbox.taken) == 3


def test_a_sender_that_died_leaves_a_lease_that_runs_out_and_the_mail_goes_again_under_its_message_id(
    posting: Installation, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(posting)

    class Killed(BaseException):
        """The process is gone."""

    def die(*_: object) -> None:
        raise Killed

    # Handed over, and not recorded: the one moment at which a mail can go twice.
    with monkeypatch.context() as patched:
        patched.setattr(deliveries, "_record_sent", die)
        with pytest.raises(Killed):
            send_due(posting)
    assert send_due(posting) == 0
    later(posting, deliveries.LEASE + timedelta(seconds=1))
    assert send_due(posting) == 1
    first, second = mailbox.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert bytes(first) != b""
    assert [m.status for m in written(posting)] == ["sent"]


def test_a_mail_that_kills_every_sender_is_given_up(posting: Installation, mailbox: Mailbox) -> None:
    only(posting)
    tried = "UPDATE job SET attempts = :tries WHERE kind = 'mail' AND status = 'waiting'"
    change(posting, tried, tries=deliveries.MAX_TRIES)
    assert send_due(posting) == 0
    assert mailbox.taken == []
    assert [m.status for m in written(posting)] == ["failed"]


def test_two_senders_never_have_the_same_mail_in_hand(posting: Installation) -> None:
    only(posting)
    with begin_system(posting) as one:
        assert jobs.due_mail(one.session, one.set_instant) is not None
        with begin_system(posting) as two:
            assert jobs.due_mail(two.session, two.set_instant) is None


def test_a_task_that_was_closed_before_the_mail_left_is_not_reminded_of(
    posting: Installation, mailbox: Mailbox
) -> None:
    only(posting)
    change(posting, "UPDATE user_task SET suspended = true")
    assert send_due(posting) == 0
    assert (mailbox.taken, [m.status for m in written(posting)]) == ([], ["unsent"])


def test_mails_wait_for_the_morning_and_for_the_working_week(
    posting: Installation, mailbox: Mailbox, clock: SetClock
) -> None:
    only(posting)
    # A mail that was put off until Friday evening waits for Monday at seven.
    clock.set(datetime(2026, 11, 20, 17, 30, tzinfo=UTC))
    assert send_due(posting) == 0
    clock.set(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
    assert send_due(posting) == 0
    clock.set(datetime(2026, 11, 23, 6, 0, tzinfo=UTC))
    assert send_due(posting) == 1


def test_names_with_accents_and_line_breaks_cannot_add_headers(posting: Installation, mailbox: Mailbox) -> None:
    only(posting)
    change(
        posting,
        "UPDATE mail SET subject = E'Hej\\r\\nBcc: alla@example.org\\nX-Mine: 1\\n\\nText åäö', "
        "address = 'åsa.öst@example.org' WHERE address = 'soc.rep@example.org'",
    )
    change(posting, "UPDATE person SET name = E'Åsa\\r\\nBcc: x@example.org, \"Öst\"' WHERE username = 'soc.rep'")
    assert send_due(posting) == 1
    (mail,) = mailbox.taken
    assert mail["Bcc"] is None
    assert mail["X-Mine"] is None
    assert mail["Subject"] == "Hej Bcc: alla@example.org X-Mine: 1 Text åäö"
    assert mailbox.recipients == ["åsa.öst@example.org"]


def test_a_domain_with_accents_is_written_as_mail_servers_write_it(posting: Installation, mailbox: Mailbox) -> None:
    only(posting)
    change(posting, "UPDATE mail SET address = 'info@åre.example' WHERE address = 'soc.rep@example.org'")
    assert send_due(posting) == 1
    assert mailbox.recipients == ["info@xn--re-xia.example"]


def test_the_worker_sends_while_other_work_goes_on(posting: Installation, mailbox: Mailbox) -> None:
    worker = Worker(posting, 0.1)
    worker.start()
    try:
        patience = Event()
        for _ in range(200):
            if len(mailbox.taken) == 3:
                break
            patience.wait(0.05)
    finally:
        worker.stop()
    assert len(mailbox.taken) == 3


class Doorkeeper:
    """Lets one login in."""

    def __call__(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
        return AuthResult(success=login == LoginPassword(b"hjulet", b"ett hemligt ord"), handled=False)


def test_starttls_and_login_are_used_and_an_unknown_certificate_is_not_believed(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    post = Controller(
        mailbox, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True,
        authenticator=Doorkeeper(), auth_required=True,
    )  # fmt: skip
    post.start()
    server = MailServer("127.0.0.1", post.port, "starttls", "H", "h@example.org", "hjulet", "ett hemligt ord")
    try:
        assert "CERTIFICATE_VERIFY_FAILED" in (trouble_with(server) or "")
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        assert trouble_with(server) is None
        assert "535" in (trouble_with(replace(server, password="fel")) or "")
        assert trouble_with(replace(server, tls="none", user=None, password=None)) is None
    finally:
        post.stop(no_assert=True)
