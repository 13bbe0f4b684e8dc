"""Speaking with the mail server. Never inside a unit of work: a server that is slow must not hold a lock."""

import smtplib
import ssl
from email.message import EmailMessage

from app.domain.mail_servers import MailServer, ascii_address

TIMEOUT_S = 10.0
"""Seconds that each exchange with the server may take."""
_REFUSED_FOR_GOOD = 500


class ServerDown(RuntimeError):
    """The server cannot be reached, or does not let us in. Every mail would fare the same."""


class MailRefused(RuntimeError):
    """The server does not take this mail. `lasting`: nor will it later (RFC 5321, a code of 500 or more)."""

    def __init__(self, said: str, *, lasting: bool) -> None:
        super().__init__(said)
        self.lasting = lasting


class PostalConnection:
    """A connection that is opened by the first mail and kept for those that follow."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._open: smtplib.SMTP | None = None

    def connect(self) -> smtplib.SMTP:
        """An open connection, encrypted and signed in as the settings say. Raises ServerDown."""
        if self._open is None:
            try:
                self._open = self._opened()
            except (smtplib.SMTPException, OSError) as fault:
                raise ServerDown(_told(fault)) from fault
        return self._open

    def send(self, message: EmailMessage, address: str) -> None:
        """Hand a mail over. Raises ServerDown or MailRefused."""
        connection = self.connect()
        try:
            connection.send_message(message, ascii_address(self._server.sender_address), [ascii_address(address)])
        except smtplib.SMTPRecipientsRefused as fault:
            code, said = next(iter(fault.recipients.values()))
            raise MailRefused(f"{code} {_text(said)}", lasting=code >= _REFUSED_FOR_GOOD) from fault
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as fault:
            raise MailRefused(_told(fault), lasting=fault.smtp_code >= _REFUSED_FOR_GOOD) from fault
        except (smtplib.SMTPNotSupportedError, UnicodeError) as fault:
            raise MailRefused(_told(fault), lasting=True) from fault
        except (smtplib.SMTPException, OSError) as fault:
            self.close()
            raise ServerDown(_told(fault)) from fault

    def close(self) -> None:
        """Say goodbye, if the server still listens."""
        connection, self._open = self._open, None
        if connection is not None:
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()

    def _opened(self) -> smtplib.SMTP:
        server = self._server
        # The sender's domain as our own name: asking the network for it may take longer than the mail.
        name = server.domain
        if server.tls == "implicit":
            made: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, name, timeout=TIMEOUT_S, context=ssl.create_default_context()
            )
        else:
            made = smtplib.SMTP(server.host, server.port, name, timeout=TIMEOUT_S)
        try:
            if server.tls == "starttls":
                made.starttls(context=ssl.create_default_context())
            if server.user is not None and server.password is not None:
                made.login(server.user, server.password)
        except BaseException:
            made.close()
            raise
        return made


def trouble_with(server: MailServer) -> str | None:
    """Why mail cannot be handed over now; None when it can."""
    connection = PostalConnection(server)
    try:
        connection.connect()
    except ServerDown as fault:
        return str(fault)
    finally:
        connection.close()
    return None


def _told(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"{fault.smtp_code} {_text(fault.smtp_error)}"
    return f"{type(fault).__name__}: {fault}"[:300]


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace")[:300] if isinstance(said, bytes) else said[:300]
