"""Pages of long lists: the rows of a huge table are not counted one by one."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import QuerySet

if TYPE_CHECKING:
    from django.db.models import Model

LONG = 50_000
"""From how many rows on PostgreSQL's own estimate is close enough for the number of pages."""


class EstimatingPaginator(Paginator):  # type: ignore[type-arg]
    """Counts exactly what is filtered or short; takes the estimate of PostgreSQL for a whole long table."""

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        rows: Any = self.object_list
        if isinstance(rows, QuerySet) and not rows.query.where and not rows.query.is_sliced:
            estimate = estimated_rows(rows.model)
            if estimate >= LONG:
                return estimate
        return int(rows.count() if isinstance(rows, QuerySet) else len(rows))


def estimated_rows(model: type[Model]) -> int:
    """Return how many rows PostgreSQL thought a table had when it last looked; -1 if it never did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])
        found = cursor.fetchone()
    return int(found[0]) if found else -1
