"""The personal-data guard: what in a free text must not be stored, and what needs a second thought.

A situation picture is about places, times and patterns, not people. Pure functions:

    examine(text)                     # what is found, in order; stops refuse the text, warnings ask its writer
    stops(text)                       # only what is stored nowhere, for texts whose writer is not asked
    examine(text, "strict")           # from companies and churches: what would be warned of stops too
    examine(text, "no_cases")         # a meeting that must not handle individual cases: they stop

A finding says where, never what: its sentences can be logged. What each kind is and how well it is found stands in
docs/privacy-guard.md, measured on tests/domain/privacy_corpus.txt.

The time is linear in the text: every pattern has bounded repetition (a test reads the patterns), every search goes
through the text once, and of a text no more than `MAX_LENGTH` characters is read.
"""

from app.domain.privacy_guard.examinations import MAX_LENGTH, Strictness, examine, stops
from app.domain.privacy_guard.findings import NEEDS_REASON, Finding, Kind

__all__ = ["MAX_LENGTH", "NEEDS_REASON", "Finding", "Kind", "Strictness", "examine", "stops"]
