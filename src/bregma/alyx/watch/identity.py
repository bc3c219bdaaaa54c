"""The identifier of the request that is being answered: it is in every answer and in every log line."""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = "X-Request-ID"
KEPT_AS = "bregma.request_id"
ACCEPTED = re.compile(r"[A-Za-z0-9._:+/=-]{1,128}", re.ASCII)

_current: ContextVar[str] = ContextVar("identifier of the request", default="")


def current_request_id() -> str:
    """Return the identifier of the request that is being answered; empty outside of requests."""
    return _current.get()


def request_id_of(request: Any) -> str:
    """Return the identifier that a request was given; empty where it has none. Some lines are written after it."""
    return str(getattr(request, "META", {}).get(KEPT_AS, ""))


def choose_request_id(given: str | None, *, is_trusted: bool) -> str:
    """Return the identifier that a trusted proxy gave, or a new one."""
    if is_trusted and given and ACCEPTED.fullmatch(given):
        return given
    return uuid4().hex


@contextmanager
def request_identity(identity: str) -> Iterator[None]:
    """Let what is logged in the block carry the identifier."""
    token = _current.set(identity)
    try:
        yield
    finally:
        _current.reset(token)
