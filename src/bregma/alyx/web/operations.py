"""The REST operations as data for the page that lists them, read from the OpenAPI schema."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from drf_spectacular.generators import SchemaGenerator

_METHODS = ("get", "post", "put", "patch", "delete", "head")


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation."""

    name: str
    place: str
    kind: str
    description: str


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True)
class Group:
    """The operations whose paths begin with one word."""

    name: str
    operations: tuple[Operation, ...]


@cache
def list_operations() -> list[Group]:
    """Return the operations by the first word of their path, in order; read once, since they are the same for all."""
    generator: Any = SchemaGenerator
    schema: dict[str, Any] = generator().get_schema(request=None, public=True)
    found = [
        _operation(method, path, content)
        for path, methods in sorted(schema["paths"].items())
        for method, content in methods.items()
        if method in _METHODS
    ]
    found.sort(key=_first_word)
    return [Group(name, tuple(group)) for name, group in groupby(found, key=_first_word)]


def _first_word(operation: Operation) -> str:
    return operation.path.split("/")[1]


def _operation(method: str, path: str, content: dict[str, Any]) -> Operation:
    words = (content.get("description") or "").strip().split("\n\n", 1)
    parameters = tuple(_parameter(given) for given in content.get("parameters", []))
    summary = content.get("summary") or words[0]
    return Operation(method.upper(), path, summary, words[1] if len(words) > 1 else "", parameters)


def _parameter(given: dict[str, Any]) -> Parameter:
    schema = given.get("schema", {})
    kind = schema.get("format") or schema.get("type") or ""
    return Parameter(given["name"], given["in"], kind, given.get("description", ""))
