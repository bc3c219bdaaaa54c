"""The endpoint of surgeries: read and changed; they are entered on the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from rest_framework import serializers

from bregma.alyx.actions.models import Surgery
from bregma.alyx.api.fields import NicknameField
from bregma.alyx.api.filters import ActionFilterSet, columns_of
from bregma.alyx.api.serializers import WireSerializer
from bregma.alyx.api.views import WireViewSet
from bregma.alyx.notebook.surgeries.services import change_procedure

if TYPE_CHECKING:
    from django.db.models import QuerySet


class SurgerySerializer(WireSerializer[Surgery]):
    """A surgery; its lab, place, people and procedures by uuid."""

    subject = NicknameField()
    id = serializers.UUIDField(read_only=True)

    class Meta:
        model = Surgery
        fields = [
            *("id", "subject", "name", "json", "narrative", "start_time", "end_time", "outcome_type"),
            *("implant_weight", "lab", "location", "users", "procedures"),
        ]


class SurgeryFilter(ActionFilterSet):
    """Query parameters of /surgeries."""

    procedure = django_filters.CharFilter(field_name="procedures__name", lookup_expr="iexact", distinct=True)

    class Meta:
        model = Surgery
        fields = columns_of(Surgery)


class SurgeryViewSet(WireViewSet):
    """Surgeries, by uuid."""

    model = Surgery
    serializer_class = SurgerySerializer
    filterset_class = SurgeryFilter
    http_method_names = ["get", "put", "patch", "head", "options"]
    joined = ("subject__lab", "subject__responsible_user")
    gathered = ("users", "procedures")

    def rows(self) -> QuerySet[Surgery]:
        """Return surgeries, the newest first."""
        return super().rows().order_by("-start_time", "pk")

    def change_row(self, row: Surgery, values: dict[str, Any]) -> Surgery:
        """Change a surgery, with its effects on the subject."""
        return change_procedure(row, values, by=self.user)
