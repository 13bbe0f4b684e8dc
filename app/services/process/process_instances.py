"""Process instances: start, suspend, resume, cancel, change variables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.db.process import deployments, jobs, messages, process_instances, user_tasks
from app.db.process.deployments import ProcessDefinition
from app.db.process.process_instances import ProcessInstance
from app.domain.errors import Conflict, InstanceEnded, InvalidInput, NotFound, StaleVersion
from app.domain.ids import new_id
from app.domain.principals import require_administers, require_leads, require_may_start, sees_municipality
from app.engine import run
from app.engine.expressions import ExpressionFailed, plain
from app.engine.facts import Facts
from app.engine.outcomes import EngineFault, Outcome
from app.engine.programs import load_program
from app.engine.run import Loaded
from app.services.process.advancing import advance
from app.services.process.findings import require_clean
from app.services.process.histories import write_line
from app.services.process.projection import Cause, call_end_job
from app.services.unit_of_work import UnitOfWork

MAX_VARIABLES = 200
RESERVED = frozenset({"municipality", "year", "period", "anchor", "business_key", "started_on", "typename"})


@dataclass(frozen=True)
class Start:
    """What an instance begins with. `anchor_on` is its T; `at` a start event other than the plain one.

    `payload` is what the message brought that starts it, if one does.
    """

    municipality: str
    process_key: str
    business_key: str | None = None
    variables: Mapping[str, Any] | None = None
    anchor_on: date | None = None
    anchor_organ: str | None = None
    period: str | None = None
    year: int | None = None
    name_suffix: str = ""
    at: str | None = None
    payload: Mapping[str, Any] | None = None
    parent: ProcessInstance | None = None
    parent_token: int | None = None


def start(uow: UnitOfWork, begin: Start) -> ProcessInstance:
    """Start an instance, as a principal. Raises NotFound, NotYours, InvalidInput."""
    principal = uow.who()
    definition = deployments.latest(uow.session, begin.process_key, begin.municipality)
    require_may_start(principal, begin.municipality, _start_role(definition))
    check_variables(begin.variables or {})
    if definition is None:
        raise NotFound("Processen", "The process definition")
    try:
        return begin_instance(uow, begin, definition, principal.id)
    except EngineFault as fault:
        # Nothing has begun: the caller is told what stopped it, and the transaction is rolled back.
        raise InvalidInput(
            f"Processen kunde inte starta: {fault.sv}", f"The process could not start: {fault.en}"
        ) from fault


def _start_role(definition: ProcessDefinition | None) -> str | None:
    """The role whose holders may start it by hand, as its start event says; none unless one is named."""
    if definition is None:
        return None
    program = load_program(definition.program)
    named = (program.nodes[start].attributes.get("startRole") for start in program.starts)
    return next((role for role in named if role), None)


def begin_instance(
    uow: UnitOfWork, begin: Start, definition: ProcessDefinition, person_id: UUID | None
) -> ProcessInstance:
    """Start an instance of a definition version, whoever asked. Raises EngineFault."""
    instance = _row(uow, begin, definition, person_id)
    uow.session.add(instance)
    uow.session.flush()
    line = {
        "kind": "instance_started",
        "name": instance.name,
        "person_id": person_id,
        "detail": {"definition": definition.key, "version": definition.version, "business_key": begin.business_key},
    }

    def command(program: Loaded, facts: Facts) -> Outcome:
        return run.start(program, instance.variables, facts, uow.now, at=begin.at, payload=begin.payload)

    advance(uow, instance, command, Cause(person_id=person_id, lines=(line,)))
    return instance


def _row(uow: UnitOfWork, begin: Start, definition: ProcessDefinition, person_id: UUID | None) -> ProcessInstance:
    anchor = begin.anchor_on
    year = begin.year or (anchor.year if anchor else uow.today.year)
    period = begin.period or str(year)
    own = {
        "municipality": begin.municipality,
        "year": year,
        "period": period,
        "anchor": anchor.isoformat() if anchor else None,
        "business_key": begin.business_key,
        "started_on": uow.today.isoformat(),
    }
    return ProcessInstance(
        municipality_id=begin.municipality,
        id=new_id(),
        definition_id=definition.id,
        process_key=definition.key,
        program_digest=definition.program_digest,
        business_key=begin.business_key,
        name=f"{definition.name} {period}" + (f": {begin.name_suffix}" if begin.name_suffix else ""),
        status="active",
        variables={**(begin.variables or {}), **own},
        anchor_on=anchor,
        anchor_organ=begin.anchor_organ,
        period=period,
        year=year,
        parent_id=begin.parent.id if begin.parent else None,
        parent_token=begin.parent_token,
        started_at=uow.now,
        started_by=person_id,
        version=1,
    )


def check_variables(variables: Mapping[str, Any]) -> None:
    """Variables from outside: plain names, storable values, none of the service's own. Raises InvalidInput."""
    if len(variables) > MAX_VARIABLES:
        raise InvalidInput(f"Högst {MAX_VARIABLES} variabler.", f"At most {MAX_VARIABLES} variables.")
    for name, value in variables.items():
        if not name.isidentifier() or len(name) > 100 or name in RESERVED:  # noqa: PLR2004  a name, not a text
            raise InvalidInput(
                f"”{name[:100]}” kan inte vara namn på en variabel.",
                f"'{name[:100]}' cannot be the name of a variable.",
            )
        require_clean({name: value})
        if "\x00" in str(value):
            raise InvalidInput(f"Variabeln ”{name}” har ett NUL-tecken.", f"The variable '{name}' has a NUL character.")
        try:
            plain(value, name)
        except ExpressionFailed as error:
            raise InvalidInput(f"Variabeln ”{name}” går inte att spara.", f"The variable {error}.") from error


def visible(uow: UnitOfWork, instance_id: UUID) -> ProcessInstance:
    """The instance, if its municipality exists for the principal. Raises NotFound."""
    instance = process_instances.get(uow.session, instance_id)
    if instance is None or not sees_municipality(uow.who(), instance.municipality_id):
        raise NotFound("Ärendet", "The process instance")
    return instance


def _lock(uow: UnitOfWork, instance_id: UUID, if_match: int | None) -> ProcessInstance:
    visible(uow, instance_id)
    instance = process_instances.lock(uow.session, instance_id)
    if instance is None:
        raise NotFound("Ärendet", "The process instance")
    if if_match is not None and if_match != instance.version:
        raise StaleVersion(instance.version)
    return instance


def suspend(uow: UnitOfWork, instance_id: UUID, reason: str, if_match: int | None = None) -> ProcessInstance:
    """Stop an instance for a while: its tasks are hidden, its timers wait. Raises NotFound, NotYours, Conflict."""
    require_clean({"reason": reason})
    instance = _lock(uow, instance_id, if_match)
    require_leads(uow.who(), instance.municipality_id)
    _require_status(instance, "active")
    process_instances.save(uow.session, instance, {"status": "suspended"})
    user_tasks.suspend_all(uow.session, instance.municipality_id, instance.id, suspended=True)
    _line(uow, instance, "instance_suspended", {"reason": reason})
    return instance


def resume(uow: UnitOfWork, instance_id: UUID, if_match: int | None = None) -> ProcessInstance:
    """Let a suspended instance go on. What fell due meanwhile happens at once, once."""
    instance = _lock(uow, instance_id, if_match)
    require_leads(uow.who(), instance.municipality_id)
    _require_status(instance, "suspended")
    process_instances.save(uow.session, instance, {"status": "active"})
    user_tasks.suspend_all(uow.session, instance.municipality_id, instance.id, suspended=False)
    _line(uow, instance, "instance_resumed", {})
    uow.ring_after_commit()
    return instance


def cancel(uow: UnitOfWork, instance_id: UUID, reason: str, if_match: int | None = None) -> ProcessInstance:
    """End an instance before its time, with those it called. Its records are withdrawn, its history stays."""
    require_clean({"reason": reason})
    instance = _lock(uow, instance_id, if_match)
    require_leads(uow.who(), instance.municipality_id)
    if instance.status not in {"active", "suspended"}:
        raise InstanceEnded
    cancel_locked(uow, instance, reason)
    return instance


def cancel_locked(uow: UnitOfWork, instance: ProcessInstance, reason: str) -> None:
    """Cancel an instance that is locked. Its children are cancelled by jobs: one transaction holds one lock."""
    place, session = instance.municipality_id, uow.session
    process_instances.save(
        session,
        instance,
        {"status": "cancelled", "ended_at": uow.now, "end_reason": reason, "state": None},
    )
    opened = [t for t in user_tasks.of_instance(session, place, instance.id) if t.status == "open"]
    person = uow.principal.id if uow.principal else None
    user_tasks.close(
        session,
        place,
        instance.id,
        {task.token: ("cancelled", None) for task in opened},
        disarm=[task.token for task in opened],
        at=uow.now,
        person_id=person,
        on_behalf_of=None,
    )
    jobs.disarm_instance(session, place, instance.id)
    messages.unsubscribe(session, place, instance.id, None)
    queued = [
        {
            **call_end_job(child, {}, uow.now),
            "kind": "cancel",
            "scope_id": child.id,
            "process_instance_id": child.id,
            "token": 0,
            "payload": {"reason": reason},
        }
        for child in process_instances.children(session, place, instance.id)
        if child.status in {"active", "suspended"}
    ]
    if instance.parent_id is not None:
        queued.append(call_end_job(instance, {"cancelled": True}, uow.now))
    jobs.add(session, queued)
    _line(uow, instance, "instance_cancelled", {"reason": reason})
    uow.ring_after_commit()


def set_variables(
    uow: UnitOfWork, instance_id: UUID, changes: Mapping[str, Any], reason: str, if_match: int | None = None
) -> ProcessInstance:
    """Change variables by hand; what they were and why is kept in the history. Raises NotYours, InvalidInput."""
    require_clean({"reason": reason})
    instance = _lock(uow, instance_id, if_match)
    require_administers(uow.who(), instance.municipality_id)
    if instance.status not in {"active", "suspended"}:
        raise InstanceEnded
    check_variables(changes)
    before = {name: instance.variables.get(name) for name in changes}
    process_instances.save(uow.session, instance, {"variables": {**instance.variables, **changes}})
    _line(uow, instance, "variables_changed", {"before": before, "after": dict(changes), "reason": reason})
    return instance


def _require_status(instance: ProcessInstance, wanted: str) -> None:
    if instance.status in {"ended", "cancelled"}:
        raise InstanceEnded
    if instance.status != wanted:
        raise Conflict("Ärendet är redan i det läget.", "The process instance is already in that state.")


def _line(uow: UnitOfWork, instance: ProcessInstance, kind: str, detail: dict[str, Any]) -> None:
    write_line(uow, (instance.municipality_id, instance.id), kind, detail, name=instance.name)
