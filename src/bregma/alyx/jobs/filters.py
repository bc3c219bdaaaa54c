"""Query parameters of tasks."""

from __future__ import annotations

import django_filters

from bregma.alyx.api.filters import WireFilterSet, columns_of
from bregma.alyx.jobs.models import Task


class TaskFilter(WireFilterSet):
    """Query parameters of /tasks."""

    lab = django_filters.CharFilter(field_name="session__lab__name")
    arguments = django_filters.CharFilter(label="A text that they are, whole")
    status = django_filters.CharFilter(method="filter_label", label="State of the task, such as Waiting")

    class Meta:
        model = Task
        fields = columns_of(Task)
