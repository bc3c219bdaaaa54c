"""How probe insertions are written on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from bregma.alyx.actions.models import Session
from bregma.alyx.api.serializers import WireSerializer, by_name, maybe_by_name
from bregma.alyx.data.models import Dataset
from bregma.alyx.data.serializers import InsertionDatasetSerializer
from bregma.alyx.experiments.models import ProbeInsertion, ProbeModel
from bregma.alyx.subjects.models import Project


class SessionInfoSerializer(WireSerializer[Session]):
    """What an insertion says of its session."""

    subject = serializers.CharField(source="subject.nickname")
    lab = serializers.CharField(source="lab.name", default=None)
    projects = by_name(Project, many=True, read_only=True)

    class Meta:
        model = Session
        fields = ["subject", "start_time", "number", "lab", "id", "projects", "task_protocol"]


class InsertionSerializer(WireSerializer[ProbeInsertion]):
    """An insertion in a list."""

    session = serializers.SlugRelatedField(
        slug_field="id", queryset=Session.objects.select_related("subject__lab", "subject__responsible_user")
    )
    model = maybe_by_name(ProbeModel, "probe_model")
    session_info = SessionInfoSerializer(source="session", read_only=True)
    name = serializers.CharField(max_length=255)
    chronic_insertion = serializers.SerializerMethodField()
    datasets = serializers.PrimaryKeyRelatedField(queryset=Dataset.objects.all(), many=True, required=False)

    class Meta:
        model = ProbeInsertion
        fields = ["id", "session", "model", "session_info", "name", "json", "serial", "auto_datetime"]
        fields += ["chronic_insertion", "datasets"]

    def get_chronic_insertion(self, insertion: ProbeInsertion) -> str | None:
        """Return nothing: chronic insertions are not part of this server yet."""
        return None


class InsertionDetailSerializer(InsertionSerializer):
    """One insertion, with its datasets."""

    datasets: Any = InsertionDatasetSerializer(many=True, read_only=True)

    class Meta(InsertionSerializer.Meta):
        fields = ["id", "session", "model", "session_info", "datasets", "name", "json", "serial", "auto_datetime"]
        fields += ["chronic_insertion"]
