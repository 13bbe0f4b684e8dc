"""Templates to answers."""

import json
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from app.web.swedish import marked, tongue
from app.web.translations import Language, translations
from app.web.views import Viewer

HERE = Path(__file__).resolve().parents[1]
BUILD = HERE / "static" / "build"


@lru_cache(maxsize=2)
def _environment(language: Language) -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=False,
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # by the extension
    made.filters |= filters(language)
    return made


def filters(language: Language) -> dict[str, Callable[[str], Markup]]:
    """What the templates write Swedish words with: see app/web/swedish.py."""
    return {"marked": partial(marked, language=language), "tongue": partial(tongue, language=language)}


@lru_cache(maxsize=1)
def _manifest() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((BUILD / "manifest.json").read_text())
    except FileNotFoundError:
        return {}
    return found


def asset(name: str) -> str:
    """The address of a static file, with its content's hash so that a new version is fetched at once."""
    version = _manifest().get(name)
    return f"/static/{name}?v={version}" if version else f"/static/{name}"


def render(
    template: str,
    page: object,
    *,
    language: Language,
    viewer: Viewer | None = None,
    current: str = "",
    csrf_token: str = "",
    status: int = 200,
) -> HTMLResponse:
    """A whole page."""
    context: dict[str, Any] = {
        "page": page,
        "language": language,
        "viewer": viewer,
        "current": current,
        "csrf_token": csrf_token,
        "asset": asset,
    }
    html = _environment(language).get_template(template).render(context)
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})
