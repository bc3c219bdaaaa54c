"""Reads what old clients send: one JSON object, lists as lists or as texts with commas, flags as words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bregma.alyx.errors import InvalidRequest


def mapping_of(body: Any, expected: str) -> dict[str, Any]:
    """Return a body as a mapping.

    Raises
    ------
    InvalidRequest
        If it is none; the message says what was expected.
    """
    if not isinstance(body, Mapping):
        raise InvalidRequest(f"expected {expected}, not {type(body).__name__}")
    return dict(body.items())


def strings(value: Any) -> list[str]:
    """Read a list, or a text with commas, or nothing."""
    if value is None or value == "":
        return []
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list | tuple) else [value]
    return ["" if part is None else str(part).strip() for part in parts]


def flag(value: Any, *, default: bool) -> bool:
    """Read a truth value, also from the words of old clients."""
    if value is None:
        return default
    return value.strip().lower() not in ("false", "0", "") if isinstance(value, str) else bool(value)
