"""Reads entries from requests: the JSON that a phone sends, and the fields of a form."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bregma.alyx.errors import InvalidRequest
from bregma.alyx.today.selectors.entries import Kind
from bregma.alyx.today.services import Told

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_BYTES = 4096


def read_json(body: bytes) -> tuple[Told, UUID]:
    """Return the entry that a phone sends, and the key of the person who made it.

    Raises
    ------
    InvalidRequest
        Naming what is missing or cannot be read.
    """
    try:
        sent = json.loads(body[:MOST_BYTES])
    except ValueError as error:
        raise InvalidRequest("the entry is no JSON; reload the page and enter it again") from error
    if not isinstance(sent, dict):
        raise InvalidRequest("the entry is no JSON object; reload the page and enter it again")
    kind = str(sent.get("kind"))
    if kind not in (Kind.WEIGHT, Kind.WATER):
        raise InvalidRequest(f"kind {kind!r} is neither weight nor water")
    told = Told(
        kind=Kind(kind),
        subject=_key(sent, "subject"),
        amount=read_amount(str(sent.get("amount"))),
        key=_key(sent, "id"),
        when=_moment(str(sent.get("at"))),
    )
    return told, _key(sent, "by")


def read_form(fields: Mapping[str, str]) -> list[Told]:
    """Return the entries of a form: a weight, water, or both, as its button says; empty fields are left out.

    Raises
    ------
    InvalidRequest
        Naming what cannot be read.
    """
    does = fields.get("do", "")
    kinds = {"weigh": (Kind.WEIGHT,), "water": (Kind.WEIGHT, Kind.WATER)}.get(does, ())
    subject = _key(fields, "subject")
    found = []
    for kind in kinds:
        text = fields.get(kind.value, "").strip()
        if text:
            found.append(Told(kind, subject, read_amount(text), _key(fields, f"{kind.value}_id")))
    if not found:
        raise InvalidRequest("there is no number; type one and try again")
    return found


def read_amount(text: str) -> float:
    """Read a number as people type it, with a point or a comma.

    Raises
    ------
    InvalidRequest
        If it is none.
    """
    try:
        return float(text.strip().replace(",", "."))
    except ValueError as error:
        raise InvalidRequest(f"{text[:40]!r} is no number; type one such as 23.4") from error


def _key(fields: Mapping[str, Any], name: str) -> UUID:
    try:
        return UUID(str(fields.get(name)))
    except ValueError as error:
        raise InvalidRequest(f"{name} is no uuid; reload the page and enter it again") from error


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidRequest(f"at {text[:40]!r} is no moment; reload the page and enter it again") from error
    if moment.tzinfo is None:
        raise InvalidRequest(f"at {text[:40]!r} has no time zone; reload the page and enter it again")
    return moment
