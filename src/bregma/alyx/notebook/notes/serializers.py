"""How notes are written on the wire; they are sent as forms with a file."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import UUIDField
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from bregma.alyx.api.serializers import WireSerializer, by_name
from bregma.alyx.misc.models import LabMember, Note
from bregma.alyx.policy import RULES

if TYPE_CHECKING:
    from django.db.models import Model

AS_IT_IS = "orig"
MOST_WIDTH = 10_000
USUAL_WIDTH = 800


NOTED_APPS = ("actions", "data", "experiments", "jobs", "subjects")
"""Notes on rows of these apps are taken over REST; the policy says on which of them a person may write one."""


@cache
def noted_tables() -> dict[str, type[Model]]:
    """Return the tables that notes can be on, by app and name, such as ``actions.session``: those with uuids."""
    models = [apps.get_model(label) for label in RULES if label.split(".")[0] in NOTED_APPS]
    return {model._meta.label_lower: model for model in models if isinstance(_key_of(model), UUIDField)}


def _key_of(model: type[Model]) -> Any:
    return model._meta.pk.target_field if model._meta.pk.is_relation else model._meta.pk  # type: ignore[attr-defined]


@extend_schema_field(OpenApiTypes.STR)
class TargetKindField(serializers.Field[ContentType, Any, str, Any]):
    """The kind of row that a note is on: ``actions.session``, or without its app, ``session``."""

    default_error_messages = {"invalid": "notes are on one of {kinds}, not on {value!r}"}

    def to_representation(self, value: ContentType) -> str:
        """Write the kind with its app."""
        return f"{value.app_label}.{value.model}"

    def to_internal_value(self, data: Any) -> ContentType:
        """Read the kind, with or without its app."""
        name, tables = str(data).lower(), noted_tables()
        found = [model for label, model in tables.items() if name in (label, label.rpartition(".")[2])]
        if not found:
            self.fail("invalid", kinds=", ".join(tables), value=str(data)[:80])
        return ContentType.objects.get_for_model(found[0])


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


@extend_schema_field(OpenApiTypes.URI)
class PictureField(serializers.FileField):
    """A picture that is sent as a file, and read as the address from which readers of its note get it."""

    def to_representation(self, value: Any) -> str | None:
        """Write the address."""
        return reverse("uploaded", args=[value.name], request=self.context.get("request")) if value else None


class NoteSerializer(WireSerializer[Note]):
    """A note; its picture by address."""

    user = by_name(LabMember, "username")
    content_type = TargetKindField()
    image = PictureField(required=False, allow_null=True)
    width = WidthField(required=False, write_only=True)

    class Meta:
        model = Note
        fields = ["id", "user", "date_time", "content_type", "object_id", "text", "image", "json", "width"]
