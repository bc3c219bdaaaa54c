"""What can be searched for: the terms, their abbreviations, and what their values may be."""

from __future__ import annotations

from datetime import date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from bregma.one.errors import InvalidDate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SESSION_TERMS = (
    "dataset_qc_lte",
    "datasets",
    "date_range",
    "id",
    "laboratory",
    "number",
    "projects",
    "subject",
    "task_protocol",
)
"""Terms that both a server and tables answer."""

INSERTION_TERMS = (*SESSION_TERMS, "model", "name", "serial", "session")

_SERVER_TERMS = (
    "atlas_acronym", "atlas_id", "atlas_name", "dataset_types", "django", "extended_qc", "json", "limit",
    "location", "offset", "tag",
)  # fmt: skip
SERVER_SESSION_TERMS = (
    *SESSION_TERMS, *_SERVER_TERMS, "histology", "performance_gte", "performance_lte", "procedures", "qc", "type",
    "users",
)  # fmt: skip
SERVER_INSERTION_TERMS = (*INSERTION_TERMS, *_SERVER_TERMS, "chronic_insertion", "experiment_number")

_ALSO = {"date": "date_range", "lab": "laboratory", "nickname": "subject", "project": "projects", "eid": "id"}
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


def complete_terms(terms: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """Write out abbreviated terms, and drop those whose value is None.

    Raises
    ------
    ValueError
        If a term is unknown, ambiguous, or given twice.
    """
    full: dict[str, Any] = {}
    for term, value in terms.items():
        name = _complete(term, sorted(known))
        if name in full:
            raise ValueError(f"search term {name!r} is given twice ({', '.join(terms)}); give it once")
        if value is not None:
            full[name] = value
    return full


def parse_date_range(value: object) -> tuple[date, date]:
    """Read a day, or a pair of days of which either may be None (open).

    Returns
    -------
    (date, date)
        First and last day, both included.

    Raises
    ------
    InvalidDate
        If it is neither, or the days are in the wrong order.
    """
    if isinstance(value, (str, date)):
        day = _day(value)
        return day, day
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise InvalidDate(f"date_range {value!r} is neither a day 'YYYY-MM-DD' nor a pair of days [first, last]")
    first = FIRST_DAY if value[0] is None else _day(value[0])
    last = LAST_DAY if value[1] is None else _day(value[1])
    if last < first:
        raise InvalidDate(f"date_range begins on {first} and ends before, on {last}; give the first day first")
    return first, last


def as_list(value: object) -> list[Any]:
    """Make a list of one value or many."""
    return list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]


def _day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise InvalidDate(f"{value!r} is not a day; write YYYY-MM-DD, such as 2020-08-21") from None


def _complete(term: str, known: list[str]) -> str:
    if term in known:
        return term
    if _ALSO.get(term) in known:
        return _ALSO[term]
    found = [name for name in known if name.startswith(term)]
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(f"search term {term!r} is ambiguous: {', '.join(found)}")
    close = get_close_matches(term, known, n=3)
    hint = f"did you mean {' or '.join(close)}? " if close else ""
    raise ValueError(f"no search term {term!r}; {hint}there are {', '.join(known)}")
