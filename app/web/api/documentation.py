"""What every route of the API declares, so that no client meets an undeclared status code."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from app.web.bodies import StrictRoute
from app.web.problems import MEDIA_TYPE

_SAID = {
    401: "Nobody is signed in, or the token is out of date.",
    403: "The principal lacks the role.",
    404: "There is no such thing, or it is another municipality's.",
    409: "The state of things does not allow it.",
    412: "Somebody changed it since it was read.",
    413: "More bytes than the limit.",
    422: "What was sent does not fit; `errors` say where.",
    500: "A fault of ours; `reference` is its number in our log.",
    503: "The database does not answer or the instance is busy. Nothing was saved: try again.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems a route may answer."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {status: {"description": _SAID[status], "content": {MEDIA_TYPE: {"schema": schema}}} for status in statuses}


READS = problems(401, 403, 404, 422, 500, 503)
CHANGES = problems(401, 403, 404, 409, 412, 413, 422, 500, 503)


def router(prefix: str, tag: str) -> APIRouter:
    """A router of one resource."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=StrictRoute, responses=problems(401, 422, 500, 503))


PROBLEM_SCHEMA: Mapping[str, Any] = {
    "title": "Problem",
    "description": "Problem details, RFC 9457.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "examples": ["/problems/not-found"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "RFC 6901, into what was sent."},
                    "message": {"type": "string"},
                    "parameter": {"type": "string", "description": "The query, path or header parameter."},
                },
            },
        },
        "problems": {"type": "array", "items": {"$ref": "#/components/schemas/DiagramProblem"}},
        "reference": {"type": "string"},
    },
}

DIAGRAM_PROBLEM_SCHEMA: Mapping[str, Any] = {
    "title": "DiagramProblem",
    "type": "object",
    "required": ["rule", "severity", "element", "line", "message"],
    "properties": {
        "rule": {"type": "string"},
        "severity": {"enum": ["error", "warning"]},
        "element": {"type": ["string", "null"]},
        "line": {"type": ["integer", "null"]},
        "message": {"type": "string"},
    },
}
