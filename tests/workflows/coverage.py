"""docs/coverage.md: what the adopted plans ask for, and where each row of it runs and is tried.

After a change of workflows/coverage.toml, write the page anew:

    .venv/bin/python -m tests.workflows.coverage
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "coverage.md"
SOURCE = ROOT / "workflows" / "coverage.toml"
HEAD = """# What the plans ask for, and where it runs

The adopted plans of four municipalities name these processes. Each row says which plan (in `workflows/seeds/`), in
which words, the process definition that does it, and the story that tells it as a test: who does what, when, and what
is left afterwards.

This page is made of `workflows/coverage.toml` by `python -m tests.workflows.coverage`, and tests hold it to its word:
every quote stands in its plan, every process says that it covers the row, and every story is there. In `make thorough`
each process is taken away in turn, and its stories must fail.
"""


@dataclass(frozen=True)
class Row:
    """A process that a plan asks for. `story` is file::function in tests/workflows."""

    id: str
    name: str
    municipality: str
    seed: str
    quote: str
    workflow: str
    story: str


def rows() -> list[Row]:
    """The rows, in their own order."""
    return [Row(id=key, **values) for key, values in tomllib.loads(SOURCE.read_text(encoding="utf-8")).items()]


def page() -> str:
    """The page as it should stand."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield HEAD
    place = ""
    for row in rows():
        if row.municipality != place:
            place = row.municipality
            yield from (
                "",
                f"## {_name(place)}",
                "",
                "| | process | the plan's words | plan | process definition | story |",
                "|---|---|---|---|---|---|",
            )
        file, _, function = row.story.partition("::")
        folder = f"[`{row.workflow}`](../workflows/{row.workflow}/README.md)"
        story = f"[{function.removeprefix('test_').replace('_', ' ')}](../tests/workflows/{file})"
        yield f"| {row.id} | {row.name} | ”{row.quote}” | `{row.seed[:3]}` | {folder} | {story} |"
    yield ""


def _name(place: str) -> str:
    profile = tomllib.loads((ROOT / "municipalities" / f"{place}.toml").read_text(encoding="utf-8"))
    return str(profile["name"])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
