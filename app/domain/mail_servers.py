"""The mail server as an operator writes it: one address with its way of encrypting, its login and its place.

    smtp://host:25                       without encryption: on the same machine or a closed network, without a login
    smtp+starttls://user:password@host   port 587; encrypted before anything is said
    smtps://user:password@host           port 465; encrypted from the start

In user and password, spaces and ``/ @ : %`` are written ``%20``, ``%2F``, ``%40``, ``%3A`` and ``%25``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Final, Literal
from urllib.parse import SplitResult, unquote, urlsplit

from app.domain.errors import InvalidInput
from app.domain.people import check_email

TlsMode = Literal["none", "starttls", "implicit"]

_MODES: Final[dict[str, tuple[TlsMode, int]]] = {
    "smtp": ("none", 25),
    "smtp+starttls": ("starttls", 587),
    "smtps": ("implicit", 465),
}
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f]")


class MailServerInvalid(ValueError):
    """The address or the sender cannot be used. The sentences never quote it: there may be a password in it."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(en)
        self.sv, self.en = sv, en


@dataclass(frozen=True)
class MailServer:
    """Where mails are handed over, and who they are from. The password is never shown."""

    host: str
    port: int
    tls: TlsMode
    sender_name: str
    sender_address: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def place(self) -> str:
        """Where it is, without the login: for logs and for `doctor`."""
        scheme = next(name for name, (mode, _port) in _MODES.items() if mode == self.tls)
        return f"{scheme}://{self.host}:{self.port}"

    @property
    def domain(self) -> str:
        """The sender's domain, which Message-IDs end with."""
        return ascii_address(self.sender_address).rpartition("@")[2]


def read_mail_server(url: str, sender: str) -> MailServer:
    """Read the two settings. Raises MailServerInvalid."""
    parts, port = _split(url)
    tls, usual_port = _MODES[parts.scheme]
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    if (user is None) != (password is None):
        raise MailServerInvalid(
            "Adressen till e-postservern har bara det ena av användare och lösenord: skriv båda eller inget.",
            "The mail server's address has only one of user and password: write both or neither.",
        )
    host = str(parts.hostname)
    if user is not None and tls == "none" and host not in _LOOPBACK:
        raise MailServerInvalid(
            "Lösenordet till e-postservern skulle gå okrypterat. Skriv smtp+starttls:// eller smtps://.",
            "The mail server's password would travel unencrypted. Write smtp+starttls:// or smtps://.",
        )
    name, address = _sender(sender)
    return MailServer(host, port or usual_port, tls, name, address, user, password)


def ascii_address(address: str) -> str:
    """The address with its domain as mail servers write it: info@åre.se becomes info@xn--re-xia.se."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address


def mailbox(name: str, address: str) -> Address:
    """The address with the name people see. Line breaks and other control characters in the name become spaces."""
    local, _, domain = ascii_address(address).rpartition("@")
    return Address(display_name=one_line(name), username=local, domain=domain)


def one_line(text: str, longest: int = 200) -> str:
    """The text as one line for a header: whatever was typed, it cannot begin a header of its own."""
    plain = " ".join(_UNPRINTABLE.sub(" ", text.replace("\u2028", " ").replace("\u2029", " ")).split())
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise _unreadable() from None
    rest = parts.query or parts.fragment or parts.path not in {"", "/"}
    if parts.scheme not in _MODES or not parts.hostname or port == 0 or rest or _UNPRINTABLE.search(unquote(url)):
        raise _unreadable()
    return parts, port


def _unreadable() -> MailServerInvalid:
    return MailServerInvalid(
        "Adressen till e-postservern går inte att läsa. Den skrivs smtp://värd:25, "
        "smtp+starttls://användare:lösenord@värd:587 eller smtps://användare:lösenord@värd:465. I lösenordet skrivs "
        "blanksteg, /, @ och : som %20, %2F, %40 och %3A.",
        "The mail server's address cannot be read. It is written smtp://host:25, "
        "smtp+starttls://user:password@host:587 or smtps://user:password@host:465; write spaces, /, @ and : in the "
        "password as %20, %2F, %40 and %3A.",
    )


def _sender(text: str) -> tuple[str, str]:
    name, address = parseaddr(text.strip())
    try:
        checked = check_email(address)
    except InvalidInput:
        checked = None
    if checked is None or _UNPRINTABLE.search(text):
        raise MailServerInvalid(
            "Avsändaren skrivs trygghetshjulet@kommunen.se eller Trygghetshjulet <trygghetshjulet@kommunen.se>.",
            "The sender is written name@example.org or Name <name@example.org>.",
        )
    return name or "Trygghetshjulet", checked
