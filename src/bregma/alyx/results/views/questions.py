"""What a visitor asked for in the address: liberal at the door, strict inside."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from bregma.alyx.results.selectors import SessionFilter, SubjectFilter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    Query = Mapping[str, str]


def subject_filter(query: Query) -> SubjectFilter:
    """Read the filter of the list of subjects."""
    return SubjectFilter(
        search=text(query, "search"),
        lab=text(query, "lab"),
        responsible=text(query, "responsible"),
        alive_only=bool(query.get("alive")),
    )


def session_filter(query: Query) -> SessionFilter:
    """Read the filter of the list of sessions; dates that are none do not filter."""
    return SessionFilter(
        search=text(query, "search"),
        lab=text(query, "lab"),
        protocol=text(query, "protocol"),
        first=day(query.get("first")),
        last=day(query.get("last")),
        with_ephys=bool(query.get("ephys")),
    )


def asks_for_part(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part of a page, not the whole; going back in a browser asks for the whole."""
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")


def text(query: Query, name: str) -> str:
    """Read a text; a zero byte, which PostgreSQL refuses, is left out."""
    return query.get(name, "").strip().replace("\x00", "")[:200]


def day(given: str | None) -> date | None:
    """Read a date, or nothing."""
    try:
        return date.fromisoformat(given or "")
    except ValueError:
        return None


def number(given: str | None) -> int:
    """Read a count from zero to a million; anything else is zero."""
    return min(int(given), 1_000_000) if given and given.isascii() and given.isdigit() else 0


def identifier(given: str | None) -> UUID | None:
    """Read a uuid, or nothing."""
    try:
        return UUID(given or "")
    except ValueError:
        return None
