"""Endpoints of trajectories and channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.alyx.api.views import WireViewSet
from bregma.alyx.experiments import services
from bregma.alyx.experiments.filters.insertions import ChannelFilter, TrajectoryFilter
from bregma.alyx.experiments.models import Channel, TrajectoryEstimate
from bregma.alyx.experiments.serializers.trajectories import ChannelSerializer, TrajectorySerializer

if TYPE_CHECKING:
    from rest_framework.serializers import BaseSerializer


class TrajectoryViewSet(WireViewSet):
    """Trajectories, by uuid."""

    model = TrajectoryEstimate
    serializer_class = TrajectorySerializer
    filterset_class = TrajectoryFilter

    def rows(self) -> Any:
        """Return trajectories with insertion and session, the best founded first."""
        session = ("probe_insertion__session__lab", "probe_insertion__session__subject__lab")
        people = ("probe_insertion__session__subject__responsible_user", "chronic_insertion__subject__responsible_user")
        rows = TrajectoryEstimate.objects.select_related(
            *session, *people, "chronic_insertion__subject__lab", "coordinate_system"
        )
        return rows.prefetch_related("probe_insertion__session__projects").order_by("-provenance", "id")

    def create_row(self, values: dict[str, Any]) -> TrajectoryEstimate:
        """Record a trajectory."""
        return services.create_trajectory(values, by=self.user)

    def change_row(self, row: TrajectoryEstimate, values: dict[str, Any]) -> TrajectoryEstimate:
        """Change a trajectory."""
        return services.change_trajectory(row, values, by=self.user)


class ChannelViewSet(WireViewSet):
    """Channels, by uuid; a list of them can be recorded at once."""

    model = Channel
    serializer_class = ChannelSerializer
    filterset_class = ChannelFilter

    def rows(self) -> Any:
        """Return channels along their trajectories."""
        return Channel.objects.order_by("trajectory_estimate", "axial", "lateral", "id")

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Read one channel, or a list."""
        if self.action == "create" and isinstance(kwargs.get("data"), list):
            kwargs["many"] = True
        return super().get_serializer(*args, **kwargs)

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        """Hand the channels to the service that records all or none."""
        values = serializer.validated_data
        many = isinstance(values, list)
        made = services.create_channels(values if many else [values], by=self.user)
        serializer.instance = made if many else made[0]
