"""The endpoint of notes: texts and pictures on subjects, sessions and what belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.views import APIView

from bregma.alyx import policy
from bregma.alyx.api.filters import WireFilterSet
from bregma.alyx.api.views import WireViewSet
from bregma.alyx.misc.models import Note
from bregma.alyx.notebook.notes.sending import send_picture
from bregma.alyx.notebook.notes.serializers import USUAL_WIDTH, NoteSerializer
from bregma.alyx.notebook.notes.services import Terms, change_note, delete_note, write_note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.contenttypes.models import ContentType
    from rest_framework.request import Request


class NoteViewSet(WireViewSet):
    """Notes, by uuid."""

    model = Note
    serializer_class = NoteSerializer
    filterset_class = WireFilterSet
    joined = ("user", "content_type")

    def rows(self) -> Any:
        """Return notes, the newest first."""
        return super().rows().order_by("-date_time", "pk")

    def create_row(self, values: dict[str, Any]) -> Note:
        """Write a note on what the request names."""
        content_type: ContentType = values["content_type"]
        model = apps.get_model(content_type.app_label, content_type.model)
        on = policy.readable(self.user, model._default_manager.filter(pk=values["object_id"])).first()
        if on is None:
            raise Http404(f"no {content_type.model} {values['object_id']} that you may read")
        return write_note(on, values.get("text", ""), values.get("image"), by=self.user, terms=_terms_of(values))

    def change_row(self, row: Note, values: dict[str, Any]) -> Note:
        """Change what a note says; it stays on what it was written on."""
        for name in ("content_type", "object_id"):
            if values.get(name, getattr(row, name)) != getattr(row, name):
                raise ValidationError({name: "A note stays on what it was written on; write a new one, delete this."})
        return change_note(row, values.get("text"), values.get("image"), by=self.user, terms=_terms_of(values))

    def perform_destroy(self, instance: Any) -> None:
        """Delete a note with its picture."""
        delete_note(instance, by=self.user)


def _terms_of(values: Mapping[str, Any]) -> Terms:
    """Return what a request says besides text and picture; pictures are made as wide as clients expect."""
    width = values.get("width", USUAL_WIDTH)
    return Terms(values.get("date_time"), values.get("user"), width, values.get("json"))


class UploadedView(APIView):
    """A picture by its place in the folder, for those who may read its note."""

    @extend_schema(responses={(200, "image/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, path: str) -> Any:
        """Send the picture."""
        found = policy.readable(request.user, Note.objects.filter(image=path)).first()
        if found is None:
            raise Http404(f"no picture {path!r} that you may see")
        return send_picture(found, small=False)
