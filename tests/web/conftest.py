"""The pages as a person meets them: signed in, a page read, a form posted as a browser would."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import html
from starlette.testclient import TestClient

from app.domain.clock import SetClock
from app.services import schedules
from app.services.installation import Installation
from app.services.process import jobs
from app.web.application import create_application


@dataclass
class Shown:
    """A page that was answered."""

    status: int
    url: str
    root: Any

    def text(self, path: str = "//main") -> str:
        """The words at a place, white space made single; empty when there is no such place."""
        return " ".join(" ".join(found.text_content() for found in self.root.xpath(path)).split())

    def fields(self) -> dict[str, Any]:
        """What the task's form would post as it stands, names with several values as lists."""
        found: dict[str, Any] = {}
        for name, value in self.root.xpath("//form[contains(@class, 'form')][1]")[0].form_values():
            # The line break after <textarea> is one that browsers drop.
            found.setdefault(name, []).append(value.removeprefix("\n"))
        return found


class Visitor:
    """Somebody with a browser: cookies are kept and redirections followed."""

    def __init__(self, installation: Installation) -> None:
        application = create_application(installation, base_url="http://testserver", secure_cookies=False)
        self.client = TestClient(application, raise_server_exceptions=False, headers={"Accept": "text/html"})

    def get(self, path: str, **options: Any) -> Shown:
        return self._shown(self.client.get(path, **options))

    def post(self, path: str, fields: dict[str, Any], **options: Any) -> Shown:
        return self._shown(self.client.post(path, data=fields, **options))

    def send(self, page: Shown, press: str = "send", **changed: Any) -> Shown:
        """Send the form of a page with some fields changed."""
        return self.post(page.url, {**page.fields(), **changed, "_action": press})

    def first_task(self) -> Shown:
        page = self.get("/mina-uppgifter")
        return self.get(str(page.root.xpath("//*[contains(@class, 'task-card')]//a/@href")[0]))

    @staticmethod
    def _shown(answer: Any) -> Shown:
        return Shown(answer.status_code, answer.url.path, html.document_fromstring(answer.text))


@pytest.fixture
def stranger(installation: Installation) -> Iterator[Visitor]:
    """Somebody who has not signed in."""
    visitor = Visitor(installation)
    with visitor.client:
        yield visitor


@pytest.fixture
def as_person(stranger: Visitor, logins: list[dict[str, object]]) -> Callable[[str], Visitor]:
    """Sign in as a demonstration person."""

    def sign_in(username: str) -> Visitor:
        password = next(str(login["password"]) for login in logins if login["username"] == username)
        shown = stranger.post("/logga-in", {"username": username, "password": password})
        assert (shown.status, shown.url) == (200, "/mina-uppgifter")
        return stranger

    return sign_in


@pytest.fixture
def autumn(installation: Installation, clock: SetClock) -> Installation:
    """Mid October: the departments' reports and the council's preparations have begun."""
    clock.set(datetime(2026, 10, 19, 6, 0, tzinfo=UTC))
    schedules.start_due(installation)
    jobs.run_due(installation)
    return installation
