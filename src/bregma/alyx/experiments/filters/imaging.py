"""Query parameters of fields of view, their locations and stacks."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from bregma.alyx.api.filters import WireFilterSet, choose, columns_of
from bregma.alyx.experiments.filters.atlas import AtlasFilterSet
from bregma.alyx.experiments.filters.datasets import DatasetsFilterSet
from bregma.alyx.experiments.models import FOV, FOVLocation, ImagingStack
from bregma.alyx.experiments.provenance import provenance_of


class FOVFilter(AtlasFilterSet, DatasetsFilterSet):
    """Query parameters of /fields-of-view."""

    locations = "location"
    owner = "field_of_view"

    subject = django_filters.CharFilter(field_name="session__subject__nickname")
    lab = django_filters.CharFilter(field_name="session__lab__name", lookup_expr="iexact")
    project = django_filters.CharFilter(method="filter_project", label="Name of a project")
    date = django_filters.DateFilter(field_name="session__start_time", lookup_expr="date")
    experiment_number = django_filters.NumberFilter(field_name="session__number")
    imaging_type = django_filters.CharFilter(field_name="imaging_type__name", lookup_expr="icontains")

    class Meta:
        model = FOV
        fields = columns_of(FOV, leave_out=("imaging_type", "datasets"))

    def filter_project(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose fields of view by the name of a project of their session."""
        return choose(rows, Q(session__projects__name=value))


class FOVLocationFilter(WireFilterSet):
    """Query parameters of /fov-location."""

    provenance = django_filters.CharFilter(method="filter_provenance", label="Such as Landmark, in any case")
    coordinate_system = django_filters.CharFilter(field_name="coordinate_system__name")
    x = django_filters.NumberFilter(method="filter_number", label="One of its coordinates to the right")
    y = django_filters.NumberFilter(method="filter_number", label="One of its coordinates to the front")
    z = django_filters.NumberFilter(method="filter_number", label="One of its coordinates upwards")
    n_xyz = django_filters.NumberFilter(method="filter_number", label="One of its numbers of pixels")

    class Meta:
        model = FOVLocation
        fields = columns_of(FOVLocation, leave_out=("provenance", "coordinate_system"))

    def filter_provenance(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose locations by how they were found."""
        return rows.filter(provenance=provenance_of(FOVLocation.Provenance, value))

    def filter_number(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Choose locations by one of the numbers of a column that holds several."""
        return rows.filter(**{f"{name}__contains": [value]})


class ImagingStackFilter(AtlasFilterSet):
    """Query parameters of /imaging-stack."""

    locations = "slices__location"
    once = False

    class Meta:
        model = ImagingStack
        fields = columns_of(ImagingStack)
