"""Ärenden: the list, and one instance with its diagram, its steps in words and its history."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse, JSONResponse, Response

from app.db import people
from app.db.prevention import documents
from app.db.process import deployments, history, process_instances, user_tasks
from app.db.process.process_instances import ProcessInstance
from app.db.process.user_tasks import UserTask
from app.domain.clock import local_date
from app.domain.principals import is_internal, may_do, oversees
from app.engine.programs import Node
from app.services.process import positions
from app.services.process.advancing import loaded
from app.services.process.positions import Standing, Status
from app.web.pages import timers
from app.web.pages.visits import Posted, Visit, Visiting, require_csrf, see_other, text_of
from app.web.pages.wording import (
    day_in_full,
    due_tag,
    history_rows,
    role_phrase,
    stamp_of_day,
    status_tag,
)
from app.web.paging import After, page_of, read_instant_key
from app.web.swedish import Swedish, joined, put
from app.web.translations import translations
from app.web.views import (
    Choice,
    DocumentRow,
    Fact,
    Filter,
    InstanceListPage,
    InstancePage,
    InstanceRow,
    LinkText,
    MoveDay,
    Selection,
    StepRow,
    Tag,
    Tone,
)

router = APIRouter(include_in_schema=False)

MOST = 100
MAX_SEARCH = 100
_STATES = ("active", "suspended", "ended", "cancelled")
_KIND_WORDS = {
    "user": "Uppgift",
    "action": "Automatiskt steg",
    "call": "Underärende",
    "receive": "Väntar på meddelande",
    "catch": "Väntar",
    "scope": "Delprocess",
}
_TONES: Mapping[Status, Tone] = {"completed": "success", "active": "info", "late": "danger", "failed": "danger"}


@router.get("/arenden")
def show_list(
    visit: Visiting,
    status: Annotated[str, Query(max_length=20)] = "active",
    q: Annotated[str, Query(max_length=MAX_SEARCH)] = "",
    efter: After = None,
) -> HTMLResponse:
    """The instances of the municipalities where I hold a role of the municipality's own.

    `q` is looked for in their names, `efter` is where the following page begins.
    """
    text = q.strip()
    places = [place for place in sorted(visit.names) if is_internal(visit.principal, place)]
    found = process_instances.page(
        visit.uow.session,
        places,
        status=status if status in _STATES else None,
        text=text or None,
        after=read_instant_key(efter),
        limit=MOST + 1,
    )
    rows, following = page_of(found, MOST, lambda row: (row.started_at, row.id))
    waiting = _open_tasks(visit, rows)
    more = {"status": status, "q": text, "efter": following}
    page = InstanceListPage(
        summary=_count_in_words(visit, len(rows)),
        instances=tuple(_row(visit, row, waiting.get(row.id, [])) for row in rows),
        filter=Filter((_status_choice(visit, status),), text, is_active=status != "active" or bool(text)),
        more_url=f"/arenden?{urlencode(more)}" if following else "",
    )
    return visit.page("pages/instances.html", page, current="instances")


def _count_in_words(visit: Visit, count: int) -> str:
    words = translations(visit.language).ngettext("%(n)s ärende visas.", "%(n)s ärenden visas.", count)
    return words % {"n": count}


def _open_tasks(visit: Visit, rows: Sequence[ProcessInstance]) -> dict[UUID, list[UserTask]]:
    found: dict[UUID, list[UserTask]] = {}
    for task in user_tasks.open_of_instances(visit.uow.session, [row.id for row in rows]):
        found.setdefault(task.process_instance_id, []).append(task)
    return found


def _row(visit: Visit, row: ProcessInstance, tasks: list[UserTask]) -> InstanceRow:
    return InstanceRow(
        f"/arenden/{row.id}",
        Swedish(row.name),
        visit.municipality_name(row.municipality_id),
        _status(visit, row, tasks),
        _waits_for(visit, tasks),
        stamp_of_day(tasks[0].due_on, visit.language) if tasks else None,
    )


def _status(visit: Visit, row: ProcessInstance, tasks: list[UserTask]) -> Tag:
    if row.status == "active" and tasks and tasks[0].due_on < visit.uow.today:
        return Tag(visit.words("Försenat"), "danger")
    return status_tag(row, visit.language)


def _waits_for(visit: Visit, tasks: list[UserTask]) -> str:
    """The task that is due first, and how many more there are."""
    if not tasks:
        return ""
    first = joined("", [Swedish(tasks[0].name), " (", role_phrase(tasks[0], visit.language), ")"])
    if len(tasks) == 1:
        return first
    return put(visit.words("%(task)s och %(n)s till"), {"task": first, "n": len(tasks) - 1})


def _status_choice(visit: Visit, chosen: str) -> Selection:
    words = {"active": "Pågående", "suspended": "Pausade", "ended": "Klara", "cancelled": "Avbrutna", "all": "Alla"}
    return Selection(
        "status",
        visit.words("Läge"),
        tuple(Choice(key, visit.words(word), key == chosen) for key, word in words.items()),
    )


@router.get("/arenden/{instance_id}")
def show(visit: Visiting, instance_id: UUID) -> HTMLResponse:
    """Where it stands, on the diagram and in words."""
    instance = positions.readable(visit.uow, instance_id)
    return visit.page("pages/instance.html", _page(visit, instance), current="instances")


@router.post("/arenden/{instance_id}/tidsgranser/{job_id}")
def move_timer(visit: Visiting, instance_id: UUID, job_id: UUID, items: Posted) -> Response:
    """Move a timer to another day, or show the page again with what is wrong."""
    require_csrf(visit, items)
    instance = positions.readable(visit.uow, instance_id)
    wrong = timers.move(visit, instance, job_id, text_of(items, "dag").strip(), text_of(items, "skal"))
    if wrong is None:
        return see_other(f"/arenden/{instance_id}#historik")
    return visit.page("pages/instance.html", _page(visit, instance, wrong), current="instances", status=422)


@router.get("/arenden/{instance_id}/diagram.bpmn")
def diagram(visit: Visiting, instance_id: UUID) -> Response:
    """The drawing, for the viewer."""
    instance = positions.readable(visit.uow, instance_id)
    return Response(deployments.xml(visit.uow.session, instance.definition_id), media_type="application/xml")


@router.get("/arenden/{instance_id}/lage.json")
def state(visit: Visiting, instance_id: UUID) -> JSONResponse:
    """What the viewer marks on the drawing."""
    instance = positions.readable(visit.uow, instance_id)
    nodes = loaded(visit.uow, instance).program.nodes
    elements = [
        {"id": element, "status": standing.status, "label": _words_of(visit, standing), "name": nodes[element].name}
        for element, standing in positions.standings(visit.uow, instance).items()
    ]
    # The diagram says "steg 4 av 12" by the numbers of the list beside it.
    return JSONResponse({"elements": elements, "steps": [node.id for node in _steps_of(nodes)]})


def _words_of(visit: Visit, standing: Standing) -> str:
    """How a step stands, as short as it is said on the drawing and in the list."""
    if standing.status == "failed":
        return visit.words("Ett fel väntar på åtgärd")
    if standing.status == "completed":
        return visit.words("Klar")
    opened = [task for task in standing.tasks if task.status == "open"]
    if not opened:
        return visit.words("Pågår") if standing.wait is None else visit.words("Väntar")
    late = [task for task in opened if task.due_on < visit.uow.today]
    said = due_tag(late[0], visit.uow.today, visit.language).text if late else visit.words("Pågår")
    if len(standing.tasks) > 1:
        said += f" · {sum(task.status == 'completed' for task in standing.tasks)}/{len(standing.tasks)}"
    return said


def _steps_of(nodes: Mapping[str, Node]) -> list[Node]:
    """The nodes that are steps to people, in the order they were drawn."""
    return [node for node in nodes.values() if node.kind in _KIND_WORDS and node.name]


def _page(visit: Visit, instance: ProcessInstance, typed: MoveDay | None = None) -> InstancePage:
    language = visit.language
    events = history.of_instance(visit.uow.session, instance.municipality_id, instance.id, limit=500)
    names = people.names(visit.uow.session, {e.person_id for e in events if e.person_id})
    nodes = loaded(visit.uow, instance).program.nodes
    steps = _steps(visit, instance, _steps_of(nodes))
    children = process_instances.children(visit.uow.session, instance.municipality_id, instance.id)
    return InstancePage(
        title=Swedish(instance.name),
        status=status_tag(instance, language),
        summary=_summary(visit, instance, steps),
        facts=tuple(_facts(visit, instance)),
        bpmn_url=f"/arenden/{instance.id}/diagram.bpmn",
        state_url=f"/arenden/{instance.id}/lage.json",
        steps=steps,
        history=history_rows(events, {n.id: n.name for n in nodes.values()}, names, language),
        papers=tuple(_papers(visit, instance)),
        timers=timers.timers_of(visit, instance, typed),
        documents=tuple(LinkText(Swedish(child.name), f"/arenden/{child.id}") for child in children),
    )


def _papers(visit: Visit, instance: ProcessInstance) -> Iterator[DocumentRow]:
    """The latest version of each document; earlier ones are kept, and read over the API."""
    seen: set[tuple[str, str]] = set()
    for row in documents.of_instance(visit.uow.session, instance.municipality_id, instance.id):
        if (row.type, row.confidentiality) in seen:
            continue
        seen.add((row.type, row.confidentiality))
        kind = visit.words("Offentlig") if row.confidentiality == "public" else visit.words("Intern")
        told = visit.words("version %(version)s den %(day)s") % {
            "version": row.version,
            "day": day_in_full(local_date(row.produced_at), visit.language),
        }
        files = (("pdf", "PDF"), ("docx", "Word"), ("html", visit.words("Webbsida")))
        yield DocumentRow(
            Swedish(row.title),
            f"{kind}, {told}",
            tuple(LinkText(words, f"/dokument/{row.id}/{name}") for name, words in files),
        )


def _summary(visit: Visit, instance: ProcessInstance, steps: tuple[StepRow, ...]) -> str:
    if instance.status == "ended":
        return visit.words("Ärendet är klart.")
    if instance.status == "cancelled":
        return visit.words("Ärendet avbröts: %(reason)s") % {"reason": instance.end_reason or ""}
    going = [step.name for step in steps if step.status.tone in {"info", "danger"}]
    return put(visit.words("Just nu: %(steps)s."), {"steps": joined(", ", going) or visit.words("väntar")})


def _facts(visit: Visit, instance: ProcessInstance) -> list[Fact]:
    found = [Fact(visit.words("Kommun"), visit.municipality_name(instance.municipality_id))]
    if instance.anchor_on:
        found.append(Fact(visit.words("Arbetar mot"), day_in_full(instance.anchor_on, visit.language)))
    found.append(Fact(visit.words("Period"), instance.period))
    if instance.business_key and oversees(visit.principal, instance.municipality_id):
        found.append(Fact(visit.words("Ärendenyckel"), instance.business_key))
    return found


def _steps(visit: Visit, instance: ProcessInstance, nodes: list[Node]) -> tuple[StepRow, ...]:
    standings = positions.standings(visit.uow, instance)
    return tuple(_step(visit, number, node, standings.get(node.id)) for number, node in enumerate(nodes, start=1))


def _step(visit: Visit, number: int, node: Node, standing: Standing | None) -> StepRow:
    tasks = standing.tasks if standing is not None else ()
    opened = [task for task in tasks if task.status == "open"]
    mine = next((task for task in opened if may_do(visit.principal, task)), None)
    shown = mine or next(iter((*opened, *tasks[-1:])), None)
    return StepRow(
        number,
        Swedish(node.name),
        visit.words(_KIND_WORDS[node.kind]),
        Tag(_words_of(visit, standing), _TONES[standing.status])
        if standing is not None
        else Tag(visit.words("Inte påbörjad")),
        role_phrase(shown, visit.language) if shown else "",
        stamp_of_day(shown.due_on, visit.language) if shown else None,
        f"/uppgifter/{mine.id}" if mine else "",
    )
