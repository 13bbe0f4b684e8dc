"""A business rule task: its decision table is asked, and the answers become variables."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task

from app.engine.decisions import evaluate
from app.engine.expressions import ExpressionFailed
from app.engine.outcomes import EngineFault

if TYPE_CHECKING:
    from app.engine.nets import Net


def decide(net: "Net", task: Task) -> None:
    """Ask the table and set variables: those of `hjul:result`, or else every answer by its own name.

    A table that gives a list (COLLECT, RULE ORDER) sets the variable named as the decision. The answers are kept in
    the history. Raises EngineFault naming the step.
    """
    node = task.task_spec.node
    key = node.attributes["decision"]
    try:
        answers = evaluate(net.program.tables[key], net.visible(task), net.functions)
    except ExpressionFailed as error:
        raise EngineFault(
            node.id,
            f"Beslutstabellen ”{error.text}” gav inget svar: {error.why}.",
            f"The decision table '{error.text}' gave no answer: {error.why}.",
        ) from error
    named: Mapping[str, Any] = answers if isinstance(answers, dict) else {key: answers}
    if node.results:
        named = {name: named.get(source) for name, source in node.results}
    net.write(task, named)
    net.note("decision_made", node, {"decision": key, "answers": named})
