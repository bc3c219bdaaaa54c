"""Numbers beside the rows of a list, counted by the database for the rows of one page."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce


def count_of(model: Any, field: str, **conditions: Any) -> Any:
    """Return a number for each row of a list: of the rows of another table that refer to it."""
    rows = model.objects.filter(**{field: OuterRef("pk")}, **conditions).order_by()
    return Coalesce(Subquery(rows.values(field).annotate(n=Count("pk")).values("n")), 0)
