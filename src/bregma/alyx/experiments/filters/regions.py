"""Query parameters of regions of the brain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters

from bregma.alyx.api.filters import WireFilterSet
from bregma.alyx.experiments.models import BrainRegion
from bregma.alyx.experiments.selectors import region_called

if TYPE_CHECKING:
    from django.db.models import QuerySet

NOWHERE = 0
"""The key of the region around all others, which is none itself."""


class BrainRegionFilter(WireFilterSet):
    """Query parameters of /brain-regions."""

    acronym = django_filters.CharFilter(lookup_expr="iexact")
    name = django_filters.CharFilter(lookup_expr="icontains")
    description = django_filters.CharFilter(lookup_expr="icontains")
    ancestors = django_filters.CharFilter(method="filter_ancestors", label="A region, and those that it lies in")
    descendants = django_filters.CharFilter(method="filter_descendants", label="A region, and those within it")

    class Meta:
        model = BrainRegion
        fields = ["id", "parent"]

    def filter_ancestors(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose a region, by acronym or number, and all that it lies in."""
        inner = region_called(value)
        return rows.filter(tree_id=inner.tree_id, lft__lte=inner.lft, rght__gte=inner.rght).exclude(pk=NOWHERE)

    def filter_descendants(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose a region, by acronym or number, and all within it."""
        outer = region_called(value)
        return rows.filter(tree_id=outer.tree_id, lft__range=(outer.lft, outer.rght)).exclude(pk=NOWHERE)
