"""Rows of several tables, read in one query: each row as a mapping of the values that were asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import JSONObject

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """Some rows of one table, and what to read of each.

    Attributes
    ----------
    rows : QuerySet
        Which rows; their order is not kept.
    values : mapping
        Each name of the answer, and the column or expression that it stands for. The database writes the values as
        JSON does: see :func:`moment` for times.
    """

    rows: QuerySet[Any]
    values: Mapping[str, Any] = field(default_factory=dict)


def read_together(**parts: Part) -> dict[str, list[Row]]:
    """Return the rows of each part, by its name: one query, however many tables there are."""
    queries = [
        part.rows.order_by().annotate(
            of_part=Value(number),
            read=JSONObject(**{name: F(what) if isinstance(what, str) else what for name, what in part.values.items()}),
        )
        for number, part in enumerate(parts.values())
    ]
    first, *others = [query.values_list("of_part", "read") for query in queries]
    found: tuple[list[Row], ...] = tuple([] for _ in parts)
    for number, read in first.union(*others, all=True):
        found[number].append(read)
    return dict(zip(parts, found, strict=True))


def moment(text: str) -> datetime:
    """Return the moment that the database wrote into JSON."""
    return datetime.fromisoformat(text).astimezone(UTC)
