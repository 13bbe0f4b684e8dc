"""The Swedish words of the interface, as they stand in templates and code, and the English catalogue beside them.

After new words, or words changed, write the catalogue anew and fill in what became empty:

    .venv/bin/python -m tests.web.msgids

Babel finds what is written straight into ``_("...")``, ``visit.words("...")``, ``gettext_in(language, "...")`` and
``ngettext("...", "...", n)``. What stands in a table and is put into words later is found through ``TABLES``.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from app.web.translations import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "app" / "web"
KEYWORDS = {**DEFAULT_KEYWORDS, "words": None, "gettext_in": (2,)}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
# A template that cannot be read must be an error, not a template without words.
OPTIONS = {"templates/**.html": {"silent": "false"}}

Msgid = str | tuple[str, str]


@dataclass(frozen=True)
class Table:
    """A dict, tuple or list of Swedish words in a module under app/web; the words are translated when they are shown.

    ``place`` is where in each row (value of a dict) the words stand, None when the row is the words. ``spoken_as`` are
    the expressions with which the module hands them to ``words`` or ``gettext_in``.
    """

    module: str
    name: str
    spoken_as: frozenset[str]
    place: int | None = None


TABLES = (
    Table("pages/wording.py", "_STATUS", frozenset({"words"}), place=0),
    Table("pages/wording.py", "_HISTORY", frozenset({"sentence"})),
    Table("pages/wording.py", "_WARNED", frozenset({"_WARNED[kind]"})),
    Table("pages/calendars.py", "_STATUS", frozenset({"words"}), place=0),
    Table("pages/measures.py", "_STATUS", frozenset({"words"}), place=0),
    Table("pages/commitment_ledgers.py", "_STATUS", frozenset({"words"}), place=0),
    Table("pages/calendars.py", "_CLOCKS", frozenset({"words"}), place=0),
    Table("pages/calendars.py", "_DUTIES", frozenset({"_DUTIES[watch.duty]"})),
    Table("pages/imports.py", "_RESULTS", frozenset({"text"}), place=0),
    Table("pages/calendar_words.py", "_GROUPS", frozenset({"title"})),
    Table("pages/instances.py", "_KIND_WORDS", frozenset({"_KIND_WORDS[node.kind]"})),
    Table("pages/instances.py", "words", frozenset({"word"})),
    Table("pages/wheel.py", "_TAGS", frozenset({"words"}), place=0),
    Table("pages/wheel.py", "_PHASES", frozenset({"words", "phase"}), place=1),
)
# The functions that hand on to the catalogue what they were given themselves.
HANDING_ON = frozenset({("pages/visits.py", "text"), ("translations.py", "text")})


def written_msgids() -> dict[Msgid, list[str]]:
    """Every msgid of templates and code, with the files where it stands."""
    found: dict[Msgid, list[str]] = {}
    for file_name, _line, message, _comments, _context in extract_from_dir(WEB, METHODS, OPTIONS, KEYWORDS):
        _note(found, _msgid(message), file_name)
    for table in TABLES:
        for words in words_of(table):
            _note(found, words, table.module)
    return found


def template_msgids() -> set[str]:
    """The msgids of the templates alone; a counted one as its singular and its plural."""
    found: set[str] = set()
    for _file, _line, message, _comments, _context in extract_from_dir(WEB, METHODS[1:], OPTIONS, KEYWORDS):
        found |= {message} if isinstance(message, str) else set(message)
    return found


def words_of(table: Table) -> Iterator[str]:
    """The words of a table, read from the source. Raises LookupError when the module has no such table,
    TypeError when something else stands in its place for words."""
    for node in ast.walk(parsed(table.module)):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id == table.name:
            value = getattr(node, "value", None)
            if isinstance(value, ast.Dict | ast.Tuple | ast.List):
                rows = value.values if isinstance(value, ast.Dict) else value.elts
                yield from (_text(table, row) for row in rows)
                return
    raise LookupError(f"app/web/{table.module} has no table {table.name}.")


def variables_put_into_words() -> set[tuple[str, str]]:
    """The module and the expression of every call for a translation whose msgid is not written in the call."""
    found = set()
    for module in modules():
        for node in ast.walk(parsed(module)):
            if isinstance(node, ast.Call):
                found |= {(module, ast.unparse(given)) for given in _msgid_arguments(node) if not _is_text(given)}
    return found


def modules() -> list[str]:
    """The modules under app/web, as paths from there."""
    return sorted(path.relative_to(WEB).as_posix() for path in WEB.rglob("*.py"))


def parsed(module: str) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse((WEB / module).read_text(encoding="utf-8"))


def english() -> Catalog:
    """The English catalogue as it is stored."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def update() -> None:
    """Write the catalogue anew: new msgids empty, unused ones gone, the rest as they were translated."""
    old = english()
    new = Catalog(
        locale="en",
        header_comment=old.header_comment,
        project=old.project,
        version=old.version,
        msgid_bugs_address=old.msgid_bugs_address,
        creation_date=old.creation_date,
        revision_date=old.revision_date,
        last_translator=old.last_translator,
        language_team=old.language_team,
        fuzzy=False,
    )
    for msgid, files in sorted(written_msgids().items(), key=lambda item: str(item[0])):
        known = old.get(msgid)
        new.add(
            msgid,
            known.string if known is not None else None,
            locations=[(f"app/web/{file_name}", 0) for file_name in sorted(files)],
            flags=known.flags if known is not None else (),
            user_comments=known.user_comments if known is not None else (),
        )
    with CATALOGUE.open("wb") as file:
        write_po(file, new, width=100, sort_by_file=True, include_lineno=False)


def _note(found: dict[Msgid, list[str]], msgid: Msgid, file_name: str) -> None:
    files = found.setdefault(msgid, [])
    if file_name not in files:
        files.append(file_name)


def _msgid(message: str | tuple[str, ...]) -> Msgid:
    return message if isinstance(message, str) else (message[0], message[1])


def _text(table: Table, row: ast.expr) -> str:
    words: Any = ast.literal_eval(row)
    found = words if table.place is None else words[table.place]
    if not isinstance(found, str):
        raise TypeError(f"{table.name} in app/web/{table.module} has {found!r} where its words should be.")
    return found


def _msgid_arguments(call: ast.Call) -> list[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in KEYWORDS:
        return []
    places = KEYWORDS[name] or (1,)
    return [call.args[place - 1] for place in places if isinstance(place, int) and place <= len(call.args)]


def _is_text(given: ast.expr) -> bool:
    return isinstance(given, ast.Constant) and isinstance(given.value, str)


if __name__ == "__main__":
    update()
