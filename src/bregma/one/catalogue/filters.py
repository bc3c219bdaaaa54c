"""Search terms as query parameters of a server, so that it finds what tables would.

Servers search in ways of their own: some fields whole, some in part, none by pattern. So patterns go into their free
filter ``django=``, as far as PostgreSQL and Python read them alike; the records that come are compared once more here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from bregma.alf import QC
from bregma.one.catalogue.terms import as_list, compile_patterns, parse_date_range, parse_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Filters = dict[str, Any]

_MOST_IDS = 100
_MOST_LETTERS = 1_500
_MOST_LETTERS_REPEATED = 100
_REPEAT = re.compile(r"[*+?]")
_ATOM = r"(?:\\[ .\-+*?^$|()\[\]dws]|\[\^?[\w .\-]+\]|[\w .\-/#=@%:~!<>&])"
_BRANCH = rf"\^?(?:{_ATOM}[*+?]?)*\$?"
_ALIKE = re.compile(rf"{_BRANCH}(?:\|{_BRANCH})*")
"""Patterns that PostgreSQL and Python read alike, without what free filters split at."""
_PLAIN = re.compile(r"\^?(?:[\w .]|\\?-|\\[. ])*\$?")
_NAME = re.compile(r"[\w.-]+")
_LITERAL = re.compile(r"[\d.eE_+-]+|none|true|false|nan|inf(inity)?|[\[({].*", re.IGNORECASE)
"""What stock servers read as a number, constant or list."""
_UNIONS = ("atlas_acronym", "atlas_id", "atlas_name")


@dataclass(frozen=True, slots=True)
class Place:
    """How the fields of an endpoint are called.

    Attributes
    ----------
    endpoint : str
        Such as ``sessions``.
    session : str
        How the free filter reaches the session: empty, or ``session__``.
    datasets : str
        How it reaches the datasets.
    own : mapping
        Fields of texts that only this endpoint has.
    """

    endpoint: str
    session: str
    datasets: str
    own: Mapping[str, str]

    def field(self, term: str) -> str | None:
        """Return the field of a term of texts."""
        shared = {
            "laboratory": f"{self.session}lab__name",
            "projects": f"{self.session}projects__name",
            "subject": f"{self.session}subject__nickname",
            "task_protocol": f"{self.session}task_protocol",
            "tag": f"{self.datasets}tags__name",
        }
        return shared.get(term) or self.own.get(term)


SESSIONS = Place(
    "sessions",
    "",
    "data_dataset_session_related__",
    {"location": "location__name", "procedures": "procedures__name"},
)
INSERTIONS = Place(
    "insertions",
    "session__",
    "datasets__",
    {"model": "model__name", "name": "name", "serial": "serial", "dataset": "datasets__name"},
)


def to_questions(terms: Mapping[str, Any], place: Place = SESSIONS) -> list[Filters]:
    """Convert search terms to the parameters of one or more requests, whose answers belong together.

    Parameters
    ----------
    terms : mapping
        Full names of terms, with their values.
    place : Place
        What is searched.

    Raises
    ------
    ValueError
        If a value cannot be read, or no server can look for it.
    """
    several = {term: _portions(term, terms[term]) for term in ("id", "subject", *_UNIONS) if term in terms}
    return [
        _question({**terms, **dict(zip(several, portion, strict=True))}, place)
        for portion in product(*several.values())
    ]


def is_meant(record: Mapping[str, Any], terms: Mapping[str, Any]) -> bool:
    """Compare the texts of a record with patterns, as they are compared in tables."""
    session = record.get("session_info") or record
    for term, field in _TOLD.items():
        value = session.get(field, record.get(field))
        if term in terms and value is not None:
            patterns = compile_patterns(term, terms[term])
            text = ",".join(value) if isinstance(value, (list, tuple)) else str(value)
            if patterns and not any(one.search(text) for one in patterns):
                return False
    return True


_TOLD = {
    "laboratory": "lab",
    "name": "name",
    "projects": "projects",
    "serial": "serial",
    "subject": "subject",
    "task_protocol": "task_protocol",
}


def _portions(term: str, value: object) -> list[Any]:
    """Part what is too long for one address, or of which a server takes one at a time."""
    values = as_list(value)
    if term in _UNIONS:
        return values
    if term == "subject" and sum(len(str(text)) + 1 for text in values) <= _MOST_LETTERS:
        return [values]
    return [values[i : i + _MOST_IDS] for i in range(0, len(values), _MOST_IDS)] or [[]]


def _question(terms: Mapping[str, Any], place: Place) -> Filters:
    filters: Filters = {"django": []}
    for term, value in terms.items():
        for name, written in _written(term, value, place).items():
            filters[name] = filters[name] + written if name == "django" else written
    free = [str(part) for part in as_list(terms.get("django") or [])] + filters.pop("django")
    return {**filters, "django": ",".join(free)} if free else filters


def _written(term: str, value: object, place: Place) -> Filters:
    if term in {"django", "limit", "offset"}:
        return {}
    if place.field(term):
        return _patterns(term, value, place)
    if term in {"date_range", "id", "number", "qc", "session", "type"}:
        return _exact(term, value, place)
    if term == "datasets":
        return _names(value, place)
    return {term: QC.parse(value).name if term == "dataset_qc_lte" else value}  # type: ignore[arg-type] # it checks


def _patterns(term: str, value: object, place: Place) -> Filters:
    """Write patterns of which one must be found, if the server can look for them."""
    texts = [pattern.pattern for pattern in compile_patterns(term, value)]
    if not texts or "" in texts:
        return {}
    if term == "projects":  # tables keep them in one text, in which names neither begin nor end
        texts = [text.removeprefix("^").removesuffix("$") if _PLAIN.fullmatch(text) else "(" for text in texts]
        texts = ["(" if "." in text.replace("\\.", "") else text for text in texts]
    joined = _shielded("|".join(texts))
    most = _MOST_LETTERS_REPEATED if _REPEAT.search(joined) else _MOST_LETTERS
    if _ALIKE.fullmatch(joined) and len(joined) <= most:
        return _free(f"{place.field(term)}__iregex,{joined}")
    if term in _TOLD:
        return {}  # the records that come are compared here
    raise ValueError(f"no server can look for {term}={value!r}; use a simpler pattern, without commas and groups")


def _shielded(pattern: str) -> str:
    """Write a pattern so that stock servers do not take it for a number, a constant or a list."""
    return f".*{pattern}" if _LITERAL.fullmatch(pattern) else pattern


def _exact(term: str, value: object, place: Place) -> Filters:
    """Write what is compared whole: as parameters of their own where servers have them, else in the free filter."""
    if term == "date_range":
        days = [day.isoformat() for day in parse_date_range(value)]
        day = f"{place.session}start_time__date"
        return _free(f"{day}__gte,{days[0]}", f"{day}__lte,{days[1]}") if place.session else {term: days}
    if term == "number":
        return _free(_in(f"{place.session}number", parse_numbers(value)))
    if term == "qc":
        outcomes = [QC.parse(item) for item in as_list(value)]
        return _free(_in("json__qc", [one.name for one in outcomes]) if place.session else _in("qc", outcomes))
    if term == "type":
        return _free("type__iregex," + "|".join(f"^{re.escape(str(text))}$" for text in as_list(value)))
    return _free(_in("session" if term == "session" else "pk", [str(item) for item in as_list(value)]))


def _free(*pairs: str) -> Filters:
    return {"django": list(pairs)}


def _in(field: str, values: Sequence[int] | Sequence[str]) -> str:
    listed = [int(value) if isinstance(value, int) else value for value in values]
    return f"{field},{listed[0]}" if len(listed) == 1 else f"{field}__in,{listed!r}"


def _names(value: object, place: Place) -> Filters:
    """Ask for files: by their whole names, else by patterns of them."""
    names = [str(text) for text in as_list(value) if _NAME.fullmatch(str(text))]
    free = _free(*(f"{place.datasets}name__iregex,{pattern}" for pattern in _patterns_of_names(value)))
    return {**free, "datasets": names} if names else free


def to_file_questions(terms: Mapping[str, Any]) -> list[str]:
    """Write the patterns in ``datasets`` as free filters of ``/datasets``, of files that are good enough."""
    worst = int(QC.parse(terms.get("dataset_qc_lte", QC.FAIL)))
    return [f"name__iregex,{pattern},qc__lte,{worst}" for pattern in _patterns_of_names(terms.get("datasets", ()))]


def _patterns_of_names(value: object) -> list[str]:
    texts = [pattern.pattern for pattern in compile_patterns("datasets", value)]
    patterns = [text for text in texts if not _NAME.fullmatch(text)]
    wrong = [text for text in patterns if "|" in text or not _ALIKE.fullmatch(text)]
    if wrong:
        raise ValueError(
            f"no server can look for datasets={wrong[0]!r}; use a simpler pattern, without commas, groups and bars"
        )
    return [f"^{text.removeprefix('^').removesuffix('$')}$" for text in patterns]
