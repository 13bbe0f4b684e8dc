"""The index of an audit file (revisionsfil): every paragraph with its state and proof, as a page and as a table.

The page opens in any browser straight from the archive and fetches nothing; the table opens in Excel.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

_RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so may be run as a formula by a spreadsheet."""

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}"
    "h2{margin-top:2rem}table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:600}"
    "th,td{border-bottom:1px solid #888;padding:.35rem .5rem;text-align:left;vertical-align:top}"
    "td:nth-child(2){white-space:nowrap}code,td a{overflow-wrap:anywhere;font-size:.85em}"
)


@dataclass(frozen=True)
class Enclosed:
    """A file of the archive: what it is in words, its day, its number in the minutes, where it lies, and its hash.

    `sha256` is of the file as it lies in the archive, `size` in bytes.
    """

    what: str
    on: str
    minutes: str
    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Indexed:
    """A paragraph: its number (`8–9 §§`), what it is called, state, what is missing, clocks in words, and its files.

    Where the duty does not apply, `missing` says why, and nothing is.
    """

    paragraph: str
    title: str
    state: str
    missing: str
    clocks: Sequence[str]
    files: Sequence[Enclosed]
    applies: bool = True


@dataclass(frozen=True)
class Words:
    """The words around it, in the reader's language (`language` as a page names it)."""

    language: str
    title: str
    lead: str
    missing: str
    nothing: str
    columns: tuple[str, str, str, str, str, str]
    table_columns: tuple[str, ...]


def as_page(words: Words, rows: Iterable[Indexed]) -> bytes:
    """The index as HTML: whole in itself, with links to the files beside it."""
    body = "".join(_section(words, row) for row in rows)
    return (
        f'<!doctype html>\n<html lang="{words.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(words.title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(words.title)}</h1><p>{escape(words.lead)}</p>{body}</main></body></html>\n"
    ).encode()


def _section(words: Words, row: Indexed) -> str:
    said = [f"<h2>{escape(row.paragraph)} {escape(row.title)}</h2><p><strong>{escape(row.state)}</strong></p>"]
    if row.missing:
        said.append(f"<p>{escape(f'{words.missing}: ' if row.applies else '')}{escape(row.missing)}</p>")
    said += [f"<p>{escape(clock)}</p>" for clock in row.clocks]
    if row.files:
        said.append(_table(words, row))
    elif row.applies:
        said.append(f"<p>{escape(words.nothing)}</p>")
    return f"<section>{''.join(said)}</section>"


def _table(words: Words, row: Indexed) -> str:
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in words.columns)
    lines = "".join(
        f'<tr><th scope="row">{escape(file.what)}</th><td>{escape(file.on)}</td><td>{escape(file.minutes)}</td>'
        f'<td><a href="{escape(file.path)}">{escape(file.path)}</a></td>'
        f"<td>{file.size}</td><td><code>{file.sha256}</code></td></tr>"
        for file in row.files
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"


def as_table(words: Words, rows: Iterable[Indexed]) -> bytes:
    """The index as CSV with semicolons and a byte order mark, as Excel in Swedish reads it: a row for each file."""
    made = io.StringIO()
    writer = csv.writer(made, delimiter=";", lineterminator="\r\n")
    writer.writerow(words.table_columns)
    for row in rows:
        about = [row.paragraph, row.title, row.state, row.missing]
        for file in row.files:
            writer.writerow(
                [_cell(v) for v in (*about, file.what, file.on, file.minutes, file.path, file.size, file.sha256)]
            )
        if not row.files:
            writer.writerow([_cell(value) for value in (*about, "", "", "", "", "", "")])
    return made.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(_RISKY) else text
