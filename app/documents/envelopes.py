"""A mail as it travels: headers, a text and an HTML body. Pure."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from app.domain.clock import STOCKHOLM
from app.domain.mail_servers import mailbox, one_line


@dataclass(frozen=True)
class Envelope:
    """What is in a mail. `message_id` and `written_at` are the same at every try, so a mailbox shows it once."""

    to_name: str
    to_address: str
    sender_name: str
    sender_address: str
    language: str
    subject: str
    text: str
    html: str
    message_id: str
    written_at: datetime


def message(envelope: Envelope) -> EmailMessage:
    """The message to hand over to a mail server.

    It says that a program wrote it (RFC 3834), so that no absence notice answers it. Whatever the names and the subject
    hold becomes one line.
    """
    made = EmailMessage(policy=SMTP)
    made["From"] = mailbox(envelope.sender_name, envelope.sender_address)
    made["To"] = mailbox(envelope.to_name, envelope.to_address)
    made["Subject"] = one_line(envelope.subject)
    made["Date"] = format_datetime(envelope.written_at.astimezone(STOCKHOLM))
    made["Message-ID"] = envelope.message_id
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    made.set_content(envelope.text, cte="quoted-printable")
    made.add_alternative(envelope.html, subtype="html", cte="quoted-printable")
    # Last: what begins with Content- would else follow the text into its part.
    made["Content-Language"] = envelope.language
    return made
