"""A business rule task from folder to answer: deployed with its DMN, asked, and its answers decide the way on."""

import pytest

from app.db.process import history, process_instances
from app.domain.errors import DeploymentRefused
from app.engine.folders import Folder
from app.services.installation import Installation
from app.services.process.deployments import deploy
from app.services.process.process_instances import Start, begin_instance
from app.services.unit_of_work import UnitOfWork, begin_system
from tests.engine.drawings import diagram

BODY = """<startEvent id='s'/><businessRuleTask id='vag' name='Väg problemet' hjul:decision='prioritera'/>
<exclusiveGateway id='g' default='f_g_lag'/><userTask id='hog' name='Hög' hjul:role='security_manager'/>
<userTask id='lag' name='Låg' hjul:role='security_manager'/>
s -> vag
vag -> g
g -[prioritet == 'hög']-> hog
g -> lag"""

TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="Prioritering" namespace="urn:prov">
  <decision id="prioritera" name="Prioritera">
    <decisionTable id="t" hitPolicy="FIRST">
      <input id="i"><inputExpression id="e"><text>anmalda</text></inputExpression></input>
      <output id="o" name="prioritet"/>
      <rule id="r1"><inputEntry id="a"><text>&gt;= 20</text></inputEntry>
        <outputEntry id="b"><text>"hög"</text></outputEntry></rule>
      <rule id="r2"><inputEntry id="c"><text>-</text></inputEntry>
        <outputEntry id="f"><text>"låg"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>"""


def folder(table: str = TABLE) -> Folder:
    return Folder("beslut", {"process.bpmn": diagram(BODY, key="beslut"), "tabell.dmn": table.encode()})


def waiting(uow: UnitOfWork, reported: int) -> list[str]:
    definition = deploy(uow, [folder()]).definitions[0][0]
    begin = Start("askersund", "beslut", variables={"anmalda": reported})
    instance = begin_instance(uow, begin, definition, None)
    lines = history.of_instance(uow.session, "askersund", instance.id)
    made = [line.detail for line in lines if line.kind == "decision_made"]
    assert made == [{"decision": "prioritera", "answers": {"prioritet": instance.variables["prioritet"]}}]
    kept = process_instances.get(uow.session, instance.id)
    assert kept is not None
    return [str(line.element) for line in lines if line.kind == "user_task_opened"]


def test_the_table_decides_which_way_the_process_goes(installation: Installation) -> None:
    with begin_system(installation) as uow:
        assert waiting(uow, 25) == ["hog"]
        assert waiting(uow, 3) == ["lag"]


def test_a_table_that_cannot_be_read_stops_the_deployment_and_says_where(installation: Installation) -> None:
    broken = TABLE.replace("&gt;= 20", "__import__('os')")
    with begin_system(installation) as uow, pytest.raises(DeploymentRefused) as refused:
        deploy(uow, [folder(broken)])
    assert any("tabell.dmn" in problem.sv and problem.line for problem in refused.value.problems)


def test_a_decision_that_is_in_no_file_stops_the_deployment(installation: Installation) -> None:
    lost = TABLE.replace('id="prioritera"', 'id="annan"')
    with begin_system(installation) as uow, pytest.raises(DeploymentRefused) as refused:
        deploy(uow, [folder(lost)])
    assert "reference.decision" in {problem.rule for problem in refused.value.problems}
