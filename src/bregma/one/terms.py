"""What can be searched for: the terms, their abbreviations, and what their values may be."""

from __future__ import annotations

from datetime import date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

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
    ValueError
        If it is neither.
    """
    if isinstance(value, (str, date)):
        day = _day(value)
        return day, day
    if isinstance(value, (list, tuple)) and len(value) == 2:
        first, last = value
        return (FIRST_DAY if first is None else _day(first), LAST_DAY if last is None else _day(last))
    raise ValueError(f"date_range {value!r} is neither a day 'YYYY-MM-DD' nor a pair of days [first, last]")


def as_list(value: object) -> list[Any]:
    """Make a list of one value or many."""
    return list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]


def _day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


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
