"""The words a form may use: widgets, sources, records and their columns, and the limits.

The list for those who write forms is in docs/modelling.md, "Forms"; this is the same list for the machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

MAX_FORM_BYTES: Final = 200_000
"""A form file is at most this large."""
MAX_FIELDS: Final = 200
"""Fields in a form, the fields of its rows counted once."""
MAX_NAME: Final = 60
"""Characters in a field's name."""
MAX_TITLE: Final = 200
"""Characters in a title or in the words of a choice."""
MAX_DESCRIPTION: Final = 4000
"""Characters in a help text."""
MAX_OPTIONS: Final = 500
"""Values in an ``enum``."""
MAX_SCHEMA_DEPTH: Final = 12
"""Levels of JSON in a form file; the deepest useful one has nine."""

MAX_SUBMISSION_BYTES: Final = 1_000_000
"""A submission, as JSON, is at most this large."""
MAX_DEPTH: Final = 4
"""Levels of a submission: the answer, a list of rows, a row, a list of choices in the row."""
MAX_ITEMS: Final = 1000
"""Rows or values in one list."""
MAX_NUMBER: Final = 10**15
"""No number is larger: every whole number up to here survives any JSON reader unchanged."""

NAME: Final = re.compile(rf"[a-z_][a-z0-9_]{{0,{MAX_NAME - 1}}}")
FORBIDDEN_NAMES: Final = frozenset({"typename"})
"""``typename`` is how the engine marks the types of what it stores; as a key in data it would be taken for that."""
BUTTON_NAME: Final = "_action"
"""The name of the buttons on a page."""
CHECKED_NAME: Final = "_checked"
"""The name of the box by which the writer says that what the personal-data guard warns of points at nobody."""
REASON_NAME: Final = "_reason"
"""The name of the text in which the writer says why something that may be about somebody shall stand."""
PAGE_NAMES: Final = frozenset({BUTTON_NAME, CHECKED_NAME, REASON_NAME, "csrf_token"})
"""Names that the page itself posts, and so never a field's."""
STANDING_VARIABLES: Final = frozenset({"municipality", "year", "period", "anchor", "business_key", "started_on"})
"""Variables every instance has; a form must not overwrite them."""

PEOPLE: Final = "people"
"""The source of the options of a ``person`` field: those whom the municipality's roles are held by."""
SOURCES: Final = frozenset(
    {
        "open_commitments",
        "council_commitments",
        "departments",
        "companies",
        "actors",
        "bodies",
        "problem_areas",
        "measures",
        "measure_proposals",
        "measure_reports",
        "department_reports",
        "actor_submissions",
        "flags",
        "new_phenomena",
        "causes",
        "plan_measures",
        "indicators",
        "evaluations",
        "policy_documents",
        "own_measures",
        "latest_incidents",
        "group_material",
        "plan_findings",
        "unknown_representatives",
    }
)
COLUMNS: Final[dict[str, frozenset[str]]] = {
    "measure": frozenset(
        {
            "title",
            "description",
            "kind",
            "cause",
            "cause_id",
            "owner",
            "starts_on",
            "ends_on",
            "indicator",
            "evidence",
            "budget",
            "follow_up_on",
        },
    ),
    "status_report": frozenset({"measure_id", "status", "text", "effect"}),
    "cause": frozenset(
        {"problem_area_id", "title", "perspective", "kind", "basis", "weight", "influenceable", "status"},
    ),
    "factor": frozenset({"problem_area_id", "title", "kind", "arena", "work"}),
    "warning_sign": frozenset({"activity", "title", "measure", "partner", "partner_measure"}),
    "goal": frozenset({"problem_area_id", "title", "baseline", "target", "due_on", "status"}),
    "indicator": frozenset({"problem_area_id", "measure_id", "title", "source", "interval"}),
    "measurement": frozenset({"indicator_id", "measured_on", "value", "text"}),
    "evaluation": frozenset(
        {
            "measure_id",
            "goal_id",
            "evaluated_on",
            "result",
            "value_before",
            "value_after",
            "other_explanation",
            "text",
            "recommendation",
        },
    ),
    "policy_document": frozenset(
        {
            "title",
            "kind",
            "organ",
            "decided_on",
            "paragraph",
            "valid_from",
            "valid_until",
            "text_attachment",
            "change_log",
            "status",
        },
    ),
    "commitment": frozenset(
        {
            "title",
            "contact_person",
            "due_on",
            "indicator",
            "actor_id",
            "result",
            "status",
            "action_plan",
        },
    ),
    "problem_area": frozenset({"title", "description", "place", "priority", "reason"}),
    "situation_picture": frozenset(
        {
            "kind",
            "title",
            "summary",
            "trend",
            "crime",
            "extent",
            "consequences",
            "other_information",
            "analysis",
            "adopted_on",
            "status",
        },
    ),
    "action_plan": frozenset(
        {
            "problem_picture",
            "factors",
            "warning_signs",
            "coordination",
            "status",
            "decided_on",
            "paragraph",
        },
    ),
    "decision": frozenset({"organ", "decided_on", "paragraph", "text", "case_number"}),
    "meeting": frozenset(
        {
            "body",
            "held_on",
            "place",
            "agenda",
            "attendance",
            "minutes",
            "minutes_approved_on",
            "minutes_attachment",
        },
    ),
    "agreement": frozenset(
        {
            "title",
            "actor_id",
            "purposes",
            "areas",
            "goals",
            "follow_up",
            "valid_from",
            "valid_until",
            "decided_on",
            "paragraph",
            "signed_municipality_on",
            "signed_party_on",
            "attachment",
            "reviewed_on",
            "review",
            "status",
        },
    ),
    "citizen_promise": frozenset(
        {
            "title",
            "focus_areas",
            "reason",
            "promises",
            "valid_from",
            "valid_until",
            "signed_municipality_on",
            "signed_police_on",
            "attachment",
            "reviewed_on",
            "review",
            "kept",
            "public_text",
            "status",
        },
    ),
    "dialogue": frozenset(
        {
            "title",
            "purpose",
            "level",
            "influence",
            "decision_maker",
            "method",
            "held_on",
            "participants",
            "views",
            "themes",
            "representativeness",
            "feedback",
            "feedback_on",
            "status",
        },
    ),
    "publication": frozenset(
        {
            "title",
            "confidentiality",
            "masked_parts",
            "legal_basis",
            "summary",
            "url",
            "published_on",
            "channels",
            "case_number",
            "retention",
            "weeded_in",
            "status",
        },
    ),
    "data_series": frozenset({"title", "source", "from_on", "to_on", "preliminary", "comment", "attachment"}),
    "observation": frozenset({"title", "place", "value", "comparison", "unit"}),
    "incident_report": frozenset(
        {
            "happened_at",
            "place",
            "category",
            "kind",
            "description",
            "reported_to_police",
            "immediate_action",
            "priority",
            "problem_area_id",
            "status",
        },
    ),
    "flag": frozenset(
        {
            "title",
            "description",
            "source",
            "reliability",
            "spread",
            "decision",
            "assessment",
            "incident_report_id",
            "status",
        },
    ),
}
"""The records a form may write, and the columns of each."""
FORM_GUARDS: Final = ("strict", "no_cases")
"""How the personal-data guard reads a whole form that says so (docs/privacy-guard.md)."""
ABOUT_ANOTHER: Final[dict[str, frozenset[str]]] = {
    "status_report": frozenset({"measure_id"}),
    "measurement": frozenset({"indicator_id"}),
    "evaluation": frozenset({"measure_id", "goal_id"}),
}
"""Records about one that exists, and the columns that may say which.

Each row names what it is about by its ``id``; a whole form by one of the columns, in its ``x-value``.
"""

Widget = Literal[
    "text",
    "textarea",
    "radio",
    "select",
    "checkbox",
    "checkboxes",
    "date",
    "datetime",
    "number",
    "file",
    "rows",
    "yesno",
    "person",
    "hidden",
]
FieldType = Literal["string", "boolean", "integer", "number", "array"]
ShapeName = Literal[
    "text", "choice", "date", "date-time", "uuid", "email", "uri", "number", "boolean", "choices", "lines", "rows"
]

ANNOTATIONS: Final = frozenset({"title", "description", "$comment", "x-title-en", "x-description-en"})
ROOT_KEYWORDS: Final = ANNOTATIONS | {
    "$schema",
    "$defs",
    "type",
    "properties",
    "required",
    "additionalProperties",
    "x-guard",
    "x-record",
    "x-value",
}
ROW_KEYWORDS: Final = ANNOTATIONS | {"type", "properties", "required", "additionalProperties"}
_FIELD: Final = ANNOTATIONS | {"type", "x-widget", "x-column"}
_LENGTHS: Final = frozenset({"minLength", "maxLength"})
_AMOUNTS: Final = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
_LIST: Final = _FIELD | {"items", "minItems", "maxItems", "uniqueItems", "x-variable"}
ITEM_KEYWORDS: Final = (
    ANNOTATIONS | _LENGTHS | _AMOUNTS | {"type", "enum", "format", "x-options"}
)  # what one value of a list may say of itself


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of field: the keywords it may have, and the widgets that can ask for it, the usual one first."""

    keywords: frozenset[str]
    widgets: tuple[Widget, ...]


SHAPES: Final[dict[ShapeName, Shape]] = {
    "text": Shape(
        _FIELD | _LENGTHS | {"pattern", "x-variable", "x-guard", "x-source"},
        ("text", "textarea", "person", "select", "radio", "hidden"),
    ),
    "choice": Shape(_FIELD | {"enum", "x-options", "x-variable"}, ("radio", "select", "hidden")),
    "date": Shape(_FIELD | {"format", "x-variable"}, ("date", "hidden")),
    "date-time": Shape(_FIELD | {"format", "x-variable"}, ("datetime", "hidden")),
    "uuid": Shape(
        _FIELD | {"format", "x-variable", "x-source"},
        ("file", "person", "select", "radio", "hidden"),
    ),
    "email": Shape(_FIELD | _LENGTHS | {"format", "x-variable"}, ("text", "hidden")),
    "uri": Shape(_FIELD | _LENGTHS | {"format", "x-variable"}, ("text", "hidden")),
    "number": Shape(_FIELD | _AMOUNTS | {"x-variable"}, ("number", "hidden")),
    "boolean": Shape(_FIELD | {"const", "x-variable"}, ("yesno", "checkbox", "hidden")),
    "choices": Shape(_LIST | {"x-source", "x-options"}, ("checkboxes",)),
    "lines": Shape(_LIST | {"x-guard"}, ("textarea",)),
    "rows": Shape(
        _FIELD - {"x-column"} | {"items", "minItems", "maxItems", "x-source", "x-record", "x-value", "x-variable"},
        ("rows",),
    ),
}
FORMATS: Final = ("date", "date-time", "uuid", "email", "uri")
RADIO_LIMIT: Final = 5
"""A choice between at most this many is shown as radio buttons, between more as a list, unless the form says."""
