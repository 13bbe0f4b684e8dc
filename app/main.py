"""The web door: puts settings, database, web application and scheduler together."""

import errno
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

import structlog
import uvicorn

from app.cli.opening import furnish_demonstration, installation_of, open_database
from app.services.installation import Installation
from app.settings import Settings, SettingsInvalid
from app.telemetry import configure_logging
from app.web.application import create_application
from app.worker import Worker

log = structlog.get_logger()


def serve(settings: Settings, *, scheduler: bool = True) -> None:
    """Serve until told to stop. Prints READY and the address when the first request can be answered."""
    configure_logging(settings.log_level, as_json=settings.log_json)
    listener = _listen(settings)
    with open_database(settings) as database:
        installation = installation_of(settings, database)
        address = settings.base_url or f"http://{settings.host}:{settings.port}"
        notice = ""
        if settings.demo:
            notice = f"Demonstrationsinloggningar och API-nycklar: {furnish_demonstration(settings, installation)}"
        application = create_application(
            installation, base_url=settings.base_url or "", secure_cookies=address.startswith("https://")
        )
        application.state.provider = settings.provider
        application.state.contact_email = settings.contact_email or "demo@example.org"
        with _ringing(installation, settings, wanted=scheduler):
            server = _Server(
                uvicorn.Config(application, log_config=None, access_log=False, timeout_graceful_shutdown=10)
            )
            server.banner = f"READY {address}\n{notice}".strip()
            server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """Says READY once the socket is served."""

    banner = ""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on ctrl-C and SIGTERM; uvicorn would raise them anew and end us before the database is stopped."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self.banner, flush=True)  # noqa: T201  the operator waits for this line


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # The protocol is named: asyncio turns off Nagle's delay only on sockets that say they are TCP, and with the delay
    # an answer of two packets waits 40 ms for the client's acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as fault:
        listener.close()
        raise SettingsInvalid(_why_not(settings, fault)) from fault
    return listener


def _why_not(settings: Settings, fault: OSError) -> str:
    if isinstance(fault, socket.gaierror) or fault.errno == errno.EADDRNOTAVAIL:
        return (
            f"Den här maskinen har ingen adress {settings.host}. Rätta TRYGGHETSHJULET_HOST. "
            f"This machine has no address {settings.host}; mend TRYGGHETSHJULET_HOST."
        )
    if fault.errno == errno.EACCES:
        return (
            f"Den här användaren får inte lyssna på port {settings.port}. Välj en över 1023 med PORT. "
            f"This user may not listen on port {settings.port}; choose one above 1023 with PORT."
        )
    return (
        f"Port {settings.port} på {settings.host} är upptagen. Välj en annan med PORT. "
        f"Port {settings.port} is in use; choose another with PORT."
    )


@contextmanager
def _ringing(installation: Installation, settings: Settings, *, wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    worker = Worker(installation, settings.poll_seconds)
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def work(settings: Settings) -> None:
    """The scheduler alone, until told to stop."""
    configure_logging(settings.log_level, as_json=settings.log_json)
    stopped = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
    with open_database(settings) as database, _ringing(installation_of(settings, database), settings, wanted=True):
        print("READY worker", flush=True)  # noqa: T201  the operator waits for this line
        stopped.wait()
