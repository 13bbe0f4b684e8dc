"""The mail server's address: read, judged, and never quoting a password."""

import pytest

from app.domain.mail_servers import MailServerInvalid, mailbox, one_line, read_mail_server

SENDER = "Trygghetshjulet <hjulet@example.org>"


def test_each_way_of_encrypting_has_its_usual_port() -> None:
    plain = read_mail_server("smtp://mail.example.org", SENDER)
    started = read_mail_server("smtp+starttls://mail.example.org", SENDER)
    implicit = read_mail_server("smtps://mail.example.org:4650/", SENDER)
    assert [(s.tls, s.port) for s in (plain, started, implicit)] == [
        ("none", 25),
        ("starttls", 587),
        ("implicit", 4650),
    ]
    assert (plain.sender_name, plain.sender_address, plain.domain) == (
        "Trygghetshjulet",
        "hjulet@example.org",
        "example.org",
    )


def test_a_login_is_read_and_its_password_is_not_shown() -> None:
    server = read_mail_server("smtps://hjulet%40example.org:a%2Fb%3Ac@mail.example.org", "h@example.org")
    assert (server.user, server.password) == ("hjulet@example.org", "a/b:c")
    assert "a/b:c" not in repr(server)
    assert server.place == "smtps://mail.example.org:465"
    assert server.sender_name == "Trygghetshjulet"


def test_a_login_without_encryption_is_for_the_same_machine_only() -> None:
    assert read_mail_server("smtp://u:p@127.0.0.1:2525", SENDER).user == "u"
    with pytest.raises(MailServerInvalid, match="unencrypted"):
        read_mail_server("smtp://u:p@mail.example.org", SENDER)


@pytest.mark.parametrize(
    "url",
    ["", "mail.example.org", "http://mail.example.org", "smtp://", "smtp://h:0", "smtp://h:70000", "smtps://h/x",
     "smtps://h?tls=no", "smtps://user@h", "smtps://:hemligt@h", "smtps://u:hemligt@[", "smtps://u:hemligt%0a@h"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(MailServerInvalid) as refused:
        read_mail_server(url, SENDER)
    assert "hemligt" not in refused.value.sv + refused.value.en


@pytest.mark.parametrize("sender", ["", "Trygghetshjulet", "a@b", "A <a@example.org>\nBcc: b@example.org"])
def test_a_sender_is_an_address(sender: str) -> None:
    with pytest.raises(MailServerInvalid, match="sender"):
        read_mail_server("smtp://h", sender)


def test_whatever_a_name_holds_it_is_one_line() -> None:
    assert one_line("a\r\nBcc: b\u2028c\x00 d") == "a Bcc: b c d"
    assert one_line("x" * 300) == "x" * 199 + "…"
    assert str(mailbox("Åsa\r\nÖst, chef", "asa@örebro.example")) == '"Åsa Öst, chef" <asa@xn--rebro-iua.example>'
