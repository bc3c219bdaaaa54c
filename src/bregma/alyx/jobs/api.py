"""The endpoint of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.alyx.api.views import WireViewSet
from bregma.alyx.jobs.filters import TaskFilter
from bregma.alyx.jobs.models import Task
from bregma.alyx.jobs.serializers import TaskSerializer

if TYPE_CHECKING:
    from django.db.models import QuerySet


class TaskViewSet(WireViewSet):
    """Tasks, by uuid: the first steps of a pipeline first, then by priority."""

    model = Task
    serializer_class = TaskSerializer
    filterset_class = TaskFilter
    joined = ("session__subject__lab", "session__subject__responsible_user", "data_repository")
    gathered = ("parents",)

    def rows(self) -> QuerySet[Task]:
        """Return tasks in the order in which workers take them."""
        return super().rows().order_by("level", "-priority", "-session__start_time", "pk")
