"""The core-API document, which clients before OpenAPI read: written from the OpenAPI document, never by hand."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from bregma.alyx.api.schema.document import Written, load_document, written
from bregma.alyx.api.schema.shapes import follow, type_name

if TYPE_CHECKING:
    from collections.abc import Iterator

MEDIA_TYPE = "application/coreapi+json"
ACTIONS = {"post": "create", "put": "update", "patch": "partial_update", "delete": "delete"}


@cache
def write_core() -> Written:
    """Return the core-API document as it is sent."""
    return written(json.dumps(core_document(load_document()), ensure_ascii=False))


def core_document(document: dict[str, Any]) -> dict[str, Any]:
    """Write an OpenAPI document as core-API does: endpoint, action, link."""
    found: dict[str, Any] = {
        "_type": "document",
        "_meta": {"url": f"{settings.BREGMA_URL}/docs/", "title": document["info"]["title"]},
    }
    for path, methods in document["paths"].items():
        place = found
        for word in _words(path):
            place = place.setdefault(word, {})
        for method, operation in methods.items():
            place[action_of(method, path)] = _link(document, path, method, operation)
    return found


def action_of(method: str, path: str) -> str:
    """Return the name that ONE has for a method of a path."""
    if method == "get":
        return "read" if "{" in path else "list"
    return ACTIONS[method]


def _words(path: str) -> list[str]:
    return [word for word in path.split("/") if word and "{" not in word]


def _link(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    link: dict[str, Any] = {"_type": "link", "url": path, "action": method}
    if body:
        link["encoding"] = next(iter(body))
    link["description"] = operation.get("description", "")
    fields = [_parameter(document, one) for one in operation.get("parameters", [])]
    for content in list(body.values())[:1]:
        fields += _form(document, content["schema"])
    return {**link, "fields": fields}


def _parameter(document: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    schema = follow(document, given.get("schema", {}))
    words = given.get("description", "")
    return _field(given["name"], schema, given["in"], required=given.get("required", False), words=words)


def _form(document: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Write the columns of a body, but for those that the server fills."""
    whole = follow(document, schema)
    required = whole.get("required", [])
    for name, given in whole.get("properties", {}).items():
        if not given.get("readOnly"):
            words = given.get("description", "")
            yield _field(name, follow(document, given), "form", required=name in required, words=words)


def _field(name: str, schema: dict[str, Any], place: str, *, required: bool, words: str) -> dict[str, Any]:
    described: dict[str, Any] = {"_type": type_name(schema), "title": schema.get("title", ""), "description": words}
    if schema.get("enum"):
        described["enum"] = schema["enum"]
    return {"name": name, "required": required, "location": place, "schema": described}
