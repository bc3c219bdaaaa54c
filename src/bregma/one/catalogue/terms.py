"""What can be searched for: the terms, their abbreviations, and what their values may be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from bregma.one.errors import InvalidDate

SESSION_TERMS = (
    "datasets",
    "date_range",
    "laboratory",
    "number",
    "projects",
    "subject",
    "task_protocol",
    "dataset_qc_lte",
)
"""Terms that every server and all tables answer. An abbreviation means one of these, if one begins with it."""

_RECORDED = ("atlas_acronym", "atlas_id", "atlas_name", "dataset_types", "id", "limit", "offset", "tag")
_OF_SESSIONS = ("location", "performance_gte", "performance_lte", "procedures", "qc", "type", "users")
_OF_INSERTIONS = ("dataset", "model", "name", "qc", "serial", "session")
_ONLY_SERVERS = ("django", "extended_qc", "json")

LOCAL_SESSION_TERMS = (*SESSION_TERMS, *_RECORDED, *_OF_SESSIONS)
LOCAL_INSERTION_TERMS = (*SESSION_TERMS, *_RECORDED, *_OF_INSERTIONS)
SERVER_SESSION_TERMS = (*LOCAL_SESSION_TERMS, *_ONLY_SERVERS, "histology")
SERVER_INSERTION_TERMS = (*LOCAL_INSERTION_TERMS, *_ONLY_SERVERS, "chronic_insertion")

TEXT_TERMS = frozenset(
    {"dataset", "laboratory", "location", "model", "name", "procedures", "projects", "serial", "subject", "tag"}
    | {"task_protocol"}
)
"""Terms whose values are patterns, searched for anywhere in the text, ignoring case."""

_ALSO = {"experiment_number": "number", "nickname": "subject", "eid": "id", "project": "projects"}
FIRST_DAY, LAST_DAY = date(1677, 9, 22), date(2262, 4, 10)
"""The bounds of days in pandas' tables."""


def complete_terms(terms: Mapping[str, Any], known: Iterable[str], beyond: Iterable[str] = ()) -> dict[str, Any]:
    """Write out abbreviated terms, and drop those whose value is None.

    Parameters
    ----------
    terms : mapping
        Names, as far as they are unambiguous, in any case, with values.
    known : iterable of str
        The terms there are.
    beyond : iterable of str
        Terms that only a server answers, named in the error.

    Raises
    ------
    ValueError
        If a term is unknown, ambiguous, or given twice.
    """
    full: dict[str, Any] = {}
    for term, value in terms.items():
        name = _complete(term.casefold(), sorted(known), set(beyond))
        if name in full:
            raise ValueError(f"search term {name!r} is given twice ({', '.join(terms)}); give it once")
        if value is not None:
            full[name] = value
    return full


def take_literally(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Write the texts of terms as patterns that match nothing but them."""
    return {
        term: [re.escape(str(text)) for text in as_list(value)] if term in TEXT_TERMS else value
        for term, value in terms.items()
    }


def parse_date_range(value: object) -> tuple[date, date]:
    """Read a day, or one or two days of which either may be None (open).

    Returns
    -------
    (date, date)
        First and last day, both included. Times of day do not count.

    Raises
    ------
    InvalidDate
        If it is neither.
    """
    days = as_list(value)
    if len(days) == 1:
        day = _day(days[0])
        return (day, day) if days[0] is value else (day, LAST_DAY)
    if len(days) != 2:
        raise InvalidDate(f"date_range {value!r} is neither a day 'YYYY-MM-DD' nor a pair of days [first, last]")
    first = FIRST_DAY if days[0] is None else _day(days[0])
    last = LAST_DAY if days[1] is None else _day(days[1])
    return first, last


def parse_numbers(value: object) -> list[int]:
    """Read one number or several.

    Raises
    ------
    ValueError
        If one is none.
    """
    try:
        return [int(item) for item in as_list(value)]
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} is no number of a session; write 1, or several: [1, 2]") from None


def compile_patterns(term: str, value: object) -> list[re.Pattern[str]]:
    """Read the patterns of a text term, of which one must be found; none means anything.

    Raises
    ------
    ValueError
        If one is no regular expression.
    """
    patterns = []
    for text in as_list(value):
        try:
            patterns.append(re.compile(str(text), re.IGNORECASE))
        except re.error as error:
            raise ValueError(
                f"{term}={text!r} is not a regular expression: {error}; put \\ before a character that is meant, "
                "or use ONE(wildcards=False)"
            ) from error
    return patterns


def as_list(value: object) -> list[Any]:
    """Make a list of one value or many."""
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        return [value]
    return list(value)


def _day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, (int, float)):
        raise _no_day(value)
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return _written_otherwise(str(value))


def _written_otherwise(text: str) -> date:
    """Read what pandas reads as a day, such as 2020-08 or 08/21/2020 (the month first)."""
    import pandas as pd

    try:
        found = pd.Timestamp(text)
        return date(found.year, found.month, found.day)
    except (ValueError, TypeError):  # for a text that means no time, pandas gives one without year
        raise _no_day(text) from None


def _no_day(value: object) -> InvalidDate:
    return InvalidDate(f"{value!r} is not a day; write YYYY-MM-DD, such as 2020-08-21, or a pair of days [first, last]")


def _complete(term: str, known: list[str], beyond: set[str]) -> str:
    if term in known:
        return term
    if term not in beyond and _ALSO.get(term) in known:
        return _ALSO[term]
    core = [name for name in SESSION_TERMS if name in known and name.startswith(term)]
    found = core or [name for name in known if name.startswith(term)]
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(f"search term {term!r} is ambiguous: {', '.join(found)}")
    if term in beyond:
        raise ValueError(f"only a server answers {term!r}, not tables; ask with query_type='remote'")
    close = get_close_matches(term, known, n=3)
    hint = f"did you mean {' or '.join(close)}? " if close else ""
    raise ValueError(f"no search term {term!r}; {hint}there are {', '.join(known)}")
