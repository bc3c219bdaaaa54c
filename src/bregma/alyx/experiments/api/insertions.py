"""Endpoints of probe insertions and chronic insertions."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch

from bregma.alyx import policy
from bregma.alyx.api.views import WireViewSet
from bregma.alyx.data.models import Dataset
from bregma.alyx.data.selectors import datasets_on_servers
from bregma.alyx.experiments import services
from bregma.alyx.experiments.filters.insertions import ChronicInsertionFilter, InsertionFilter
from bregma.alyx.experiments.models import ChronicInsertion, ProbeInsertion
from bregma.alyx.experiments.serializers import insertions as serializers


class InsertionViewSet(WireViewSet):
    """Probe insertions, by uuid."""

    model = ProbeInsertion
    serializer_class = serializers.InsertionSerializer
    filterset_class = InsertionFilter

    def get_serializer_class(self) -> Any:
        """Show datasets in full only when one insertion is read or changed."""
        short = self.action in ("list", "create", "metadata")
        return serializers.InsertionSerializer if short else serializers.InsertionDetailSerializer

    def rows(self) -> Any:
        """Return insertions with session, model and datasets, those of the newest session first."""
        joined = ("session__lab", "session__subject__lab", "session__subject__responsible_user", "model")
        rows = ProbeInsertion.objects.select_related(*joined, "chronic_insertion").prefetch_related("session__projects")
        short = self.action in ("list", "create")
        datasets = Dataset.objects.order_by("name") if short else datasets_on_servers().select_related("session__lab")
        rows = rows.prefetch_related(Prefetch("datasets", policy.readable(self.request.user, datasets)))
        return rows.order_by("-session__start_time", "name", "id")

    def create_row(self, values: dict[str, Any]) -> ProbeInsertion:
        """Record an insertion."""
        return services.create_insertion(values, by=self.user)

    def change_row(self, row: ProbeInsertion, values: dict[str, Any]) -> ProbeInsertion:
        """Change an insertion."""
        return services.change_insertion(row, values, by=self.user)


class ChronicInsertionViewSet(WireViewSet):
    """Probes that stay in a subject, by uuid."""

    model = ChronicInsertion
    serializer_class = serializers.ChronicInsertionSerializer
    filterset_class = ChronicInsertionFilter

    def rows(self) -> Any:
        """Return chronic insertions with subject, model and uses."""
        uses = ProbeInsertion.objects.select_related("model", "session__subject", "session__lab")
        uses = uses.prefetch_related("session__projects").order_by("session__start_time", "name")
        return ChronicInsertion.objects.select_related(
            "subject__lab", "subject__responsible_user", "lab", "model"
        ).prefetch_related(Prefetch("probe_insertion", policy.readable(self.request.user, uses)))
