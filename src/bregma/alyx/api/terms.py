"""The free filter ``django=``: field, value, field, value ... read as literals, never evaluated.

A field may cross relations, but only into the tables of this room, and never to a password, a token or the
secrets of a repository.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist, FieldError, ValidationError
from django.db import connection, models
from django.utils.dateparse import parse_date, parse_datetime

from bregma.alyx import policy
from bregma.alyx.data.models import DataRepository
from bregma.alyx.errors import InvalidRequest
from bregma.alyx.misc.models import LabMember

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = TypeVar("Row", bound=models.Model)

ROOM = frozenset({"misc", "subjects", "actions", "data", "experiments"})
MEMBER_COLUMNS = frozenset({"id", "username", "email", "first_name", "last_name", "is_active", "is_stock_manager"})
PUBLIC_HOPS = frozenset({"subject", "lab", "projects", "tags", "session", "dataset_type", "data_format", "revision"})
LOOKUPS = frozenset(
    [
        "exact",
        "iexact",
        "contains",
        "icontains",
        "startswith",
        "istartswith",
        "endswith",
        "iendswith",
        "in",
        "gt",
        "gte",
        "lt",
        "lte",
        "range",
        "isnull",
    ]
)
PARTS_OF_TIME = {"date": "date", "year": "int", "month": "int", "day": "int", "hour": "int", "week_day": "int"}
CONSTANTS = {"none": None, "true": True, "false": False}
MOST_TERMS = 10
MOST_HOPS = 6
MOST_KEYS = 20
WAY_OUT = "write field,value,field,value ... with fields such as subject__nickname or start_time__gte"


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: a path to a column with its lookup, a value, and whether rows that fulfil it are left out."""

    path: str
    value: object
    excludes: bool


@dataclass(frozen=True, slots=True)
class Target:
    """The column that a path ends at, the part of a moment it takes, and how it compares."""

    column: models.Field[Any, Any]
    part: str | None
    lookup: str


def apply_terms(rows: models.QuerySet[Row], text: str, user: policy.User, *, prefix: str = "") -> models.QuerySet[Row]:
    """Filter rows by a free filter.

    Parameters
    ----------
    rows : QuerySet
        Of any table of this room.
    text : str
        Such as ``subject__nickname,KS014,~qc__gte,40``.
    user : LabMember
        Who asks; accounts for the public cross few relations.
    prefix : str
        Put before every field, such as ``json__``.

    Raises
    ------
    InvalidRequest
        If the text is no list of pairs, or a field or value is not allowed; the message names it.
    """
    model = rows.model
    for term in parse_terms(text, model, user, prefix=prefix):
        found = _find(model, term)
        rows = rows.exclude(pk__in=found) if term.excludes else rows.filter(pk__in=found)
    return rows


def _find(model: type[models.Model], term: Term) -> models.QuerySet[Any, Any]:
    """Return the keys of the rows that fulfil a condition, once it is sure that it can be written as SQL."""
    try:
        found = model._default_manager.order_by().filter(**{term.path: term.value}).values("pk")
        found.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return model._default_manager.none().values("pk")
    except (FieldError, ValueError, TypeError, OverflowError) as error:
        raise InvalidRequest(f"{term.path} cannot be compared with {str(term.value)[:100]!r}: {error}") from error
    return found


def parse_terms(text: str, model: type[models.Model], user: policy.User, *, prefix: str = "") -> list[Term]:
    """Read a free filter for a table; see :func:`apply_terms`."""
    parts = list(_split(text))
    if len(parts) % 2:
        raise InvalidRequest(f"{text[:200]!r} is not a list of pairs; {WAY_OUT}")
    if len(parts) > 2 * MOST_TERMS:
        raise InvalidRequest(f"{len(parts) // 2} conditions are too many; at most {MOST_TERMS}")
    return [_term(name, value, model, user, prefix=prefix) for name, value in zip(parts[::2], parts[1::2], strict=True)]


def _term(name: str, value: str, model: type[models.Model], user: policy.User, *, prefix: str) -> Term:
    excludes = name.startswith("~")
    path = prefix + name.lstrip("~").strip()
    target = resolve(path, model, user)
    try:
        return Term(path, _convert(value.strip(), target), excludes)
    except (ValueError, TypeError, SyntaxError, ValidationError) as error:
        raise InvalidRequest(f"{value[:100]!r} is not a value for {path}: {_say(error)}") from error


def resolve(path: str, model: type[models.Model], user: policy.User) -> Target:
    """Follow a path from a table to a column, if every step is allowed."""
    parts, here = path.split("__"), model
    for i, part in enumerate(parts[: MOST_HOPS + 1]):
        column = _column(here, part, path)
        _check_allowed(here, column, path, user)
        if not column.is_relation or i == len(parts) - 1 or not _has_column(column.related_model, parts[i + 1]):
            return _target(column, parts[i + 1 :], path)
        here = column.related_model
    raise InvalidRequest(f"{path!r} crosses too many tables; at most {MOST_HOPS}")


def _target(column: Any, rest: list[str], path: str) -> Target:
    lookup = rest.pop() if rest and rest[-1] in LOOKUPS else "exact"
    if isinstance(column, models.JSONField):
        if len(rest) > MOST_KEYS:
            raise InvalidRequest(f"{path[:200]!r} goes too deep; at most {MOST_KEYS} keys")
        if not all(re.fullmatch(r"[\w -]+", key) for key in rest):
            raise InvalidRequest(f"{path!r} has a key that is not made of letters, digits and underscores")
        return Target(column, None, lookup)
    part = rest.pop() if rest and rest[-1] in PARTS_OF_TIME and isinstance(column, models.DateField) else None
    if rest:
        raise InvalidRequest(f"{path!r}: {'__'.join(rest)!r} is no column or comparison; {WAY_OUT}")
    return Target(column, part, lookup)


def _column(model: type[models.Model], name: str, path: str) -> Any:
    try:
        return model._meta.pk if name == "pk" else model._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise InvalidRequest(f"{path!r}: {model._meta.verbose_name} has no field {name!r}; {WAY_OUT}") from error


def _has_column(model: type[models.Model], name: str) -> bool:
    return name == "pk" or name in {field.name for field in model._meta.get_fields()}


def _check_allowed(model: type[models.Model], column: Any, path: str, user: policy.User) -> None:
    """Refuse columns with secrets, tables outside of this room, and for the public most relations."""
    refused = issubclass(model, DataRepository) and column.name == "json"
    if issubclass(model, LabMember) and not column.is_relation:
        refused = column.name not in MEMBER_COLUMNS
    if column.is_relation:
        related = column.related_model
        refused = related is None or related._meta.app_label not in ROOM
        refused = refused or (not policy.is_member(user) and not _leads_to_public(column))
    if refused:
        raise InvalidRequest(f"{path!r} may not be searched: {column.name!r} is closed to filters")


def _leads_to_public(column: Any) -> bool:
    """Tell whether the public may cross a relation: never backwards, to rows that it may not read."""
    return column.name in PUBLIC_HOPS and not column.auto_created


def _convert(text: str, target: Target) -> object:
    """Read a value as the column wants it."""
    if text.lower() == "none":
        return None
    if target.lookup == "isnull":
        return _boolean(text)
    if target.lookup in ("in", "range"):
        values = ast.literal_eval(text)
        if not isinstance(values, list | tuple) or (target.lookup == "range" and len(values) != 2):
            raise ValueError("expected a list such as ['a', 'b']")
        return [_convert_one(str(value) if value is not None else "none", target) for value in values]
    return _convert_one(text, target)


def _convert_one(text: str, target: Target) -> object:
    column = target.column
    if isinstance(column, models.JSONField):
        return _literal(text)
    if target.part:
        return parse_date(text) or _fail("a date") if target.part == "date" else int(text)
    if target.lookup not in ("exact", "in", "gt", "gte", "lt", "lte", "range"):
        return text
    while column.is_relation:
        column = column.related_model._meta.pk  # type: ignore[union-attr]
    if isinstance(column, models.DateTimeField):
        return _moment(text)
    if isinstance(column, models.BooleanField):
        return _boolean(text)
    if isinstance(column, models.IntegerField | models.FloatField):
        return _number(text)
    return column.to_python(text)


def _literal(text: str) -> object:
    if text.lower() in CONSTANTS:
        return CONSTANTS[text.lower()]
    try:
        return _number(text)
    except ValueError:
        return text


def _number(text: str) -> int | float:
    number = float(text)
    if number != number or abs(number) == float("inf"):
        raise ValueError("expected a finite number")
    return int(number) if number.is_integer() else number


def _boolean(text: str) -> bool:
    known = {"true": True, "false": False, "1": True, "0": False}
    if text.lower() not in known:
        raise ValueError("expected true or false")
    return known[text.lower()]


def _moment(text: str) -> datetime:
    moment = parse_datetime(text)
    if moment is None:
        day = parse_date(text) or _fail("a moment such as 2024-01-31T12:00:00")
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _fail(expected: str) -> Any:
    raise ValueError(f"expected {expected}")


def _say(error: Exception) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


def _split(text: str) -> Iterator[str]:
    """Split at commas that are outside of brackets and of quotes in brackets."""
    depth, quote, start = 0, "", 0
    for i, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif depth and character in "'\"":
            quote = character
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "," and depth == 0:
            yield text[start:i]
            start = i + 1
    yield text[start:]
