"""What a profile only suggests, taken as decided: the municipality as it would be if its administrator said yes.

Where a plan is silent the profile has no rule but a suggestion with its reason (`[suggestions]`). It binds nobody. In a
simulation somebody must decide, and the suggestion is what an administrator would have before them.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.profiles import Profile


def follow(profile: Profile) -> Profile:
    """The profile with its suggestions adopted. What is decided already stays as it is.

    A suggestion is named after the process it would start, or names it with `process`; `units` are example departments
    and companies. One that gives neither rules nor units, because nothing can be suggested, is left alone.
    """
    parameters = dict(profile.parameters)
    wanted: list[str] = list(parameters.get("processes", ()))
    calendar: dict[str, Any] = dict(parameters.get("calendar", {}))
    units = list(profile.departments)
    for name, suggestion in parameters.get("suggestions", {}).items():
        process = str(suggestion.get("process", name))
        rules = {rule: suggestion[rule] for rule in ("start", "anchor") if rule in suggestion}
        if rules and process not in calendar:
            calendar[process] = rules
        if rules and process not in wanted:
            wanted.append(process)
        if not profile.departments:
            units += _units(suggestion)
    parameters |= {"processes": wanted, "calendar": calendar, "undecided": []}
    return replace(profile, parameters=parameters, departments=tuple(units))


def _units(suggestion: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(str(name), "department") for name in suggestion.get("units", ())]
