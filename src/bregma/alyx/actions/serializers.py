"""How sessions, weighings and water are written on the wire."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bregma.alyx.actions.models import (
    ProcedureType,
    Session,
    WaterAdministration,
    WaterRestriction,
    WaterType,
    Weighing,
)
from bregma.alyx.actions.services.sessions import NEXT
from bregma.alyx.api.fields import LinkField, NicknameField, QCField, UrlField
from bregma.alyx.api.serializers import WireSerializer, author, by_name, maybe_by_name
from bregma.alyx.data.serializers import SessionDatasetSerializer
from bregma.alyx.experiments.serializers.imaging import FOVSerializer
from bregma.alyx.experiments.serializers.insertions import InsertionSerializer
from bregma.alyx.misc.models import Lab, LabLocation, LabMember
from bregma.alyx.notebook.notes.serializers import NoteSerializer
from bregma.alyx.subjects.models import Project


class ProcedureTypeSerializer(WireSerializer[ProcedureType]):
    """A kind of procedure."""

    class Meta:
        model = ProcedureType
        fields = ["id", "name", "json", "description"]


class WaterTypeSerializer(WireSerializer[WaterType]):
    """What a subject drinks."""

    url = UrlField("watertype-detail", lookup="name")

    class Meta:
        model = WaterType
        fields = ["url", "json", "name"]


class WeighingSerializer(WireSerializer[Weighing]):
    """The weight of a subject at a moment."""

    subject = NicknameField()
    user = author(allow_null=True)
    url = UrlField("weighing-detail")
    id = serializers.UUIDField(write_only=True, required=False)

    class Meta:
        model = Weighing
        fields = ["subject", "date_time", "weight", "user", "url", "id"]


class WaterAdministrationSerializer(WireSerializer[WaterAdministration]):
    """Water given to a subject."""

    subject = NicknameField()
    water_type = maybe_by_name(WaterType)
    user = author(allow_null=True)
    url = UrlField("wateradministration-detail")
    session = serializers.PrimaryKeyRelatedField(queryset=Session.objects.all(), required=False, allow_null=True)
    id = serializers.UUIDField(write_only=True, required=False)

    class Meta:
        model = WaterAdministration
        fields = ["subject", "date_time", "water_administered", "water_type", "user", "url", "session", "adlib", "id"]


class WaterRestrictionSerializer(WireSerializer[WaterRestriction]):
    """A time during which a subject's water is measured."""

    subject = NicknameField()
    water_type = maybe_by_name(WaterType)

    class Meta:
        model = WaterRestriction
        fields = ["subject", "start_time", "end_time", "water_type", "reference_weight"]


class SessionWaterSerializer(serializers.ModelSerializer[WaterAdministration]):
    """Water that a subject earned in a session."""

    water_type = by_name(WaterType, read_only=True)

    class Meta:
        model = WaterAdministration
        fields = ["id", "name", "water_type", "water_administered"]


class SessionListSerializer(WireSerializer[Session]):
    """A session in a list."""

    subject = NicknameField(read_only=True)
    lab = by_name(Lab, read_only=True)
    projects = by_name(Project, read_only=True, many=True)
    url = UrlField("session-detail")

    class Meta:
        model = Session
        fields = ["id", "subject", "start_time", "number", "lab", "projects", "url", "task_protocol"]


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string", "enum": [NEXT]}]})
class SessionNumberField(serializers.IntegerField):
    """The number of a session on its day; of a new one also ``next``: the server then counts."""

    def to_internal_value(self, data: Any) -> Any:
        """Read a number or the word."""
        return NEXT if data == NEXT else super().to_internal_value(data)

    def run_validators(self, value: Any) -> None:
        """Check a number."""
        if value != NEXT:
            super().run_validators(value)


class SessionDetailSerializer(WireSerializer[Session]):
    """One session, with its datasets, water, insertions, fields of view and notes."""

    subject = NicknameField()
    users = by_name(LabMember, "username", many=True, required=False)
    location = maybe_by_name(LabLocation)
    procedures = by_name(ProcedureType, many=True, required=False)
    lab = maybe_by_name(Lab)
    projects = by_name(Project, many=True, required=False)
    task_protocol = serializers.CharField(max_length=1023, allow_blank=True, required=False)
    number = SessionNumberField(required=False, allow_null=True, min_value=-(2**31), max_value=2**31 - 1)
    parent_session = LinkField(
        view_name="session-detail", queryset=Session.objects.all(), required=False, allow_null=True
    )
    url = UrlField("session-detail")
    qc = QCField(required=False)
    wateradmin_session_related = SessionWaterSerializer(many=True, read_only=True)
    data_dataset_session_related = SessionDatasetSerializer(many=True, read_only=True)
    id = serializers.UUIDField(read_only=True)
    probe_insertion = InsertionSerializer(many=True, read_only=True)
    field_of_view = FOVSerializer(many=True, read_only=True)
    notes = NoteSerializer(many=True, read_only=True)

    class Meta:
        model = Session
        fields = [
            *("subject", "users", "location", "procedures", "lab", "projects", "type", "task_protocol", "number"),
            *("start_time", "end_time", "narrative", "parent_session", "n_correct_trials", "n_trials", "url"),
            *("extended_qc", "qc", "wateradmin_session_related", "data_dataset_session_related", "auto_datetime"),
            *("id", "json", "probe_insertion", "field_of_view", "notes"),
        ]
