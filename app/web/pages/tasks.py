"""Mina uppgifter."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse

from app.db.prevention import municipalities
from app.db.process import user_tasks
from app.db.process.user_tasks import UserTask
from app.domain.principals import administers
from app.domain.swedish_dates import short_date
from app.web.pages.visits import Visit, Visiting, see_other
from app.web.pages.wording import due_tag, stamp_of_instant
from app.web.paging import After, page_of, read_due_key
from app.web.swedish import Swedish, joined
from app.web.translations import translations
from app.web.views import DoneTask, LinkText, TaskCard, TaskListPage, TaskSection

router = APIRouter(include_in_schema=False)

MOST = 100
NOW_DAYS = 14


@router.get("/")
def home() -> RedirectResponse:
    """The inbox is home."""
    return see_other("/mina-uppgifter")


@router.get("/mina-uppgifter")
def show(visit: Visiting, efter: After = None) -> HTMLResponse:
    """What I owe, by when; `efter` is where the following page begins."""
    principal = visit.principal
    roles = [(held.municipality, held.role, held.scope_id) for held in principal.roles]
    found = user_tasks.open_for(
        visit.uow.session, principal.id, principal.stands_for, roles, after=read_due_key(efter), limit=MOST + 1
    )
    rows, following = page_of(found, MOST, lambda task: (task.due_on, task.id))
    done = user_tasks.completed_by(visit.uow.session, principal.id) if efter is None else []
    page = _page(visit, rows, done, f"/mina-uppgifter?efter={following}" if following else "")
    return visit.page("pages/tasks.html", page, current="tasks")


def _page(visit: Visit, found: Sequence[UserTask], done: list[UserTask], more_url: str) -> TaskListPage:
    today = visit.uow.today
    soon = today + timedelta(days=NOW_DAYS)
    now = [task for task in found if task.due_on <= soon]
    later = [task for task in found if task.due_on > soon]
    return TaskListPage(
        summary=_summary(visit, found, is_all=not more_url),
        undecided=_undecided(visit),
        more_url=more_url,
        sections=(
            TaskSection(
                visit.words("Behöver göras nu"),
                tuple(_card(visit, task) for task in now),
                visit.words("Inget behöver göras just nu."),
            ),
            TaskSection(
                visit.words("Kommande"),
                tuple(_card(visit, task) for task in later),
                visit.words("Inget mer är på gång. Du får en ny uppgift när det är din tur."),
            ),
        ),
        done=tuple(_done(visit, task, task.closed_at) for task in done if task.closed_at is not None),
    )


def _done(visit: Visit, task: UserTask, at: datetime) -> DoneTask:
    return DoneTask(
        f"/uppgifter/{task.id}", Swedish(task.name), Swedish(task.instance_name), stamp_of_instant(at, visit.language)
    )


def _undecided(visit: Visit) -> tuple[LinkText, ...]:
    """For an administrator: the municipalities of theirs whose plan leaves something open."""
    own = [place for place in sorted(visit.principal.municipalities) if administers(visit.principal, place)]
    rows = municipalities.some(visit.uow.session, own) if own else []
    words = visit.words("Det finns saker kvar att besluta för %(name)s")
    return tuple(
        LinkText(words % {"name": row.name}, f"/att-besluta?kommun={row.id}")
        for row in rows
        if row.profile.get("undecided") or row.profile.get("warning")
    )


def _summary(visit: Visit, found: Sequence[UserTask], *, is_all: bool) -> str:
    late = sum(1 for task in found if task.due_on < visit.uow.today)
    words = translations(visit.language)
    if not found:
        return visit.words("Du har inga uppgifter.")
    if not is_all:
        return visit.words("Här är %(n)s av dina uppgifter. Fler finns sist på sidan.") % {"n": len(found)}
    many = words.ngettext("Du har %(n)s uppgift.", "Du har %(n)s uppgifter.", len(found)) % {"n": len(found)}
    if not late:
        return many
    return many + " " + words.ngettext("%(n)s är försenad.", "%(n)s är försenade.", late) % {"n": late}


def _card(visit: Visit, task: UserTask) -> TaskCard:
    parts: list[str] = [Swedish(task.instance_name)]
    if task.scope_name:
        parts.append(Swedish(task.scope_name))
    if len(visit.principal.municipalities) > 1:
        parts.append(visit.municipality_name(task.municipality_id))
    parts.append(visit.words("Senast %(day)s") % {"day": short_date(task.due_on, visit.language)})
    return TaskCard(
        f"/uppgifter/{task.id}",
        Swedish(task.name),
        joined(" · ", parts),
        due_tag(task, visit.uow.today, visit.language),
    )
