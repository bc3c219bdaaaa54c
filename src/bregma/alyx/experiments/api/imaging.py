"""Endpoints of fields of view, their locations and stacks."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet

from bregma.alyx import policy
from bregma.alyx.api.views import WireViewSet
from bregma.alyx.data.models import Dataset
from bregma.alyx.experiments import services
from bregma.alyx.experiments.filters.imaging import FOVFilter, FOVLocationFilter, ImagingStackFilter
from bregma.alyx.experiments.models import FOV, BrainRegion, FOVLocation, ImagingStack
from bregma.alyx.experiments.serializers import imaging as serializers


def _locations() -> QuerySet[FOVLocation]:
    regions = BrainRegion.objects.order_by("tree_id", "lft").only("id")
    rows = FOVLocation.objects.select_related("coordinate_system").prefetch_related(Prefetch("brain_region", regions))
    return rows.order_by("-default_provenance", "provenance", "id")


def _views(user: Any) -> QuerySet[FOV]:
    """Return fields of view with locations and datasets, as far as the person may see them."""
    datasets = policy.readable(user, Dataset.objects.order_by("name"))
    rows = FOV.objects.select_related("imaging_type", "session__subject__lab", "session__subject__responsible_user")
    return rows.prefetch_related(Prefetch("location", _locations()), Prefetch("datasets", datasets))


class FOVViewSet(WireViewSet):
    """Fields of view, by uuid."""

    model = FOV
    serializer_class = serializers.FOVSerializer
    filterset_class = FOVFilter

    def rows(self) -> Any:
        """Return fields of view, those of the newest session first."""
        return _views(self.request.user).order_by("-session__start_time", "name", "id")

    def create_row(self, values: dict[str, Any]) -> FOV:
        """Record a field of view."""
        return services.create_field_of_view(values, by=self.user)

    def change_row(self, row: FOV, values: dict[str, Any]) -> FOV:
        """Change a field of view."""
        return services.change_field_of_view(row, values, by=self.user)


class FOVLocationViewSet(WireViewSet):
    """Locations of fields of view, by uuid."""

    model = FOVLocation
    serializer_class = serializers.FOVLocationListSerializer
    detail_serializer_class = serializers.FOVLocationSerializer
    filterset_class = FOVLocationFilter

    def rows(self) -> Any:
        """Return locations, those that count first."""
        return _locations()

    def create_row(self, values: dict[str, Any]) -> FOVLocation:
        """Record a location."""
        return services.create_location(values, by=self.user)

    def change_row(self, row: FOVLocation, values: dict[str, Any]) -> FOVLocation:
        """Change a location."""
        return services.change_location(row, values, by=self.user)


class ImagingStackViewSet(WireViewSet):
    """Stacks of fields of view, by uuid."""

    model = ImagingStack
    serializer_class = serializers.ImagingStackListSerializer
    detail_serializer_class = serializers.ImagingStackSerializer
    filterset_class = ImagingStackFilter
    http_method_names = ["get", "post", "head", "options"]

    def rows(self) -> Any:
        """Return stacks with their fields of view."""
        views = policy.readable(self.request.user, _views(self.request.user)).order_by("name")
        return ImagingStack.objects.prefetch_related(Prefetch("slices", views)).order_by("name", "id")
