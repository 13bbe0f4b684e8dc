"""The one way an instance moves: lock, read facts, run the engine, project."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from app.db.process import deployments, process_instances
from app.db.process.process_instances import ProcessInstance
from app.domain.errors import InstanceEnded, InstanceSuspended, NotFound
from app.domain.forms import Form, parse_form
from app.engine import run
from app.engine.facts import Facts
from app.engine.outcomes import Outcome
from app.engine.run import Loaded
from app.services.facts import read_facts
from app.services.process.projection import Cause, project
from app.services.unit_of_work import UnitOfWork

Command = Callable[[Loaded, Facts], Outcome]


def loaded(uow: UnitOfWork, instance: ProcessInstance) -> Loaded:
    """The program the instance is pinned to, parsed once per process."""
    return uow.installation.definitions.get(
        instance.program_digest, lambda: deployments.program(uow.session, instance.definition_id)
    )


def forms(uow: UnitOfWork, definition_id: UUID) -> Mapping[str, Form]:
    """The forms of a definition version, parsed once per process."""
    return uow.installation.forms.get(
        definition_id,
        lambda: {
            key: parse_form(key, text.encode()) for key, text in deployments.forms(uow.session, definition_id).items()
        },
    )


def require_active(instance: ProcessInstance | None) -> ProcessInstance:
    """The instance if it can move. Raises NotFound, InstanceSuspended or InstanceEnded."""
    if instance is None:
        raise NotFound("Ärendet", "The process instance")
    if instance.status == "suspended":
        raise InstanceSuspended
    if instance.status != "active":
        raise InstanceEnded
    return instance


def advance(uow: UnitOfWork, instance: ProcessInstance, command: Command, cause: Cause) -> Outcome:
    """Run a command on a locked, active instance and write what it led to.

    Raises EngineFault when the engine cannot go on: then nothing has been written.
    """
    program = loaded(uow, instance)
    facts = read_facts(uow, instance, program.program, instance.revision)
    outcome = command(program, facts)
    project(uow, instance, outcome, cause)
    return outcome


def continue_token(
    uow: UnitOfWork,
    instance: ProcessInstance,
    token: int,
    result: Mapping[str, Any],
    cause: Cause,
    *,
    outcome: str | None = None,
) -> Outcome:
    """Continue a waiting token of a locked instance. Raises TokenUnknown, EngineFault."""
    state = instance.state
    if state is None:
        raise InstanceEnded

    def command(program: Loaded, facts: Facts) -> Outcome:
        return run.complete(program, state, token, instance.variables, facts, uow.now, result=result, outcome=outcome)

    return advance(uow, instance, command, cause)


def lock_active(uow: UnitOfWork, instance_id: UUID) -> ProcessInstance:
    """Lock an instance that can move. Raises NotFound, InstanceSuspended or InstanceEnded."""
    return require_active(process_instances.lock(uow.session, instance_id))
