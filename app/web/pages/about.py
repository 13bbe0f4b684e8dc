"""Tillgänglighetsredogörelse and how personal data is handled: open to everybody."""

from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.web.pages.visits import Anybody, page_for
from app.web.pages.wording import stamp_of_day
from app.web.swedish import Swedish
from app.web.views import AccessibilityPage, LinkText, PrivacyPage

router = APIRouter(include_in_schema=False)

WRITTEN_ON = date(2026, 11, 21)
# Who sees to it that the law is followed, and takes notifications under its 18 §: förordningen (2018:1938) om
# tillgänglighet till digital offentlig service, 6 §. Should the task move, its words and address move here.
AUTHORITY = LinkText(Swedish("Myndigheten för digital förvaltning (Digg)"), "https://www.digg.se/tdosanmalan")


@router.get("/tillganglighet")
def accessibility(request: Request, reader: Anybody) -> HTMLResponse:
    """The statement that DOS-lagen asks for."""
    page = AccessibilityPage(
        provider=Swedish(request.app.state.provider),
        contact_email=request.app.state.contact_email,
        authority=AUTHORITY,
        assessed=stamp_of_day(WRITTEN_ON, reader.language),
        updated=stamp_of_day(WRITTEN_ON, reader.language),
    )
    return page_for(reader, "pages/accessibility.html", page)


@router.get("/personuppgifter")
def privacy(request: Request, reader: Anybody) -> HTMLResponse:
    """What is stored about people, and why."""
    page = PrivacyPage(
        controller=Swedish(request.app.state.provider),
        contact_email=request.app.state.contact_email,
        officer_email=request.app.state.contact_email,
        updated=stamp_of_day(WRITTEN_ON, reader.language),
    )
    return page_for(reader, "pages/privacy.html", page)
