"""The examples in docs/records.md are called as they are written, and answer."""

import argparse
import re
import shlex
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from app.services.prevention import registers
from app.web.api.records import PATHS
from tests.web.api.conftest import Put

PAGE = (Path(__file__).resolve().parents[3] / "docs/records.md").read_text(encoding="utf-8")


def calls() -> list[argparse.Namespace]:
    asked = argparse.ArgumentParser()
    asked.add_argument("--silent", action="store_true")
    asked.add_argument("--request", default="GET")
    asked.add_argument("--header", action="append", default=[])
    asked.add_argument("--data")
    asked.add_argument("url")
    scripts = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    lines = [line for script in scripts for line in script.replace("\\\n", " ").splitlines()]
    assert {shlex.split(line)[0] for line in lines} == {"curl"}
    return [asked.parse_args(shlex.split(line)[1:]) for line in lines]


def test_every_example_is_answered(client: TestClient, token: Callable[[str], str], put: Put) -> None:
    values: dict[str, Any] = {"title": "Ny belysning vid busstationen", "status": "ongoing"}
    measure = put("measure", **values, follow_up_on=date(2027, 1, 15))
    put("situation_picture", status="adopted", crime="Färre stölder.")
    known = {"$TOKEN": token("sakerhetschef"), "$BASE": "/api/v1", "$MEASURE": measure}
    made = calls()
    assert len(made) > 10
    for call in made:
        for name, value in known.items():
            call.url = call.url.replace(name, value)
            call.header = [header.replace(name, value) for header in call.header]
        headers = dict(header.split(": ", 1) for header in call.header)
        answer = client.request(call.request, call.url, headers=headers, content=call.data)
        assert (call.url, answer.status_code, answer.text[:200]) == (call.url, 200, answer.text[:200])
        if "/measures?" in call.url:
            assert [row["id"] for row in answer.json()["items"]] == [measure]


def test_the_page_names_every_register_and_the_true_limits() -> None:
    assert {path for path in PATHS.values() if f"`/{path}`" not in PAGE} == set()
    assert f"at most {registers.MAX_ROWS:,} records and {registers.MAX_CHARACTERS // 1_000_000} MB" in PAGE
