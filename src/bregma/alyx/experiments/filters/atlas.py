"""Query parameters that choose what was recorded in a region of the brain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import django_filters
from django.db.models import Q

from bregma.alyx.api.filters import WireFilterSet, choose
from bregma.alyx.experiments.selectors import default_locations, regions_within, resolved_trajectories

if TYPE_CHECKING:
    from django.db.models import QuerySet


class AtlasFilterSet(WireFilterSet):
    """Choose rows recorded in a region or in one within it.

    Attributes
    ----------
    trajectories, locations : str
        The paths from a row to its trajectories and to the locations of its fields of view; empty for none.
    once : bool
        Whether a row that several trajectories or locations lead to is listed once. Clients of Alyx know
        sessions and stacks as listed once for each, and count them so.
    """

    trajectories: ClassVar[str] = ""
    locations: ClassVar[str] = ""
    once: ClassVar[bool] = True

    atlas_name = django_filters.CharFilter(
        field_name="name__icontains", method="filter_atlas", label="Part of the name of a region recorded in"
    )
    atlas_acronym = django_filters.CharFilter(
        field_name="acronym__iexact", method="filter_atlas", label="Acronym of a region recorded in, such as CA1"
    )
    atlas_id = django_filters.NumberFilter(
        field_name="pk", method="filter_atlas", label="Number of a region recorded in, of the Allen atlas"
    )

    def filter_atlas(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Choose rows by a region that holds one of their channels, or a field of view."""
        regions, recorded = regions_within(**{name: value}), Q()
        if self.trajectories:
            recorded |= Q(**{f"{self.trajectories}__in": resolved_trajectories(regions)})
        if self.locations:
            recorded |= Q(**{f"{self.locations}__in": default_locations(regions)})
        return choose(rows, recorded) if self.once or self.asked("django") else rows.filter(recorded)
