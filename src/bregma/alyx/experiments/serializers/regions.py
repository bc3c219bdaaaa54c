"""How regions of the brain are written on the wire."""

from __future__ import annotations

from typing import Any, cast

from rest_framework import serializers

from bregma.alyx.api.serializers import WireSerializer
from bregma.alyx.experiments.models import BrainRegion
from bregma.alyx.experiments.selectors import described_regions, related_descriptions


class BrainRegionSerializer(WireSerializer[BrainRegion]):
    """A region, of which only the description can be written."""

    parent: Any = serializers.IntegerField(source="parent_id", read_only=True, allow_null=True)
    related_descriptions = serializers.SerializerMethodField()

    class Meta:
        model = BrainRegion
        fields = ["id", "acronym", "name", "description", "parent", "related_descriptions"]
        read_only_fields = ["id", "acronym", "name"]

    def get_related_descriptions(self, region: BrainRegion) -> list[dict[str, Any]]:
        """Return the descriptions of the regions around this one and within it; one query for a whole list."""
        described = cast("dict[str, Any]", self.context).setdefault("described regions", described_regions())
        return related_descriptions(region, described)
