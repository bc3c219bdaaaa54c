"""Follows a field such as ``subject__lab__name__icontains`` from a table to a column, if every step is allowed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from bregma.alyx.api.terms.relations import may_compare
from bregma.alyx.errors import InvalidRequest

if TYPE_CHECKING:
    from bregma.alyx import policy

COMPARISONS = frozenset({"exact", "gt", "gte", "lt", "lte", "in", "range", "isnull"})
WORDS = frozenset({"iexact", "contains", "icontains", "startswith", "istartswith", "endswith", "iendswith"})
PATTERNS = frozenset({"regex", "iregex"})
OF_RELATION = frozenset({"exact", "in", "isnull"})
OF_JSON = COMPARISONS | WORDS | PATTERNS | {"contained_by", "has_key", "has_keys", "has_any_keys"}
OF_ARRAY = frozenset({"exact", "contains", "contained_by", "overlap", "isnull"})
DAY_PARTS = frozenset({"year", "iso_year", "quarter", "month", "week", "day", "week_day", "iso_week_day"})
MOMENT_PARTS = DAY_PARTS | {"date", "time", "hour", "minute", "second"}
MOST_HOPS = 6
MOST_KEYS = 20
MOST_IN_PATH = 300
KEY = re.compile(r"[\w .:/+-]+")
ITEM = re.compile(r"len|\d{1,4}")
WAY_OUT = "write field,value,field,value ... with fields such as subject__nickname or start_time__gte"


@dataclass(frozen=True, slots=True)
class Hop:
    """A relation that is crossed."""

    name: str
    table: type[models.Model]
    is_many: bool


@dataclass(frozen=True, slots=True)
class Target:
    """Where a path ends.

    Attributes
    ----------
    column : Field
        The column, or the relation, that is compared.
    hops : tuple of Hop
        The relations on the way.
    part : str or None
        The part of a day or moment that is taken, such as ``year``.
    lookup : str
        How it is compared, such as ``gte``.
    rest : str
        What follows the last relation in the path.
    is_key : bool
        It is a key inside of JSON, or an item of an array.
    """

    column: models.Field[Any, Any]
    hops: tuple[Hop, ...]
    part: str | None
    lookup: str
    rest: str
    is_key: bool = False

    @property
    def is_many(self) -> bool:
        """Whether one row may lead to several values."""
        return any(hop.is_many for hop in self.hops) or _is_many(self.column)


def resolve(path: str, model: type[models.Model], user: policy.User) -> Target:
    """Follow a path from a table to a column.

    Raises
    ------
    InvalidRequest
        If a step is not there or not allowed; the message names it.
    """
    if len(path) > MOST_IN_PATH + 20 * MOST_KEYS:
        raise InvalidRequest(f"{path[:60]!r}... is too long for a field")
    parts, here = path.split("__"), model
    hops: list[Hop] = []
    for i, part in enumerate(parts[: MOST_HOPS + 1]):
        column = _column(here, part, path)
        if not may_compare(here, column, user):
            raise InvalidRequest(f"{path!r} may not be searched: {column.name!r} is closed to filters")
        if not column.is_relation or i == len(parts) - 1 or not _has_column(column.related_model, parts[i + 1]):
            return _target(column, tuple(hops), parts[i:], path)
        hops.append(Hop(column.name, column.related_model, _is_many(column)))
        here = column.related_model
    raise InvalidRequest(f"{path!r} crosses too many tables; at most {MOST_HOPS}")


def fields_of(model: type[models.Model]) -> set[str]:
    """Return the names that a path may begin with."""
    names = {name for field in model._meta.get_fields() for name in (field.name, getattr(field, "attname", field.name))}
    return names | {"pk"}


def _target(column: Any, hops: tuple[Hop, ...], parts: list[str], path: str) -> Target:
    rest = parts[1:]
    lookups = _lookups_of(column)
    lookup = rest.pop() if rest and rest[-1] in lookups else "exact"
    if isinstance(column, models.JSONField):
        _check_keys(rest, path)
        return Target(column, hops, None, lookup, "__".join(parts), is_key=bool(rest))
    is_item = isinstance(column, ArrayField) and len(rest) == 1 and bool(ITEM.fullmatch(rest[0]))
    part = rest.pop() if rest and rest[-1] in _parts_of(column) else None
    if rest and column.is_relation:
        _column(column.related_model, rest[0], path)
    if rest and not is_item:
        raise InvalidRequest(f"{path!r}: {'__'.join(rest)!r} is no column or comparison; {WAY_OUT}")
    return Target(column, hops, part, lookup, "__".join(parts), is_key=is_item)


def _lookups_of(column: Any) -> frozenset[str]:
    if column.is_relation:
        return OF_RELATION
    if isinstance(column, models.JSONField):
        return OF_JSON
    if isinstance(column, ArrayField):
        return OF_ARRAY | COMPARISONS
    is_text = isinstance(column, models.CharField | models.TextField | models.FileField)
    return COMPARISONS | WORDS | PATTERNS if is_text else COMPARISONS | WORDS


def _parts_of(column: Any) -> frozenset[str]:
    if isinstance(column, models.DateTimeField):
        return MOMENT_PARTS
    return DAY_PARTS if isinstance(column, models.DateField) else frozenset()


def _check_keys(keys: list[str], path: str) -> None:
    if len(keys) > MOST_KEYS:
        raise InvalidRequest(f"{path[:200]!r} goes too deep; at most {MOST_KEYS} keys")
    wrong = next((key for key in keys if not KEY.fullmatch(key)), None)
    if wrong is not None:
        raise InvalidRequest(f"{path!r} has the key {wrong!r}, which is not made of letters, digits and _ . : / + -")


def _column(model: type[models.Model], name: str, path: str) -> Any:
    try:
        return model._meta.pk if name == "pk" else model._meta.get_field(name)
    except FieldDoesNotExist as error:
        near = get_close_matches(name, fields_of(model), n=1)
        hint = f"did you mean {near[0]}?" if near else WAY_OUT
        raise InvalidRequest(f"{path!r}: {model._meta.verbose_name} has no field {name!r}; {hint}") from error


def _has_column(model: type[models.Model], name: str) -> bool:
    return name in fields_of(model)


def _is_many(column: Any) -> bool:
    return bool(column.is_relation and (column.many_to_many or column.one_to_many))
