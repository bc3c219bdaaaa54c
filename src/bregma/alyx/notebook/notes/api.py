"""The endpoint of notes: texts and pictures on subjects and sessions, sent as forms with a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from bregma.alyx import policy
from bregma.alyx.api.filters import WireFilterSet
from bregma.alyx.api.serializers import WireSerializer, author
from bregma.alyx.api.views import WireViewSet
from bregma.alyx.misc.models import Note
from bregma.alyx.notebook.notes.sending import send_picture
from bregma.alyx.notebook.notes.services import Terms, change_note, delete_note, write_note
from bregma.alyx.notebook.targets import NOTED

if TYPE_CHECKING:
    from rest_framework.request import Request

AS_IT_IS = "orig"
MOST_WIDTH = 10_000
USUAL_WIDTH = 800


@extend_schema_field({"type": "string", "enum": sorted(NOTED)})
class TargetKindField(serializers.Field[ContentType, Any, str, Any]):
    """The kind of row that a note is on: ``session``, or with its app, ``actions.session``."""

    default_error_messages = {"invalid": "notes are on one of {kinds}, not on {value!r}"}

    def to_representation(self, value: ContentType) -> str:
        """Write the kind."""
        return value.model

    def to_internal_value(self, data: Any) -> ContentType:
        """Read the kind."""
        kinds = {model._meta.model_name: model for model in NOTED.values()}
        app, dot, name = str(data).lower().rpartition(".")
        model = kinds.get(name)
        if model is None or (dot and app != model._meta.app_label):
            self.fail("invalid", kinds=", ".join(sorted(str(kind) for kind in kinds)), value=str(data)[:80])
        return ContentType.objects.get_for_model(model)


@extend_schema_field({"type": "string", "description": "pixels, or orig"})
class WidthField(serializers.Field[int | None, Any, Any, Any]):
    """How wide a picture is kept: pixels, or ``orig``."""

    default_error_messages = {"invalid": "width is {orig!r} or a number of pixels from 1 to {most}"}

    def to_representation(self, value: Any) -> Any:
        """Write nothing: the width is not kept."""
        return None

    def to_internal_value(self, data: Any) -> int | None:
        """Read the width."""
        text = str(data)
        if text == AS_IT_IS:
            return None
        if not text.isascii() or not text.isdigit() or not 0 < int(text) <= MOST_WIDTH:
            self.fail("invalid", orig=AS_IT_IS, most=MOST_WIDTH)
        return int(text)


class NoteSerializer(WireSerializer[Note]):
    """A note; its picture by address."""

    user = author(required=False)
    content_type = TargetKindField()
    image = serializers.FileField(required=False, allow_null=True, write_only=True)
    width = WidthField(required=False, write_only=True)

    class Meta:
        model = Note
        fields = ["id", "user", "name", "json", "date_time", "text", "image", "content_type", "object_id", "width"]

    def to_representation(self, instance: Note) -> dict[str, Any]:
        """Write a note with the address of its picture, in the place where clients look for it."""
        written = super().to_representation(instance)
        name = instance.image.name if instance.image else ""
        request = self.context.get("request")
        written["image"] = reverse("uploaded", args=[name], request=request) if name else None
        return written


class NoteFilter(WireFilterSet):
    """Query parameters of /notes."""

    user = django_filters.CharFilter(field_name="user__username")
    content_type = django_filters.CharFilter(field_name="content_type__model")

    class Meta:
        model = Note
        fields = ["id", "user", "object_id", "content_type"]


class NoteViewSet(WireViewSet):
    """Notes, by uuid."""

    model = Note
    serializer_class = NoteSerializer
    filterset_class = NoteFilter

    def rows(self) -> Any:
        """Return notes with their people and kinds."""
        return Note.objects.select_related("user", "content_type").order_by("-date_time", "pk")

    def create_row(self, values: dict[str, Any]) -> Note:
        """Write a note on what the request names."""
        content_type: ContentType = values["content_type"]
        model = apps.get_model(content_type.app_label, content_type.model)
        on = policy.readable(self.user, model._default_manager.filter(pk=values["object_id"])).first()
        if on is None:
            raise Http404(f"no {content_type.model} {values['object_id']} that you may read")
        width = values.get("width", USUAL_WIDTH)
        terms = Terms(when=values.get("date_time"), author=values.get("user"), width=width)
        return write_note(on, values.get("text", ""), values.get("image"), by=self.user, terms=terms)

    def change_row(self, row: Note, values: dict[str, Any]) -> Note:
        """Change the text or the picture of a note."""
        width = values.get("width", USUAL_WIDTH)
        return change_note(row, values.get("text"), values.get("image"), by=self.user, width=width)

    def perform_destroy(self, instance: Any) -> None:
        """Delete a note with its picture."""
        delete_note(instance, by=self.user)


class UploadedView(APIView):
    """A picture by its place in the folder, for those who may read its note."""

    @extend_schema(responses={(200, "image/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, path: str) -> Any:
        """Send the picture."""
        found = policy.readable(request.user, Note.objects.filter(image=path)).first()
        if found is None:
            raise Http404(f"no picture {path!r} that you may see")
        return send_picture(found, small=False)
