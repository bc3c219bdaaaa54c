"""Related rows by their key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

if TYPE_CHECKING:
    from django.db.models import QuerySet


class KeyField(serializers.SlugRelatedField[Any]):
    """A related row by its key. One request asks for each row once, however many of its items name it."""

    def __init__(self, queryset: QuerySet[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(slug_field="id", queryset=queryset, **kwargs)
        self._found: dict[str, Any] = {}

    def use_pk_only_optimization(self) -> bool:
        """Spare the query for a row of which only the key is written."""
        return True

    def to_representation(self, obj: Any) -> Any:
        """Write the key."""
        return obj.pk

    def to_internal_value(self, data: Any) -> Any:
        """Find the row, or remember it from an item before."""
        key = str(data)
        if key not in self._found:
            self._found[key] = self._find(data)
        return self._found[key]

    def _find(self, data: Any) -> Any:
        try:
            return super().to_internal_value(data)
        except ValidationError:
            self.fail("does_not_exist", slug_name=self.slug_field, value=str(data))


UuidKeyField = extend_schema_field(OpenApiTypes.UUID)(type("UuidKeyField", (KeyField,), {}))
NumberKeyField = extend_schema_field(OpenApiTypes.INT)(type("NumberKeyField", (KeyField,), {}))
