"""The two statements that are open to everybody say what is so."""

from collections.abc import Callable

from structlog.testing import capture_logs

from app.services.installation import Installation
from tests.web.conftest import Visitor

AsPerson = Callable[[str], Visitor]


def test_no_log_is_kept_of_who_signs_in_and_reads_what(autumn: Installation, as_person: AsPerson) -> None:
    with capture_logs() as lines:
        visitor = as_person("soc.rep")
        assert visitor.first_task().status == 200
        assert visitor.get("/arenden").status == 200
        assert visitor.get("/finns-inte").status == 404
    assert lines == []
    assert "ingen logg över vem som läser vilken sida" in visitor.get("/personuppgifter").text()


def test_the_statement_leads_to_whoever_supervises_the_law(stranger: Visitor) -> None:
    page = stranger.get("/tillganglighet")
    assert page.root.xpath("//main//a[contains(@href, 'digg.se')]/@href") == ["https://www.digg.se/tdosanmalan"]
    assert "Digg" in page.text()
