"""Reads the schemas inside an OpenAPI document: where a reference leads, and what a value is called."""

from __future__ import annotations

from typing import Any


def follow(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema that a reference, or a choice of one, stands for; a choice of several is its first."""
    while True:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        elif choices := next((schema[word] for word in ("allOf", "oneOf", "anyOf") if schema.get(word)), None):
            schema = choices[0]
        else:
            return schema


def type_name(schema: dict[str, Any]) -> str:
    """Return what kind of value a schema describes: one word."""
    if schema.get("enum"):
        return "enum"
    return str(schema.get("type") or ("object" if "properties" in schema else "string"))
