"""Endpoint of regions of the brain."""

from __future__ import annotations

from typing import Any

from bregma.alyx.api.views import WireViewSet
from bregma.alyx.experiments.filters.regions import BrainRegionFilter
from bregma.alyx.experiments.models import BrainRegion
from bregma.alyx.experiments.serializers.regions import BrainRegionSerializer


class BrainRegionViewSet(WireViewSet):
    """Regions of the Allen atlas, by number; their descriptions can be changed."""

    model = BrainRegion
    serializer_class = BrainRegionSerializer
    filterset_class = BrainRegionFilter
    lookup_value_regex = "[0-9]+"
    http_method_names = ["get", "put", "patch", "head", "options"]

    def rows(self) -> Any:
        """Return regions, each followed by those within it."""
        return BrainRegion.objects.order_by("tree_id", "lft")
