"""How fields of view, their locations and stacks are written on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.validators import UniqueTogetherValidator

from bregma.alyx.actions.models import Session
from bregma.alyx.api.fields import FiniteFloatField
from bregma.alyx.api.serializers import WireSerializer, by_name, maybe_by_name
from bregma.alyx.experiments.models import FOV, BrainRegion, CoordinateSystem, FOVLocation, ImagingStack, ImagingType
from bregma.alyx.experiments.provenance import ProvenanceField
from bregma.alyx.experiments.serializers.keys import NumberKeyField

_OWNER = ("subject__lab", "subject__responsible_user")
CORNERS = 8
"""At most: four of the highest plane of a volume, four of the lowest."""


def _coordinates() -> Any:
    return serializers.ListField(child=FiniteFloatField(), max_length=CORNERS)


class FOVLocationSerializer(WireSerializer[FOVLocation]):
    """Where a field of view lies."""

    field_of_view = serializers.PrimaryKeyRelatedField(
        queryset=FOV.objects.select_related(*(f"session__{path}" for path in _OWNER))
    )
    brain_region = NumberKeyField(queryset=BrainRegion.objects.all(), many=True, required=False)
    coordinate_system = by_name(
        CoordinateSystem, error_messages={"required": "Name the coordinate system, such as IBL-Allen."}
    )
    provenance = ProvenanceField(FOVLocation.Provenance)
    x = _coordinates()
    y = _coordinates()
    z = _coordinates()
    n_xyz = serializers.ListField(child=serializers.IntegerField(min_value=0, max_value=2**31 - 1), max_length=3)

    class Meta:
        model = FOVLocation
        fields = ["id", "brain_region", "coordinate_system", "provenance", "x", "y", "z", "n_xyz", "json"]
        fields += ["default_provenance", "auto_datetime", "field_of_view"]
        extra_kwargs = {"default_provenance": {"required": False}}
        validators = [UniqueTogetherValidator(FOVLocation.objects.all(), ("provenance", "field_of_view"))]


class FOVLocationListSerializer(FOVLocationSerializer):
    """Where a field of view lies, in a list of locations or within the field of view."""

    json = None
    field_of_view = None  # type: ignore[assignment]

    class Meta(FOVLocationSerializer.Meta):
        validators: list[Any] = []
        fields = [name for name in FOVLocationSerializer.Meta.fields if name not in ("json", "field_of_view")]


class FOVSerializer(WireSerializer[FOV]):
    """A field of view with its locations."""

    session = serializers.PrimaryKeyRelatedField(queryset=Session.objects.select_related(*_OWNER))
    imaging_type = maybe_by_name(ImagingType)
    name = serializers.CharField(max_length=255)
    location = FOVLocationListSerializer(many=True, read_only=True)

    class Meta:
        model = FOV
        fields = ["id", "imaging_type", "location", "name", "json", "session", "stack", "datasets"]


class ImagingStackListSerializer(WireSerializer[ImagingStack]):
    """The fields of view of a stack."""

    slices = FOVSerializer(many=True, read_only=True)

    class Meta:
        model = ImagingStack
        fields = ["id", "slices"]


class ImagingStackSerializer(ImagingStackListSerializer):
    """A stack by its name, with its fields of view."""

    name = serializers.CharField(max_length=255)

    class Meta(ImagingStackListSerializer.Meta):
        fields = ["id", "slices", "name", "json"]
