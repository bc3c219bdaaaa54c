"""The query parameter ``fields=a,b``: only these columns are written, and what the others need is not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.serializers import BaseSerializer, ListSerializer, ModelSerializer, SerializerMethodField

from bregma.alyx.api.fields import UrlField
from bregma.alyx.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.serializers import Field

FIELDS = "fields"


def asked_columns(request: Request) -> tuple[str, ...]:
    """Return the columns that a request names, each once; none where it wants all."""
    names = request.query_params.get(FIELDS, "").split(",")
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def check_columns(asked: Iterable[str], serializer: Any) -> None:
    """Refuse columns that an answer does not have.

    Raises
    ------
    InvalidRequest
        Naming the first of them, and those that there are.
    """
    known = list(readable_fields(serializer))
    for name in asked:
        if name not in known:
            raise InvalidRequest(f"fields={name!r} is no column of this answer; choose from {', '.join(known)}")


def readable_fields(serializer: Any) -> dict[str, Field[Any, Any, Any, Any]]:
    """Return what a serializer writes, by name."""
    one: Any = serializer.child if isinstance(serializer, ListSerializer) else serializer
    return {name: field for name, field in one.fields.items() if not field.write_only}


def keep_columns(serializer: BaseSerializer[Any], asked: Iterable[str]) -> None:
    """Take the other columns out of a serializer, where it writes each without regard to the others."""
    one: Any = serializer.child if isinstance(serializer, ListSerializer) else serializer
    if _writes_each_alone(one):
        for name in set(one.fields) - set(asked):
            one.fields.pop(name)


def keep_values(row: dict[str, Any], asked: tuple[str, ...]) -> dict[str, Any]:
    """Return what was asked for of a row as it was written."""
    return {name: value for name, value in row.items() if name in asked} if asked else row


def without_unused(rows: QuerySet[Any], serializer: BaseSerializer[Any], asked: tuple[str, ...]) -> QuerySet[Any]:
    """Return rows without the related ones that none of the columns shows.

    A column that is computed may need any of them: with such a column all are kept.
    """
    columns = [field for name, field in readable_fields(serializer).items() if name in asked]
    if not _writes_each_alone(serializer) or any(_is_computed(field) for field in columns):
        return rows
    needed = {str(field.source).split(".")[0] for field in columns}
    lookups: tuple[Any, ...] = rows._prefetch_related_lookups  # type: ignore[attr-defined]
    kept = [one for one in lookups if getattr(one, "prefetch_to", one).split("__")[0] in needed]
    return rows.prefetch_related(None).prefetch_related(*kept)


def _writes_each_alone(serializer: Any) -> bool:
    return isinstance(serializer, ModelSerializer) and (
        type(serializer).to_representation is ModelSerializer.to_representation
    )


def _is_computed(field: Any) -> bool:
    return isinstance(field, SerializerMethodField) or (field.source == "*" and not isinstance(field, UrlField))
