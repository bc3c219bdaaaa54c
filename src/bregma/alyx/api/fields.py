"""Fields as the legacy wire writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from bregma.alyx.records import QC
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from django.db.models import Choices, Model

UNQUOTED = "!$&'()*+,;=/~:@"
"""What stands as it is in the addresses that the framework makes."""


@extend_schema_field({"type": "string", "example": "2024-01-31T12:00:00", "description": "In UTC, without an offset."})
class NaiveDateTimeField(serializers.DateTimeField):
    """A moment without its offset: UTC, as ``2024-01-31T12:00:00``."""

    default_error_messages = {"far": "Years must be from 2 to 9998."}

    def to_internal_value(self, value: Any) -> datetime:
        """Read a moment; one that has no date in some time zone could be stored but never read again."""
        try:
            moment = super().to_internal_value(value)
        except OverflowError:
            self.fail("far")
        if not 1 < moment.year < 9999:
            self.fail("far")
        return moment

    def to_representation(self, value: Any) -> Any:
        """Write a moment in ISO 8601."""
        if not value:
            return None
        if isinstance(value, datetime):
            value = value.astimezone(UTC).replace(tzinfo=None)
        return str(value) if isinstance(value, str) else value.isoformat()


class FiniteFloatField(serializers.FloatField):
    """A number that JSON can carry."""

    default_error_messages = {"infinite": "A finite number is required."}

    def to_internal_value(self, data: Any) -> float:
        """Read a number; ``nan`` and ``inf`` are none."""
        number = super().to_internal_value(data)
        if not isfinite(number):
            self.fail("infinite")
        return number


@extend_schema_field(OpenApiTypes.STR)
class LabelField(serializers.Field[Any, Any, str, Any]):
    """One of a few choices by its label, read in any case."""

    default_error_messages = {"invalid": "Invalid {name}, choices are: {choices}"}

    def __init__(self, choices: type[Choices], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.values = {str(label).lower(): value for value, label in choices.choices}
        self.labels = dict(choices.choices)

    def to_representation(self, value: Any) -> str:
        """Write the label."""
        return str(self.labels[value])

    def to_internal_value(self, data: Any) -> Any:
        """Read the label."""
        found = self.values.get(str(data).strip().lower()) if isinstance(data, str) else None
        if found is None:
            self.fail("invalid", name=self.field_name, choices=", ".join(map(str, self.labels.values())))
        return found


@extend_schema_field({"type": "string", "enum": QC.names})
class QCField(serializers.Field[int, Any, str, Any]):
    """An outcome of quality control by its name."""

    default_error_messages = {"invalid": "Invalid qc, choices are: {choices}"}

    def to_representation(self, value: int) -> str:
        """Write the name of an outcome."""
        return str(QC(value).label)

    def to_internal_value(self, data: Any) -> int:
        """Read the name of an outcome, in any case."""
        name = data.upper() if isinstance(data, str) else ""
        if name not in QC.names:
            self.fail("invalid", choices="CRITICAL, FAIL, WARNING, NOT_SET, PASS")
        return int(QC[name])


@extend_schema_field(OpenApiTypes.URI)
class UrlField(serializers.Field[Any, Any, str, Any]):
    """The absolute URL of the row itself, or of a row that it points to."""

    def __init__(self, view: str, *, lookup: str = "pk", **kwargs: Any) -> None:
        kwargs.setdefault("read_only", True)
        super().__init__(source=kwargs.pop("source", "*"), **kwargs)
        self.view = view
        self.lookup = lookup

    def to_representation(self, value: Model | Any) -> str:
        """Write the URL."""
        return f"{self.start}{quote(str(getattr(value, self.lookup)), safe=UNQUOTED)}"

    @cached_property
    def start(self) -> str:
        """What the URLs of all rows begin with, looked up once for a whole list."""
        return str(reverse(self.view, args=["0"], request=self.context.get("request")))[:-1]


class LinkField(serializers.HyperlinkedRelatedField[Any]):
    """A related row by URL; a bare uuid is read too."""

    def to_internal_value(self, data: Any) -> Any:
        """Find the row by the last 36 characters, its uuid."""
        key = str(data).rstrip("/")[-36:]
        try:
            return self.get_queryset().get(pk=key)  # type: ignore[union-attr]
        except (self.get_queryset().model.DoesNotExist, ValueError, TypeError):  # type: ignore[union-attr]
            self.fail("does_not_exist")
        except ValidationError:
            self.fail("incorrect_type", data_type=type(data).__name__)


class NicknameField(serializers.SlugRelatedField[Subject]):
    """A subject by its nickname."""

    default_error_messages = {"ambiguous": "Several subjects are called {value} (in labs {labs}); rename all but one."}

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs.setdefault("queryset", Subject.objects.select_related("lab", "responsible_user"))
        super().__init__(slug_field="nickname", **kwargs)

    def to_internal_value(self, data: Any) -> Subject:
        """Find the one subject with this nickname."""
        try:
            return super().to_internal_value(data)
        except Subject.MultipleObjectsReturned:
            labs = Subject.objects.filter(nickname=data).values_list("lab__name", flat=True)
            self.fail("ambiguous", value=data, labs=", ".join(sorted(labs)))
