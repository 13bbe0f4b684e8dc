"""What can be said against a diagram: a rule, a place and a sentence."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a diagram. `line` is 1-based, or None when the problem has no place."""

    line: int | None
    rule: str
    severity: Severity
    element: str | None
    sv: str
    en: str

    def in_language(self, language: str) -> dict[str, Any]:
        """The problem as the API and the command line show it, worded in that language."""
        row = asdict(self)
        row["message"] = row["en"] if language == "en" else row["sv"]
        return {key: row[key] for key in ("rule", "severity", "element", "line", "message")}


def error(rule: str, sv: str, en: str, *, element: str | None = None, line: int | None = None) -> Problem:
    """A problem that stops the deployment."""
    return Problem(line, rule, "error", element, sv, en)


def warning(rule: str, sv: str, en: str, *, element: str | None = None, line: int | None = None) -> Problem:
    """Advice: the diagram deploys all the same."""
    return Problem(line, rule, "warning", element, sv, en)
