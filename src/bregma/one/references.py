"""References of sessions that people can read and type: ``YYYY-MM-DD_n_subject``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from bregma.alf import AlfBunch

if TYPE_CHECKING:
    from pathlib import PurePath

_REFERENCE = re.compile(r"(?P<date>\d{4}-\d{2}-\d{2})_(?P<sequence>\d{1,3})_(?P<subject>\w.*)", re.ASCII)
_IN_A_PATH = re.compile(
    r"(?P<subject>[\w-][\w.-]*)[\\/](?P<date>\d{4}-\d{2}-\d{2})[\\/](?P<sequence>\d{3}|[1-9]\d?)(?!\d)", re.ASCII
)


def is_reference(value: object) -> bool:
    """Tell whether something is a reference: a text, or a mapping with subject, date and sequence."""
    if isinstance(value, Mapping):
        return {"subject", "date", "sequence"} <= set(value)
    return isinstance(value, str) and _REFERENCE.fullmatch(value) is not None


def read_reference(value: str | Mapping[str, Any], *, parse: bool = True) -> AlfBunch:
    """Split a reference.

    Parameters
    ----------
    value : str or mapping
        The reference.
    parse : bool
        Whether the date is made a date and the sequence a number.

    Returns
    -------
    AlfBunch
        date, sequence, subject.

    Raises
    ------
    ValueError
        If it is not a reference.
    """
    if isinstance(value, Mapping):
        parts = AlfBunch(value)
    else:
        match = _REFERENCE.fullmatch(value)
        if match is None:
            raise ValueError(f"{value!r} is no reference of a session; expected YYYY-MM-DD_n_subject")
        parts = AlfBunch(match.groupdict())
    return _parsed(parts) if parse else parts


def find_reference(path: PurePath | str, *, parse: bool = True) -> AlfBunch | None:
    """Find the reference of a path with ``subject/YYYY-MM-DD/number`` in it; None where there is none."""
    match = _IN_A_PATH.search(str(path))
    if match is None:
        return None
    parts = AlfBunch(match.groupdict())
    return _parsed(parts) if parse else parts


def write_reference(parts: Mapping[str, Any]) -> str:
    """Put a reference together.

    Parameters
    ----------
    parts : mapping
        subject, date (or start_time), and sequence (or number).

    Raises
    ------
    ValueError
        If one of these is missing.
    """
    day = parts.get("date") or parts.get("start_time")
    sequence = parts.get("sequence", parts.get("number"))
    if day is None or sequence is None or "subject" not in parts:
        raise ValueError(f"a reference needs subject, date and sequence; got {', '.join(map(str, parts)) or 'nothing'}")
    return f"{str(day)[:10]}_{sequence}_{parts['subject']}"


def _parsed(parts: AlfBunch) -> AlfBunch:
    day = parts["date"]
    if isinstance(day, str):
        parts["date"] = date.fromisoformat(day[:10])
    elif isinstance(day, datetime):
        parts["date"] = day.date()
    parts["sequence"] = int(parts["sequence"])
    return parts
