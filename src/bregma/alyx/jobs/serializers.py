"""How tasks are written on the wire."""

from __future__ import annotations

from rest_framework import serializers
from rest_framework.validators import UniqueTogetherValidator

from bregma.alyx.actions.models import Session
from bregma.alyx.api.fields import LabelField
from bregma.alyx.api.serializers import WireSerializer, maybe_by_name
from bregma.alyx.data.models import DataRepository
from bregma.alyx.jobs.models import Task


class TaskSerializer(WireSerializer[Task]):
    """A task of a session, with the tasks that must be done before."""

    parents = serializers.PrimaryKeyRelatedField(queryset=Task.objects.all(), many=True, required=False)
    session = serializers.PrimaryKeyRelatedField(
        queryset=Session.objects.select_related("subject__lab", "subject__responsible_user")
    )
    data_repository = maybe_by_name(DataRepository)
    status = LabelField(Task.Status, required=False)
    arguments = serializers.JSONField(default=dict, allow_null=True)

    class Meta:
        model = Task
        fields = [
            *("id", "parents", "session", "data_repository", "status", "name", "priority", "io_charge", "level"),
            *("gpu", "cpu", "ram", "time_out_secs", "time_elapsed_secs", "executable", "graph", "log", "version"),
            *("datetime", "arguments"),
        ]
        validators = [UniqueTogetherValidator(Task.objects.all(), ["name", "session", "arguments"])]
