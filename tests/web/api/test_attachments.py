"""Attachments: what a file is, its content decides; who may see the task may fetch it."""

import io
import zipfile
from collections.abc import Callable

import pytest

from app.domain.errors import InvalidInput
from app.services.attachments import MAX_BYTES, judge, plain_name
from app.services.installation import Installation
from tests.services.test_attachment_texts import pdf, word
from tests.web.api.conftest import Caller

By = Callable[[str], Caller]

OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "application/vnd.oasis.opendocument"
PDF = pdf("Protokoll")
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 20
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 20


def package(*names: str, mimetype: str | None = None) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        if mimetype is not None:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<a/>")
    return made.getvalue()


TAKEN = {
    "a.pdf": (PDF, "application/pdf"),
    "a.png": (PNG, "image/png"),
    "a.jpeg": (JPEG, "image/jpeg"),
    "a.docx": (package("[Content_Types].xml", "word/document.xml"), f"{OFFICE}.wordprocessingml.document"),
    "a.xlsx": (package("[Content_Types].xml", "xl/workbook.xml"), f"{OFFICE}.spreadsheetml.sheet"),
    "a.pptx": (package("[Content_Types].xml", "ppt/presentation.xml"), f"{OFFICE}.presentationml.presentation"),
    "a.odt": (package("content.xml", mimetype=f"{OPEN}.text"), f"{OPEN}.text"),
    "a.ods": (package("content.xml", mimetype=f"{OPEN}.spreadsheet"), f"{OPEN}.spreadsheet"),
    "a.txt": ("Hej på dig\n".encode(), "text/plain"),
    "a.csv": ("År;Antal\r\n2026;3\r\n".encode("cp1252"), "text/csv"),
}

REFUSED = {
    "a program": b"MZ\x90\x00" + b"\x00" * 60,
    "a Linux program": b"\x7fELF" + b"\x00" * 60,
    "a script": b"#!/bin/sh\nrm -rf /\n",
    "a page": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "a page with a remark first": b"<!-- x --><html></html>",
    "a page behind a byte order mark": b"\xef\xbb\xbf  <html>",
    "a drawing that runs": b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
    "XML": b"<?xml version='1.0'?><a/>",
    "text with a script within": b"Hej\n<script>alert(1)</script>",
    "a PDF with something before it": b"MZ" + PDF,
    "a document with macros": package("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "any zip": package("a.txt"),
    "a program library": package("META-INF/MANIFEST.MF", "A.class"),
    "another OpenDocument": package("content.xml", mimetype=f"{OPEN}.graphics"),
    "half a zip": package("[Content_Types].xml", "word/document.xml")[:40],
    "bytes": bytes(range(256)),
    "nothing": b"",
}


@pytest.mark.parametrize("name", TAKEN)
def test_the_kinds_that_people_send_are_known_by_their_content(name: str) -> None:
    content, kind = TAKEN[name]
    assert judge(content, name) == kind
    # Another ending makes no other file of it; text alone is told apart by its name.
    assert judge(content, "x.exe") in {kind, "text/plain"}


@pytest.mark.parametrize("name", REFUSED)
def test_other_kinds_are_refused_whatever_they_call_themselves(name: str) -> None:
    for ending in (".pdf", ".txt", ".docx"):
        with pytest.raises(InvalidInput):
            judge(REFUSED[name], f"a{ending}")


def test_a_name_loses_its_folders_and_an_ending_that_belies_the_content() -> None:
    assert plain_name("C:\\Users\\Åsa\\protokoll.pdf", "application/pdf") == "protokoll.pdf"
    assert plain_name("../../etc/passwd", "text/plain") == "passwd.txt"
    assert plain_name("bild.html", "image/png") == "bild.html.png"
    assert plain_name('a"\r\nb.pdf', "application/pdf") == 'a"b.pdf'
    assert plain_name("", "application/pdf") == "fil.pdf"
    assert len(plain_name("x" * 500 + ".pdf", "application/pdf")) == 150


def test_a_file_is_attached_listed_and_fetched_to_be_saved(october: Installation, by: By) -> None:
    caller = by("soc.rep")
    task = caller.get("/user-tasks").json()["items"][0]
    content = PDF + b"\n%" + b"x" * 700_000
    put = caller.post(f"/user-tasks/{task['id']}/attachments", files={"file": ("Protokoll å.pdf", content)})
    assert put.status_code == 201, put.text
    assert (put.json()["media_type"], put.json()["size"]) == ("application/pdf", len(content))
    (listed,) = by("sakerhetschef").get(f"/user-tasks/{task['id']}/attachments").json()["items"]
    assert listed == put.json()
    got = by("sakerhetschef").get(f"/attachments/{listed['id']}")
    assert got.content == content
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["content-disposition"] == (
        "attachment; filename=\"Protokoll__.pdf\"; filename*=UTF-8''Protokoll%20%C3%A5.pdf"
    )
    assert got.headers["x-content-type-options"] == "nosniff"
    assert by("skola.rep").get(f"/attachments/{listed['id']}").status_code == 403
    assert by("kommunpolis").get(f"/attachments/{listed['id']}").status_code == 404


def test_a_page_in_a_documents_clothes_is_refused(october: Installation, by: By) -> None:
    task = by("soc.rep").get("/user-tasks").json()["items"][0]
    answer = by("soc.rep").post(
        f"/user-tasks/{task['id']}/attachments", files={"file": ("a.pdf", b"<html>", "application/pdf")}
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/file")


def test_twenty_five_megabytes_are_taken_and_a_byte_more_is_not(october: Installation, by: By) -> None:
    caller = by("soc.rep")
    path = f"/user-tasks/{caller.get('/user-tasks').json()['items'][0]['id']}/attachments"
    whole = PDF + b"x" * (MAX_BYTES - len(PDF))
    assert caller.post(path, files={"file": ("stor.pdf", whole)}).status_code == 201
    over = caller.post(path, files={"file": ("stor.pdf", whole + b"x")})
    assert (over.status_code, over.json()["type"]) == (413, "/problems/too-large")
    assert caller.post(path, files={"file": ("stor.pdf", whole + b"x" * 200_000)}).status_code == 413


def test_a_file_with_a_personal_number_is_refused_and_not_kept(october: Installation, by: By) -> None:
    caller = by("soc.rep")
    task = caller.get("/user-tasks").json()["items"][0]
    for name, content in {
        "a.docx": word("8112", "28-9874"),
        "a.pdf": pdf("811228-9874"),
        "a.csv": b"811228-9874",
    }.items():
        put = caller.post(f"/user-tasks/{task['id']}/attachments", files={"file": (name, content)})
        assert put.status_code == 422, put.text
        assert "personnummer" in put.json()["detail"]
        assert "811228" not in put.text
    assert caller.get(f"/user-tasks/{task['id']}/attachments").json()["items"] == []
