"""What every serializer shares: naive datetimes, related rows by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from rest_framework import serializers

from bregma.alyx.api.fields import FiniteFloatField, NaiveDateTimeField
from bregma.alyx.misc.models import LabMember

if TYPE_CHECKING:
    from django.db.models import QuerySet

Row = TypeVar("Row", bound=models.Model)


class WireSerializer(serializers.ModelSerializer[Row]):
    """A model on the legacy wire."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: NaiveDateTimeField,
        models.FloatField: FiniteFloatField,
    }


def by_name(rows: QuerySet[Any] | type[models.Model], slug: str = "name", **kwargs: Any) -> Any:
    """Make a field that shows a related row by one of its columns."""
    if kwargs.get("read_only"):
        kwargs.setdefault("allow_null", not kwargs.get("many"))
        return serializers.SlugRelatedField(slug_field=slug, **kwargs)
    queryset = rows._default_manager.all() if isinstance(rows, type) else rows
    return serializers.SlugRelatedField(slug_field=slug, queryset=queryset, **kwargs)


def maybe_by_name(rows: type[models.Model], slug: str = "name", **kwargs: Any) -> Any:
    """Make a field for a related row that may be absent."""
    return by_name(rows, slug, required=False, allow_null=True, **kwargs)


def author(**kwargs: Any) -> Any:
    """Make a field for the account that wrote a row: by default the one that asks."""
    kwargs.setdefault("default", serializers.CurrentUserDefault())
    return by_name(LabMember, "username", **kwargs)
