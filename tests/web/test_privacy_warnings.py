"""What may point at a person is shown to the writer, who says that it does not before it is sent in."""

from collections.abc import Callable

import pytest

from app.services.installation import Installation
from tests.web.conftest import Shown, Visitor

AsPerson = Callable[[str], Visitor]

BOX = "//input[@type='checkbox'][@name='_checked']"
FILLED = {
    "lagesbild": "Ring fritidsgården på 0583-810 00 om något händer.",
    "nytt_fenomen": "false",
    "forslag_atgarder.0.atgard": "Bättre belysning vid busstationen",
    "forslag_atgarder.0.orsak": "Platsen är mörk på kvällarna",
    "forslag_atgarder.0.typ": "situationell",
    "forslag_atgarder.0.agare": "Tekniska förvaltningen",
    "forslag_atgarder.0.klar_senast": "2027-05-31",
    "forslag_atgarder.0.indikator": "Anmälda skadegörelser per kvartal",
}


@pytest.fixture
def writer(autumn: Installation, as_person: AsPerson) -> Visitor:
    return as_person("soc.rep")


def warned(page: Shown) -> str:
    return page.text("//*[@id='f-caution']")


def test_a_warning_stops_the_sending_and_stands_at_the_top_and_at_the_field(writer: Visitor) -> None:
    page = writer.send(writer.first_task(), **FILLED)
    assert page.status == 422
    assert "Kontrollera innan du skickar" in warned(page)
    assert "”0583-810 00”" in warned(page)
    assert page.root.xpath("//*[@id='f-caution']//li/a/@href") == ["#f-lagesbild"]
    assert "telefonnummer" in page.text("//*[@id='f-lagesbild--warning']")
    (field,) = page.root.xpath("//*[@id='f-lagesbild']")
    assert "f-lagesbild--warning" in field.get("aria-describedby").split()
    assert field.get("aria-invalid") is None
    assert page.text("//title").startswith("Kontrollera: ")


def test_nothing_typed_is_lost_when_a_warning_is_shown(writer: Visitor) -> None:
    page = writer.send(writer.first_task(), **FILLED)
    assert {name: page.fields()[name] for name in FILLED} == {name: [value] for name, value in FILLED.items()}


def test_the_form_is_sent_when_the_writer_says_that_the_text_points_at_nobody(writer: Visitor) -> None:
    page = writer.send(writer.first_task(), **FILLED)
    (box,) = page.root.xpath(BOX)
    assert box.get("checked") is None
    done = writer.send(page, _checked=["", box.get("value")])
    assert (done.status, done.url.rpartition("/")[2]) == (200, "klar")


def test_sending_again_without_the_box_says_so_at_the_box(writer: Visitor) -> None:
    page = writer.send(writer.send(writer.first_task(), **FILLED))
    assert page.status == 422
    (box,) = page.root.xpath(BOX)
    assert box.get("aria-invalid") == "true"
    assert "kryssa i rutan" in page.text(f"//*[@id='{box.get('aria-describedby')}']")


def test_a_ticked_box_does_not_cover_what_was_written_afterwards(writer: Visitor) -> None:
    page = writer.send(writer.first_task(), **FILLED)
    mark = page.root.xpath(BOX)[0].get("value")
    text = FILLED["lagesbild"] + " Eller 070-123 45 67."
    page = writer.send(page, lagesbild=text, _checked=["", mark])
    assert page.status == 422
    assert "”070-123 45 67”" in warned(page)
    assert page.root.xpath(BOX)[0].get("checked") is None


def test_taking_a_number_out_needs_no_new_word_about_the_others(writer: Visitor) -> None:
    both = {**FILLED, "lagesbild": FILLED["lagesbild"] + " Eller 070-123 45 67."}
    page = writer.send(writer.first_task(), **both)
    mark = page.root.xpath(BOX)[0].get("value")
    assert writer.send(page, **FILLED, _checked=["", mark]).status == 200


def test_faults_and_warnings_are_shown_at_once(writer: Visitor) -> None:
    page = writer.send(writer.first_task(), **{**FILLED, "nytt_fenomen": ""})
    assert page.root.xpath("//*[@id='f-errors']//a/@href") == ["#f-nytt_fenomen"]
    assert page.root.xpath("//*[@id='f-caution']//li/a/@href") == ["#f-lagesbild"]
    assert page.text("//title").startswith("Fel: ")
    mark = page.root.xpath(BOX)[0].get("value")
    assert writer.send(page, nytt_fenomen="false", _checked=["", mark]).status == 200


def test_a_text_that_is_put_right_is_sent_without_any_box(writer: Visitor) -> None:
    page = writer.send(writer.first_task(), **FILLED)
    assert writer.send(page, lagesbild="Ring fritidsgården om något händer.").status == 200


def test_what_the_guard_stops_cannot_be_ticked_away(writer: Visitor) -> None:
    page = writer.send(writer.first_task(), **{**FILLED, "lagesbild": "850709-9805 på 0583-810 00"})
    assert page.root.xpath("//*[@id='f-errors']//a/@href") == ["#f-lagesbild"]
    mark = page.root.xpath(BOX)[0].get("value")
    assert writer.send(page, _checked=["", mark]).status == 422


ABOUT_SOMEBODY = {**FILLED, "lagesbild": "En somalisk kille säljer cigaretter vid stationen."}


def test_what_may_be_about_somebody_is_sent_with_a_reason_only(writer: Visitor) -> None:
    page = writer.send(writer.first_task(), **ABOUT_SOMEBODY)
    assert "etniska ursprung" in page.text("//*[@id='f-lagesbild--warning']")
    (box,) = page.root.xpath(BOX)
    page = writer.send(page, _checked=["", box.get("value")])
    assert page.status == 422
    (reason,) = page.root.xpath("//input[@name='_reason']")
    assert reason.get("aria-invalid") == "true"
    page = writer.send(page, _checked=["", box.get("value")], _reason="Kevin Ek langar där")
    assert page.status == 422
    assert "utan att peka ut" in page.text("//*[@id='f-errors']")
    page = writer.send(page, _checked=["", box.get("value")], _reason="Hatbrottsmotivet hänger på det")
    assert page.status == 200


def test_the_history_says_who_let_which_kinds_stand_and_why_but_never_what_they_were(
    writer: Visitor, token: Callable[[str], str]
) -> None:
    page = writer.send(writer.first_task(), **ABOUT_SOMEBODY)
    task_id = page.url.rpartition("/")[2]
    mark = page.root.xpath(BOX)[0].get("value")
    writer.send(page, _checked=["", mark], _reason="Hatbrottsmotivet hänger på det")
    leader = {"Authorization": f"Bearer {token('sakerhetschef')}"}
    task = writer.client.get(f"/api/v1/user-tasks/{task_id}", headers=leader).json()
    path = f"/api/v1/process-instances/{task['process_instance_id']}/history?limit=200"
    (line,) = [x for x in writer.client.get(path, headers=leader).json()["items"] if x["kind"] == "warnings_confirmed"]
    assert line["detail"] == {"of": "form", "kinds": {"ethnicity": 1}, "reason": "Hatbrottsmotivet hänger på det"}
    assert line["person_id"] == task["closed_by"]
    shown = writer.get(f"/uppgifter/{task_id}").text()
    assert "fick stå kvar: uppgift om ursprung eller tro (1). Hatbrottsmotivet" in shown


def test_a_comment_is_asked_about_before_it_is_written_and_nothing_is_lost(writer: Visitor) -> None:
    task = writer.first_task()
    text = "Ring fritidsgården på 0583-810 00."
    token_field = task.fields()["csrf_token"]
    page = writer.post(f"{task.url}/kommentarer", {"csrf_token": token_field, "text": text})
    assert page.status == 422
    assert "telefonnummer" in page.text("//*[@id='kommentar-caution']")
    assert page.text("//textarea[@id='kommentar']") == text
    (box,) = page.root.xpath("//*[@id='kommentar-caution--box']")
    fields = {"csrf_token": token_field, "text": text, "_checked": ["", box.get("value")]}
    page = writer.post(f"{task.url}/kommentarer", fields)
    assert page.status == 200
    assert text in page.text("//ol[@class='talk']")


def test_a_comment_with_a_personal_number_is_not_kept(writer: Visitor) -> None:
    task = writer.first_task()
    fields = {"csrf_token": task.fields()["csrf_token"], "text": "Gäller 8 5 0 7 0 9 9 8 0 5."}
    page = writer.post(f"{task.url}/kommentarer", fields)
    assert page.status == 422
    assert "personnummer" in page.text("//*[@id='kommentar-fel']")
    assert "8 5 0 7" not in writer.get(task.url).text()


def test_what_was_typed_stays_when_the_task_is_handed_to_somebody_else_meanwhile(
    writer: Visitor, token: Callable[[str], str]
) -> None:
    page = writer.first_task()
    leader = {"Authorization": f"Bearer {token('sakerhetschef')}"}
    director = {"Authorization": f"Bearer {token('kommundirektor')}"}
    body = {"person_id": writer.client.get("/api/v1/me", headers=director).json()["id"]}
    path = f"/api/v1/user-tasks/{page.url.rpartition('/')[2]}/assign"
    assert writer.client.post(path, json=body, headers=leader).status_code == 200
    refused = writer.send(page, **{**FILLED, "lagesbild": "Ring fritidsgården."})
    assert refused.status == 409
    assert refused.fields()["lagesbild"] == ["Ring fritidsgården."]
    assert "Någon annan har tagit uppgiften" in refused.text()
