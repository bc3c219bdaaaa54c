"""Pages by cursor: the place in a list is the values of its last row, so that no row is missed or given twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Q
from django.db.models.expressions import OrderBy

from bregma.alyx.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Field, Model, QuerySet

SALT = "bregma.cursor"
OWN = "pk"
"""The path of a row's own key."""


@dataclass(frozen=True, slots=True)
class Key:
    """One column by which a list is ordered."""

    path: str
    column: Field[Any, Any]
    falls: bool
    nulls_last: bool

    @property
    def order(self) -> OrderBy:
        """How the database orders by it."""
        nulls: dict[str, Any] = {"nulls_last": True} if self.nulls_last else {"nulls_first": True}
        return OrderBy(F(self.path), descending=self.falls, **(nulls if self.may_be_empty else {}))

    @property
    def may_be_empty(self) -> bool:
        """Whether rows may have no value."""
        return self.column.null or "__" in self.path

    def turned(self) -> Key:
        """Return the same column in the other direction."""
        return replace(self, falls=not self.falls, nulls_last=not self.nulls_last)

    def same(self, value: Any) -> Q:
        """Make a condition: a row has this value."""
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})

    def after(self, value: Any) -> Q:
        """Make a condition: a row comes after this value."""
        if value is None:
            return Q(pk__in=[]) if self.nulls_last else Q(**{f"{self.path}__isnull": False})
        later = Q(**{f"{self.path}__{'lt' if self.falls else 'gt'}": value})
        return later | Q(**{f"{self.path}__isnull": True}) if self.may_be_empty and self.nulls_last else later

    def value_of(self, row: Any) -> Any:
        """Return the value of a row, as JSON can carry it."""
        found = row
        for step in self.path.split("__"):
            found = getattr(found, step, None)
        return found.isoformat() if isinstance(found, date | datetime) else _plain(found)


@dataclass(frozen=True, slots=True)
class CursorPage:
    """Some rows, and the cursors of the pages around them; empty where there is none."""

    rows: list[Any]
    next: str
    previous: str


def read_page(rows: QuerySet[Any], cursor: str, limit: int) -> CursorPage:
    """Return the page that a cursor stands for; an empty one stands for the first.

    The order is that of the list, with the key of the row as the last word.

    Raises
    ------
    InvalidRequest
        If this server made no such cursor for this list.
    """
    keys = keys_of(rows)
    mark = _mark(rows.model, keys)
    backward, values = _read(cursor, mark, keys) if cursor else (False, None)
    ways = [key.turned() for key in keys] if backward else keys
    ordered = rows.order_by(*(key.order for key in ways))
    found = list((ordered.filter(_after(ways, values)) if values else ordered)[: limit + 1])
    more, page = len(found) > limit, found[:limit]
    if backward:
        page.reverse()
    has_next, has_previous = (True, more) if backward else (more, values is not None)
    return CursorPage(
        page,
        _write(mark, keys, page[-1], backward=False) if has_next and page else "",
        _write(mark, keys, page[0], backward=True) if has_previous and page else "",
    )


def keys_of(rows: QuerySet[Any]) -> list[Key]:
    """Return the columns by which a list is ordered, the primary key last; it alone if the order is computed."""
    model = rows.model
    order = rows.query.order_by or (model._meta.ordering if rows.query.default_ordering else ())
    keys = [_key(model, term) for term in order]
    plain = [key for key in keys if key is not None]
    own = Key(OWN, _column_of_key(model), falls=False, nulls_last=True)
    unique = [*(plain if len(plain) == len(keys) else []), own]
    return list({key.path: key for key in reversed(unique)}.values())[::-1]


def _key(model: type[Model], term: Any) -> Key | None:
    """Read one term of an order; None if it is no plain column of the row or of one that it points to."""
    falls, nulls_last = False, None
    if isinstance(term, OrderBy):
        falls = term.descending
        nulls_last = True if term.nulls_last else False if term.nulls_first else None
        term = term.expression
    name = getattr(term, "name", None) if isinstance(term, F) else term
    if not isinstance(name, str):
        return None
    falls, name = falls or name.startswith("-"), name.lstrip("-")
    path = OWN if name == model._meta.pk.name else name
    column = _column_of_key(model) if path == OWN else _column(model, path)
    if column is None:
        return None
    return Key(path, column, falls, nulls_last=not falls if nulls_last is None else nulls_last)


def _column_of_key(model: type[Model]) -> Any:
    """Return the column of a table's keys; of a table that extends another, the column there."""
    column: Any = model._meta.pk
    while column.is_relation:
        column = column.target_field
    return column


def _column(model: type[Model], path: str) -> Any:
    here: Any = model
    column: Any = None
    for step in path.split("__"):
        try:
            column = here._meta.get_field(step)
        except (FieldDoesNotExist, AttributeError):
            return None
        if (column.auto_created and not column.concrete) or column.many_to_many:
            return None
        here = column.related_model
    return None if column.is_relation else column


def _after(keys: list[Key], values: list[Any]) -> Q:
    """Make a condition: rows after these values, compared column by column."""
    condition, equal = Q(pk__in=[]), Q()
    for key, value in zip(keys, values, strict=True):
        condition |= equal & key.after(value)
        equal &= key.same(value)
    first, start = keys[0], values[0]
    if first.may_be_empty or start is None:
        return condition
    return Q(**{f"{first.path}__{'lte' if first.falls else 'gte'}": start}) & condition  # lets an index find the start


def _mark(model: type[Model], keys: Iterable[Key]) -> str:
    return f"{model._meta.label} {' '.join(('-' if key.falls else '') + key.path for key in keys)}"


def _write(mark: str, keys: Iterable[Key], row: Any, *, backward: bool) -> str:
    return signing.dumps([mark, backward, [key.value_of(row) for key in keys]], salt=SALT, compress=True)


def _read(cursor: str, mark: str, keys: list[Key]) -> tuple[bool, list[Any]]:
    try:
        known, backward, values = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError) as error:
        raise _not_mine(cursor) from error
    if known != mark:
        raise _not_mine(cursor)
    pairs = zip(keys, values, strict=True)
    return backward, [None if value is None else key.column.to_python(value) for key, value in pairs]


def _not_mine(cursor: str) -> InvalidRequest:
    return InvalidRequest(f"cursor={cursor[:40]!r} is no cursor of this list; begin anew with an empty one: cursor=")


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
