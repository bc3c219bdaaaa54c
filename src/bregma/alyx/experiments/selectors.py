"""Reads regions of the brain, and what was recorded in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from bregma.alyx.errors import InvalidRequest
from bregma.alyx.experiments.models import BrainRegion, FOVLocation, TrajectoryEstimate

if TYPE_CHECKING:
    from collections.abc import Iterable


def regions_within(**condition: Any) -> QuerySet[BrainRegion]:
    """Return the regions that fulfil a condition, and all regions within them; one query now, one when read."""
    within, tree_met, reached = Q(pk__in=[]), 0, 0
    spans = BrainRegion.objects.filter(**condition).order_by("tree_id", "lft").values_list("tree_id", "lft", "rght")
    for tree, first, last in spans:
        if tree != tree_met or first > reached:
            within |= Q(tree_id=tree, lft__range=(first, last))
            tree_met, reached = tree, last
    return BrainRegion.objects.order_by().filter(within)


def region_called(text: str) -> BrainRegion:
    """Return the region with an acronym or number.

    Raises
    ------
    InvalidRequest
        If there is none.
    """
    rows = BrainRegion.objects.filter(pk=int(text)) if text.isdecimal() else BrainRegion.objects.filter(acronym=text)
    found = rows.first()
    if found is None:
        raise InvalidRequest(f"no brain region {text[:100]!r}; name one by its acronym, such as CA1, or its number")
    return found


def described_regions() -> QuerySet[BrainRegion]:
    """Return the few regions that have a description, from the outermost on."""
    return BrainRegion.objects.filter(description__isnull=False).order_by("tree_id", "lft")


def related_descriptions(region: BrainRegion, described: Iterable[BrainRegion]) -> list[dict[str, Any]]:
    """Return the descriptions of the regions around a region, then of those within it."""
    same = [other for other in described if other.tree_id == region.tree_id and other.pk != region.pk]
    around = [other for other in same if other.lft < region.lft and other.rght > region.rght]
    within = [other for other in same if other.lft > region.lft and other.rght < region.rght]
    return [
        {"id": other.pk, "name": other.name, "description": other.description, "level": other.level}
        for other in around + within
    ]


def resolved_trajectories(regions: QuerySet[BrainRegion]) -> QuerySet[TrajectoryEstimate]:
    """Return the trajectories aligned with the recording that have a channel in one of some regions."""
    aligned = TrajectoryEstimate.objects.filter(provenance__gte=TrajectoryEstimate.Provenance.EPHYS_ALIGNED)
    return aligned.filter(channels__brain_region__in=regions).distinct()


def default_locations(regions: QuerySet[BrainRegion]) -> QuerySet[FOVLocation]:
    """Return the locations of fields of view, only the one that counts of each, in one of some regions."""
    return FOVLocation.objects.filter(default_provenance=True, brain_region__in=regions).order_by().distinct()
