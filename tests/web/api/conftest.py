"""The API over HTTP, on the furnished installation."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db.tables import RECORDS
from app.domain.clock import SetClock
from app.domain.ids import new_id
from app.services import schedules
from app.services.installation import Installation
from app.services.process import jobs
from app.services.unit_of_work import begin_system
from app.web.application import create_application
from tests.engine.drawings import diagram

REPORT = {
    "lagesbild": "Skadegörelsen runt skolan har minskat.",
    "genomforda_atgarder": [],
    "forslag_atgarder": [
        {
            "atgard": "Bättre belysning vid busstationen",
            "orsak": "Platsen är mörk på kvällarna",
            "typ": "situationell",
            "agare": "Tekniska förvaltningen",
            "klar_senast": "2027-05-31",
            "indikator": "Antal anmälda skadegörelser",
        }
    ],
    "nytt_fenomen": False,
}

Put = Callable[..., str]

# A task that comes back as long as it is answered with `igen`.
LOOP = diagram(
    """
<startEvent id="s"/>
s -> g
<exclusiveGateway id="g"/>
g -> t
<userTask id="t" name="Räkna" hjul:role="security_manager"/>
t -> h
<exclusiveGateway id="h" default="f_h_e"/>
h -[igen == True]-> g
h -> e
<endEvent id="e"/>
""",
    key="varv",
)


@dataclass
class Caller:
    """Somebody with a token."""

    client: TestClient
    token: str

    def __call__(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.client.request(method, f"/api/v1{path}", headers=headers, **options)

    def get(self, path: str, **options: Any) -> Any:
        return self("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        return self("POST", path, **({"json": body} if body is not None else {}), **options)


@pytest.fixture
def client(installation: Installation) -> Iterator[TestClient]:
    application = create_application(installation, base_url="http://testserver", secure_cookies=False)
    with TestClient(application, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def by(client: TestClient, token: Callable[[str], str]) -> Callable[[str], Caller]:
    """The API as a demonstration person calls it."""
    return lambda username: Caller(client, token(username))


@pytest.fixture
def october(installation: Installation, clock: SetClock) -> Installation:
    """The first working day of October has come, and with it the departments' reports."""
    clock.set(datetime(2026, 10, 1, 6, 0, tzinfo=UTC))
    schedules.start_due(installation)
    jobs.run_due(installation)
    return installation


@pytest.fixture
def loop(by: Callable[[str], Caller]) -> str:
    """A running instance of the looping definition; the id of its instance."""
    return deploy_and_start(by, LOOP, "varv")


@pytest.fixture
def put(installation: Installation) -> Put:
    """Write a record in Askersund, or where it is said, as a form would have; gives its id."""

    def write(kind: str, **values: Any) -> str:
        identity = new_id()
        with begin_system(installation) as uow:
            needed: dict[str, Any] = {}
            if kind == "status_report":
                needed = {
                    "measure_id": new_id(), "reported_on": uow.today, "status": "ongoing", "status_before": "decided",
                }  # fmt: skip
            if kind == "measurement":
                needed = {"indicator_id": new_id()}
            row = {
                "municipality_id": "askersund", "id": identity, "source_key": f"prov:{identity}", "year": 2026,
                "extra": {}, "created_at": uow.now, "updated_at": uow.now, **needed, **values,
            }  # fmt: skip
            uow.session.add(RECORDS[kind](**row))
        return str(identity)

    return write


def deploy_and_start(by: Callable[[str], Caller], drawing: bytes, key: str, **variables: Any) -> str:
    deployed = by("drift").post("/deployments", {"files": {"process.bpmn": drawing.decode()}})
    assert deployed.status_code == 201, deployed.text
    body = {"process_key": key, "municipality": "askersund", "variables": variables}
    started = by("sakerhetschef").post("/process-instances", body)
    assert started.status_code == 201, started.text
    return str(started.json()["id"])


def task_of(caller: Caller, instance: str) -> dict[str, Any]:
    (task,) = caller.get("/user-tasks", params={"process_instance": instance}).json()["items"]
    return dict(task)
