"""How probe insertions and chronic insertions are written on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from bregma.alyx.actions.models import Session
from bregma.alyx.api.fields import NicknameField
from bregma.alyx.api.serializers import WireSerializer, by_name, maybe_by_name
from bregma.alyx.data.models import Dataset
from bregma.alyx.data.serializers import InsertionDatasetSerializer
from bregma.alyx.experiments.models import ChronicInsertion, ProbeInsertion, ProbeModel
from bregma.alyx.misc.models import Lab
from bregma.alyx.subjects.models import Project


class SessionInfoSerializer(WireSerializer[Session]):
    """What an insertion says of its session."""

    subject = serializers.CharField(source="subject.nickname")
    lab = serializers.CharField(source="lab.name", allow_null=True)
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
    datasets = serializers.PrimaryKeyRelatedField(queryset=Dataset.objects.all(), many=True, required=False)

    class Meta:
        model = ProbeInsertion
        fields = ["id", "session", "model", "session_info", "name", "json", "serial", "auto_datetime"]
        fields += ["chronic_insertion", "datasets"]


class InsertionDetailSerializer(InsertionSerializer):
    """One insertion, with its datasets."""

    datasets: Any = InsertionDatasetSerializer(many=True, read_only=True)

    class Meta(InsertionSerializer.Meta):
        fields = ["id", "session", "model", "session_info", "datasets", "name", "json", "serial", "auto_datetime"]
        fields += ["chronic_insertion"]


class UseSerializer(WireSerializer[ProbeInsertion]):
    """One use of a chronic insertion: the probe insertion of a session."""

    model = by_name(ProbeModel, read_only=True)
    session_info = SessionInfoSerializer(source="session", read_only=True)

    class Meta:
        model = ProbeInsertion
        fields = ["id", "name", "model", "serial", "session_info"]


class ChronicInsertionSerializer(WireSerializer[ChronicInsertion]):
    """A probe that stays in a subject, with its uses."""

    subject = NicknameField()
    model = maybe_by_name(ProbeModel, "probe_model")
    lab = maybe_by_name(Lab)
    probe_insertion = UseSerializer(many=True, read_only=True)

    class Meta:
        model = ChronicInsertion
        fields = ["id", "name", "subject", "lab", "model", "start_time", "serial", "json", "probe_insertion"]
