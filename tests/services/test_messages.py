"""Messages and signals that come more than once, from where they are sent to where they are caught."""

from typing import Any

from app.db.process import jobs as queued
from app.db.process import messages, process_instances
from app.db.process.process_instances import ProcessInstance
from app.domain.ids import new_id
from app.engine.folders import Folder
from app.services.installation import Installation
from app.services.process import jobs
from app.services.process.deployments import deploy
from app.services.process.process_instances import Start, begin_instance
from app.services.process.projection import message_job
from app.services.unit_of_work import UnitOfWork, begin_system
from tests.engine.drawings import diagram

USER = "hjul:role='security_manager'"
ASKS = "<extensionElements><hjul:result name='{}' from='namn'/></extensionElements>"
NAMES = "<message id='mm' name='tips'/><signal id='sig' name='larm'/><message id='ms' name='anmalan'/>"
START = f"<startEvent id='s'>{ASKS.format('anmalare')}<messageEventDefinition id='ds' messageRef='ms'/></startEvent>"


def beside(definition: str, start: str = "<startEvent id='s'/>") -> bytes:
    body = f"""{start}<userTask id='a' {USER}/><scriptTask id='c'><script>antal = antal + 1</script></scriptTask>
    <boundaryEvent id='m' attachedToRef='a' cancelActivity='false'>{ASKS.format("vem")}{definition}</boundaryEvent>
    s -> a
    m -> c"""
    return diagram(body, key="tipsas", top=NAMES)


MESSAGE = beside("<messageEventDefinition id='d' messageRef='mm'/>")
SIGNAL = beside("<signalEventDefinition id='d' signalRef='sig'/>")
STARTED = beside("<messageEventDefinition id='d' messageRef='mm'/>", START)


def send(uow: UnitOfWork, name: str, who: str, kind: str = "message") -> None:
    row: dict[str, Any] = {
        "municipality_id": "askersund", "id": new_id(), "kind": kind, "name": name, "correlation": "2026",
        "payload": {"namn": who, "annat": "x"}, "sent_at": uow.now, "status": "buffered",
    }  # fmt: skip
    messages.add(uow.session, [row])
    queued.add(uow.session, [message_job("askersund", row["id"], kind, name, uow.now)])


def begin(uow: UnitOfWork, drawing: bytes) -> ProcessInstance:
    definition = deploy(uow, [Folder("tips", {"process.bpmn": drawing})]).definitions[0][0]
    return begin_instance(uow, Start("askersund", "tipsas", variables={"antal": 0}), definition, None)


def variables_of(installation: Installation) -> dict[str, object]:
    """What the only instance knows when everything that is due has been done."""
    jobs.run_due(installation)
    with begin_system(installation) as uow:
        (instance,) = process_instances.page(uow.session, ["askersund"], key="tipsas")
        return dict(instance.variables)


def test_every_message_reaches_the_event_beside_the_task_those_that_came_before_it_too(
    installation: Installation,
) -> None:
    with begin_system(installation) as uow:
        send(uow, "tips", "Ada")
        send(uow, "tips", "Bo")
    jobs.run_due(installation)
    with begin_system(installation) as uow:
        begin(uow, MESSAGE)
    assert variables_of(installation)["antal"] == 2
    with begin_system(installation) as uow:
        send(uow, "tips", "Cecilia")
        send(uow, "tips", "David")
    known = variables_of(installation)
    assert (known["antal"], known["vem"]) == (4, "David")


def test_two_signals_sent_at_once_both_reach_the_event_beside_the_task(installation: Installation) -> None:
    with begin_system(installation) as uow:
        begin(uow, SIGNAL)
    with begin_system(installation) as uow:
        send(uow, "larm", "Ada", "signal")
        send(uow, "larm", "Bo", "signal")
    known = variables_of(installation)
    assert (known["antal"], known["vem"]) == (2, "Bo")


def test_a_message_that_starts_a_process_gives_it_what_its_start_event_asks_for(installation: Installation) -> None:
    with begin_system(installation) as uow:
        deploy(uow, [Folder("tips", {"process.bpmn": STARTED})])
    with begin_system(installation) as uow:
        send(uow, "anmalan", "Ada")
    known = variables_of(installation)
    assert known["anmalare"] == "Ada"
    assert not {"namn", "annat"} & known.keys()
    assert known["year"] == 2026
