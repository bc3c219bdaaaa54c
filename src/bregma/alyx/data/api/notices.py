"""Endpoint of what people should know about some datasets."""

from __future__ import annotations

from typing import Any

from bregma.alyx.api.views import WireViewSet
from bregma.alyx.data.filters import NoticeFilter
from bregma.alyx.data.models import DataNotice
from bregma.alyx.data.serializers import NoticeSerializer
from bregma.alyx.data.services import create_notice


class DataNoticeViewSet(WireViewSet):
    """Notices about datasets, by uuid, the most important first."""

    model = DataNotice
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter

    def rows(self) -> Any:
        """Return notices with their datasets."""
        rows = DataNotice.objects.select_related("created_by").prefetch_related("datasets")
        return rows.order_by("-importance", "-created_datetime", "pk")

    def create_row(self, values: dict[str, Any]) -> DataNotice:
        """Write a notice."""
        return create_notice(values, by=self.user)
