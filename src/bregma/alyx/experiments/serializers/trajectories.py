"""How trajectories and channels are written on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from bregma.alyx.api.fields import FiniteFloatField
from bregma.alyx.api.serializers import WireSerializer, maybe_by_name
from bregma.alyx.experiments.models import (
    BrainRegion,
    Channel,
    ChronicInsertion,
    CoordinateSystem,
    ProbeInsertion,
    TrajectoryEstimate,
)
from bregma.alyx.experiments.provenance import ProvenanceField
from bregma.alyx.experiments.serializers.insertions import SessionInfoSerializer
from bregma.alyx.experiments.serializers.keys import NumberKeyField, UuidKeyField

_OWNER = ("session__subject__lab", "session__subject__responsible_user")
_CHRONIC_OWNER = ("subject__lab", "subject__responsible_user")
_OF_TRAJECTORY = [
    *(f"probe_insertion__{path}" for path in _OWNER),
    *(f"chronic_insertion__{path}" for path in _CHRONIC_OWNER),
]


class TrajectorySerializer(WireSerializer[TrajectoryEstimate]):
    """A trajectory, with the session and the name of its insertion."""

    probe_insertion = UuidKeyField(
        queryset=ProbeInsertion.objects.select_related(*_OWNER), required=False, allow_null=True
    )
    chronic_insertion = UuidKeyField(
        queryset=ChronicInsertion.objects.select_related(*_CHRONIC_OWNER), required=False, allow_null=True
    )
    x = FiniteFloatField(allow_null=True)
    y = FiniteFloatField(allow_null=True)
    z = FiniteFloatField(required=False, allow_null=True)
    depth = FiniteFloatField(allow_null=True)
    theta = FiniteFloatField(allow_null=True)
    phi = FiniteFloatField(allow_null=True)
    roll = FiniteFloatField(required=False, allow_null=True)
    provenance = ProvenanceField(TrajectoryEstimate.Provenance)
    session = SessionInfoSerializer(source="probe_insertion.session", read_only=True, allow_null=True)
    probe_name = serializers.SerializerMethodField()
    coordinate_system = maybe_by_name(CoordinateSystem)

    class Meta:
        model = TrajectoryEstimate
        fields = ["id", "probe_insertion", "x", "y", "z", "depth", "theta", "phi", "roll", "provenance", "session"]
        fields += ["probe_name", "coordinate_system", "datetime", "json", "chronic_insertion"]
        validators: list[Any] = []  # the service says which provenance an insertion has already

    def get_probe_name(self, trajectory: TrajectoryEstimate) -> str | None:
        """Return the name of the insertion."""
        insertion = trajectory.probe_insertion or trajectory.chronic_insertion
        return insertion.name if insertion else None

    def to_internal_value(self, data: Any) -> Any:
        """Read a trajectory: which insertion it is of, every write says anew; one that is left out is none."""
        values = super().to_internal_value(data)
        return {"probe_insertion": None, "chronic_insertion": None, **values}


class ChannelSerializer(WireSerializer[Channel]):
    """A channel."""

    trajectory_estimate = UuidKeyField(queryset=TrajectoryEstimate.objects.select_related(*_OF_TRAJECTORY))
    brain_region = NumberKeyField(queryset=BrainRegion.objects.all(), required=False, allow_null=True)

    class Meta:
        model = Channel
        fields = ["id", "trajectory_estimate", "brain_region", "name", "json", "axial", "lateral", "x", "y", "z"]
        validators: list[Any] = []  # the service checks all channels of a request at once
        extra_kwargs = {name: {"required": False} for name in ("axial", "lateral")}
