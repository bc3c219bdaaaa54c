"""Turns the text of a free filter into conditions on rows: each one a filter of its own, as chained calls are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import EmptyResultSet, FieldError, ValidationError
from django.db import NotSupportedError, connection, models

from bregma.alyx import policy
from bregma.alyx.api.terms.paths import Hop, Target, fields_of, resolve
from bregma.alyx.api.terms.text import pairs
from bregma.alyx.api.terms.values import convert
from bregma.alyx.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable

Row = TypeVar("Row", bound=models.Model)
MOST_TERMS = 30
KEY_OF_JSON = re.compile(r"~?\w[\w .:/+-]*")


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: a path to a column with its lookup, a value, and whether rows that fulfil it are left out."""

    path: str
    value: object
    excludes: bool
    target: Target


def apply_terms(rows: models.QuerySet[Row], text: str, user: policy.User, *, prefix: str = "") -> models.QuerySet[Row]:
    """Filter rows by a free filter.

    Parameters
    ----------
    rows : QuerySet
        Of any table of the contract.
    text : str
        Such as ``subject__nickname,KS014,~qc__gte,40``.
    user : LabMember
        Who asks. Guests and accounts for the public cross few relations, and meet only rows that they may read.
    prefix : str
        Put before every field, such as ``json__``.

    Raises
    ------
    InvalidRequest
        If the text is no list of pairs, or a field or value is not allowed; the message names it.
    """
    is_member = policy.is_member(user)
    for term in parse_terms(text, rows.model, user, prefix=prefix):
        is_guarded = not is_member and (term.target.hops or term.target.column.is_relation)
        rows = _keep_readable(rows, term, user) if is_guarded else _keep(rows, term)
    return rows


def parse_terms(text: str, model: type[models.Model], user: policy.User, *, prefix: str = "") -> list[Term]:
    """Read a free filter for a table; see :func:`apply_terms`."""

    def is_field(part: str) -> bool:
        if prefix:
            return bool(KEY_OF_JSON.fullmatch(part))
        return part.removeprefix("~").strip().split("__")[0] in fields_of(model)

    found = pairs(text, is_field, separators=",;" if prefix else ",")
    if len(found) > MOST_TERMS:
        raise InvalidRequest(f"{len(found)} conditions are too many; at most {MOST_TERMS}")
    return [_term(name, value, model, user, prefix=prefix) for name, value in found]


def _term(name: str, value: str, model: type[models.Model], user: policy.User, *, prefix: str) -> Term:
    path = prefix + name.removeprefix("~").strip()
    target = resolve(path, model, user)
    try:
        return Term(path, convert(value, target), name.startswith("~"), target)
    except (ValueError, TypeError, ValidationError) as error:
        raise InvalidRequest(f"{value[:100]!r} is not a value for {path}: {_say(error)}") from error


def _keep(rows: models.QuerySet[Row], term: Term) -> models.QuerySet[Row]:
    """Keep the rows that fulfil a condition, each once: one that may meet several values is asked by key."""
    condition: dict[str, Any] = {term.path: term.value}
    everything = rows.model._default_manager.order_by()
    chosen = everything.exclude if term.excludes else everything.filter
    found = _checked(lambda: chosen(**condition), term)
    if found is None:
        return rows.none()
    if term.target.is_many:
        return rows.filter(pk__in=found.values("pk"))
    return rows.exclude(**condition) if term.excludes else rows.filter(**condition)


def _keep_readable(rows: models.QuerySet[Row], term: Term, user: policy.User) -> models.QuerySet[Row]:
    """Keep the rows that fulfil a condition through rows that the person may read."""
    hops, column = term.target.hops, term.target.column
    if column.is_relation:
        last: Any = column.related_model
        hops = (*hops, Hop(column.name, last, False))
    found = _checked(lambda: _through(rows.model, hops, term, user), term)
    if found is None:
        return rows if term.excludes else rows.none()
    keys = found.values("pk")
    return rows.exclude(pk__in=keys) if term.excludes else rows.filter(pk__in=keys)


def _through(model: type[models.Model], hops: tuple[Hop, ...], term: Term, user: policy.User) -> Any:
    rows = model._default_manager.order_by()
    if not hops:
        end = term.path.removeprefix("__".join(hop.name for hop in term.target.hops)).removeprefix("__")
        return rows.filter(**{_own(end, term.target): term.value})
    hop = hops[0]
    readable = policy.readable(user, hop.table._default_manager.order_by())
    asks_absence = term.target.lookup == "isnull" or term.value is None
    if len(hops) == 1 and term.target.column.is_relation and asks_absence:
        condition = {f"{hop.name}__in": readable.values("pk")}
        return rows.filter(**condition) if term.value is False else rows.exclude(**condition)
    inner = _through(hop.table, hops[1:], term, user)
    return rows.filter(**{f"{hop.name}__in": readable.filter(pk__in=inner.values("pk")).values("pk")})


def _own(end: str, target: Target) -> str:
    """Return the end of a path as a condition on the last table: a relation stands for the key of its row."""
    if not target.column.is_relation:
        return end
    return "__".join(("pk", *end.split("__")[1:]))


def _checked(choose: Callable[[], models.QuerySet[Row]], term: Term) -> models.QuerySet[Row] | None:
    """Return the rows once it is sure that they can be asked for in SQL; None where there can be none."""
    try:
        found = choose()
        found.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return None
    except (FieldError, ValueError, TypeError, OverflowError, ValidationError, NotSupportedError) as error:
        raise InvalidRequest(f"{term.path} cannot be compared with {str(term.value)[:100]!r}: {error}") from error
    return found


def _say(error: Exception) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
