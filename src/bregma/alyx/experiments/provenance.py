"""How the place of a recording was found: its names on the wire."""

from __future__ import annotations

from typing import Any

from django.db.models import Choices, TextChoices
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bregma.alyx.errors import InvalidRequest


def provenance_of(choices: type[Choices], text: str) -> Any:
    """Return the provenance that a name stands for, in any case; where provenances are letters, the letter will do.

    Raises
    ------
    InvalidRequest
        If there is none of this name.
    """
    names = {label.lower(): value for value, label in choices.choices}
    if issubclass(choices, TextChoices):
        names |= {value.lower(): value for value in choices.values}
    found = names.get(text.strip().lower())
    if found is None:
        raise InvalidRequest(f"Invalid provenance {text[:100]!r}, choices are: {', '.join(choices.labels)}")
    return found


@extend_schema_field(OpenApiTypes.STR)
class ProvenanceField(serializers.Field[Any, Any, str, Any]):
    """A provenance by its name; where provenances are letters, it is written as the letter."""

    default_error_messages = {"invalid": "Invalid provenance, choices are: {names}"}

    def __init__(self, choices: type[Choices], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kinds = choices

    def to_representation(self, value: Any) -> str:
        """Write the name, or the letter."""
        return str(value) if issubclass(self.kinds, TextChoices) else str(self.kinds(value).label)

    def to_internal_value(self, data: Any) -> Any:
        """Read the name, in any case."""
        try:
            return provenance_of(self.kinds, str(data))
        except InvalidRequest:
            self.fail("invalid", names=", ".join(self.kinds.labels))
