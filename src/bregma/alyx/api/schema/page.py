"""The REST operations as data for the page that lists them, read from the OpenAPI document."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string

from bregma.alyx.api.schema.core import action_of
from bregma.alyx.api.schema.document import load_document
from bregma.alyx.api.schema.shapes import follow, type_name

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

PLACES = {"path": "address", "query": "filter", "header": "header"}
SUMMARIES = {
    "list": "Search rows, a page at a time",
    "read": "Read one row",
    "create": "Make a row",
    "update": "Replace the columns of a row",
    "partial_update": "Change some columns of a row",
    "delete": "Delete a row",
}
"""What is done to rows of a table, by ONE's name for it."""


@dataclass(frozen=True)
class Parameter:
    """One value that an operation takes: in its address, as a filter, or in its body."""

    name: str
    place: str
    kind: str
    description: str
    required: bool = False


@dataclass(frozen=True)
class Operation:
    """One method of one path, and a call of it from Python."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    example: str
    answers: str = ""


@dataclass(frozen=True)
class Group:
    """The operations whose paths begin with one word: mostly, those of one table."""

    name: str
    operations: tuple[Operation, ...]

    @property
    def words(self) -> str:
        """What the table holds, as its last operation says: lists may say how they are read."""
        return self.operations[-1].description if len(self.operations) > 1 else ""


def describe_page() -> dict[str, Any]:
    """Return what the page shows; its long part is drawn once, since it is the same for all."""
    groups = list_operations()
    return {
        "groups": groups,
        "n_operations": sum(len(group.operations) for group in groups),
        "base_url": settings.BREGMA_URL,
        "operations": _draw(),
    }


@cache
def list_operations() -> list[Group]:
    """Return the operations by the first word of their path, in order."""
    document = load_document()
    found = [
        _operation(document, method, path, content)
        for path, methods in sorted(document["paths"].items())
        for method, content in methods.items()
    ]
    found.sort(key=_first_word)
    return [Group(name, tuple(group)) for name, group in groupby(found, key=_first_word)]


@cache
def _draw() -> SafeString:
    return render_to_string("web/_api_operations.html", {"groups": list_operations()})


def _first_word(operation: Operation) -> str:
    return operation.path.split("/")[1]


def _operation(document: dict[str, Any], method: str, path: str, content: dict[str, Any]) -> Operation:
    given = [_parameter(document, one) for one in content.get("parameters", [])]
    return Operation(
        method=method.upper(),
        path=path,
        summary=content.get("summary") or _summary(document, method, path),
        description=(content.get("description") or "").strip(),
        parameters=(*given, *_body(document, content)),
        example=_example(method, path),
        answers=", ".join(content.get("responses", {})),
    )


def _summary(document: dict[str, Any], method: str, path: str) -> str:
    """Say what is done to rows; what is no table says it in its description."""
    word = path.split("/")[1]
    rows = any(other.startswith(f"/{word}/{{") for other in document["paths"]) and f"/{word}" in document["paths"]
    return SUMMARIES[action_of(method, path)] if rows else ""


def _parameter(document: dict[str, Any], given: dict[str, Any]) -> Parameter:
    kind = _kind(follow(document, given.get("schema", {})))
    place = PLACES.get(given["in"], given["in"])
    return Parameter(given["name"], place, kind, given.get("description", ""), given.get("required", False))


def _body(document: dict[str, Any], content: dict[str, Any]) -> list[Parameter]:
    """Return the columns that the body may have."""
    bodies = list(content.get("requestBody", {}).get("content", {}).values())
    whole = follow(document, bodies[0]["schema"]) if bodies else {}
    required = whole.get("required", ())
    return [
        Parameter(name, "body", _kind(follow(document, given)), given.get("description", ""), name in required)
        for name, given in whole.get("properties", {}).items()
        if not given.get("readOnly")
    ]


def _kind(schema: dict[str, Any]) -> str:
    if choices := [str(choice) for choice in schema.get("enum", []) if choice not in ("", None)]:
        return " | ".join(choices)
    return str(schema.get("format") or type_name(schema))


def _example(method: str, path: str) -> str:
    """Write the call of an operation from Python; what is no table is asked by its address."""
    words = path.strip("/").split("/")
    action = action_of(method, path)
    plain = len(words) == 1 or (len(words) == 2 and words[1].startswith("{"))
    if not plain:
        return f'one.alyx.{method}("{path}")'
    terms = [f'"{words[0]}"', f'"{action}"']
    terms += [f"id={words[1].strip('{}')}"] if len(words) == 2 else []
    terms += ["data={…}"] if method in ("post", "put", "patch") else []
    return f"one.alyx.rest({', '.join(terms)})"
