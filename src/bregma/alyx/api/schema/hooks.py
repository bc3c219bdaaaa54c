"""What the whole document has in common: refusals, described once, and values that fit several schemas."""

from __future__ import annotations

from typing import Any

REFUSALS = {
    "400": ("BadRequest", "A value is not one that this endpoint takes; the body names it."),
    "403": ("Forbidden", "There is no valid token, or the account may not do this."),
    "404": ("NotFound", "There is no such row, or it is not for this account to see."),
    "429": ("TooManyRequests", "Too many requests in a minute; Retry-After says how many seconds to wait."),
}
WRITE_REFUSALS = {
    "409": ("Conflict", "Another row, or an earlier entry, stands against this."),
    "413": ("TooLarge", "The body is larger than this server takes at once."),
    "415": ("UnsupportedMediaType", "The body is of a type that this endpoint does not read."),
}
WRITES = ("post", "put", "patch", "delete")
PROBLEM = {
    "type": "object",
    "description": "Why a request was refused: in detail, in error, or under the names of the fields.",
    "required": ["status_code"],
    "properties": {
        "status_code": {"type": "integer"},
        "detail": {"description": "What is wrong, in words."},
        "error": {"description": "What is wrong, in words."},
    },
    "additionalProperties": {},
}


def describe_refusals(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add the refusals to every operation of a document (a hook of drf-spectacular)."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["responses"] = {name: _response(words) for name, words in (REFUSALS | WRITE_REFUSALS).values()}
    for methods in result["paths"].values():
        for method, operation in methods.items():
            _describe(operation, REFUSALS | WRITE_REFUSALS if method in WRITES else REFUSALS)
    return result


def allow_overlaps(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Let a value fit several of the schemas offered, as an empty text does (a hook of drf-spectacular)."""
    _rename(result["components"])
    return result


def _rename(place: Any) -> None:
    if isinstance(place, dict):
        if isinstance(place.get("oneOf"), list):
            place["anyOf"] = place.pop("oneOf")
        for inner in place.values():
            _rename(inner)
    elif isinstance(place, list):
        for inner in place:
            _rename(inner)


def _describe(operation: dict[str, Any], refusals: dict[str, tuple[str, str]]) -> None:
    for status, (name, _) in refusals.items():
        operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{name}"})


def _response(words: str) -> dict[str, Any]:
    content: dict[str, Any] = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    if words == REFUSALS["404"][1]:  # an address that leads nowhere is answered before any endpoint is known
        content["text/html"] = {"schema": {"type": "string"}}
    return {"description": words, "content": content}
