"""A real browser against a real server: Chromium, uvicorn on loopback, PostgreSQL."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from app.services.installation import Installation
from app.web.application import create_application

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def chromium() -> str | None:
    """The system's Chromium; None lets Playwright use one of its own if it was installed."""
    if chosen := os.environ.get("CHROMIUM"):
        return chosen
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (MAC if Path(MAC).exists() else None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = chromium()
        bundled = Path(playwright.chromium.executable_path).exists()
        assert path or bundled, (
            "The browser tests need a Chromium: install the package chromium (Debian, Ubuntu), or Google Chrome, "
            "or set CHROMIUM to its path."
        )
        started = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
        )
        yield started
        started.close()


@pytest.fixture
def site(installation: Installation) -> Iterator[str]:
    """The service on a port of its own; the address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(create_application(installation, secure_cookies=False), log_config=None, lifespan="off")
    )
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    patience = Event()
    while not server.started:
        patience.wait(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="sv-SE", viewport={"width": 1280, "height": 900})
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which nothing may go wrong unseen: errors of scripts and breaches of the CSP fail the test."""
    made = context.new_page()
    wrong: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            wrong.append(message.text)

    made.on("console", heard)
    made.on("pageerror", lambda error: wrong.append(str(error)))
    yield made
    unexpected = [text for text in wrong if "status of 4" not in text]
    assert unexpected == []


@pytest.fixture
def signed_in(page: Page, site: str, logins: list[dict[str, object]]) -> Callable[[str], Page]:
    """Sign in through the form as a demonstration person."""

    def sign_in(username: str) -> Page:
        login = next(entry for entry in logins if entry["username"] == username)
        page.goto(f"{site}/logga-in")
        page.fill("#username", username)
        page.fill("#password", str(login["password"]))
        page.click("main button[type=submit]")
        page.wait_for_url("**/mina-uppgifter")
        return page

    return sign_in
