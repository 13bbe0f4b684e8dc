"""The saved state of an instance: its living tokens, and nothing else.

Bytes, in the order the tokens were made; never JSONB, never sorted. The definition is not in it, nor any finished
step: a join looks at waiting arrivals only, so what is finished can be forgotten without a trace. The size of a state
is therefore the number of living tokens, however long the instance has run.

Form 1: `{"v": 1, "next": n, "tokens": [[id, parent, spec, state, data], ...]}`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task

from app.engine.facts import Facts
from app.engine.nets import Net
from app.engine.programs import Program
from app.engine.specs import LIVE, Guard

STATE_FORMAT = 1

# Readers of older forms, each to the next one.
UPCASTERS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


class StateUnreadable(RuntimeError):
    """The state was written by a newer version of the service, or names a step the definition lacks."""


def save(net: Net) -> bytes:
    """The state as bytes. Whatever is finished is left out; its living descendants hang on their container."""
    tokens = []
    for task in net.living():
        parent = _living_parent(net, task)
        data = dict(task.internal_data)
        if parent is not None and not (isinstance(parent.task_spec, Guard) and task.parent is parent):
            data["inside"] = True
        tokens.append([task.id, parent.id if parent is not None else 0, task.task_spec.name, task.state, data])
    return orjson.dumps({"v": STATE_FORMAT, "next": net.next_id, "tokens": tokens})


def _living_parent(net: Net, task: Task) -> Task | None:
    """The parent itself when it lives (a container), else the container around it."""
    parent = task.parent
    if parent is not None and parent.has_state(LIVE):
        return parent
    return net.scope_of(task)


def load(raw: bytes, spec: WorkflowSpec, program: Program, variables: Mapping[str, Any], facts: Facts) -> Net:
    """The net as it was saved. Raises StateUnreadable when the bytes are not ours or the step is unknown."""
    try:
        data = orjson.loads(raw)
        version = data["v"]
    except (ValueError, TypeError, KeyError) as error:
        raise StateUnreadable("these bytes are not a saved state") from error
    while version in UPCASTERS:
        data = UPCASTERS[version](data)
        version = data["v"]
    if version != STATE_FORMAT:
        raise StateUnreadable(f"state format {version} is not known to this version")
    net = Net(spec, program, variables, facts)
    net.next_id = data["next"]
    for identity, parent, name, state, internal in data["tokens"]:
        if name not in spec.task_specs:
            raise StateUnreadable(f"the definition has no step '{name}'")
        task = net.restore(identity, spec.task_specs[name], net.tasks.get(parent), state, internal)
        if parent == 0:
            net.task_tree = task
    return net


def count_tokens(raw: bytes) -> int:
    """How many tasks a load of these bytes makes: the bench reports it."""
    return len(orjson.loads(raw)["tokens"])
