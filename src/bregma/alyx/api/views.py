"""The view set that every endpoint builds on: parse, call one service, answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.functional import cached_property
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import viewsets
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from bregma.alyx import changes, policy
from bregma.alyx.api.modern import columns
from bregma.alyx.api.modern.streams import Streaming, stream_list
from bregma.alyx.errors import AmbiguousName

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import Model, QuerySet
    from django.http import HttpResponseBase
    from rest_framework.request import Request
    from rest_framework.serializers import BaseSerializer

FIELDS = OpenApiParameter(columns.FIELDS, str, description="Only these columns, such as id,subject")


@extend_schema_view(list=extend_schema(parameters=[FIELDS]), retrieve=extend_schema(parameters=[FIELDS]))
class WireViewSet(Streaming, viewsets.ModelViewSet[Any]):
    """List, create, read, update and delete the rows of one table, as the policy lets.

    Attributes
    ----------
    model : type
        The table.
    detail_serializer_class : type or None
        How one row is written, if otherwise than in a list.
    keys : list or None
        Of the rows that may be listed; None: all.
    joined, gathered : tuple of str
        What is read with every row: relations to one other row, and to several.
    """

    model: type[Model]
    joined: tuple[str, ...] = ()
    gathered: tuple[str, ...] = ()
    detail_serializer_class: type[BaseSerializer[Any]] | None = None
    lookup_value_regex = "[^/]+"
    keys: list[Any] | None = None

    def rows(self) -> QuerySet[Any]:
        """Return every row with what its serializer needs."""
        rows = self.model._default_manager.all()
        return (rows.select_related(*self.joined) if self.joined else rows).prefetch_related(*self.gathered)

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows that the person who asks may read, with what the asked columns need."""
        rows = policy.readable(self.request.user, self.rows())
        return columns.without_unused(rows, self.get_serializer(), self.columns) if self.columns else rows

    def complete(self, rows: Sequence[Any]) -> None:
        """Add to the rows of a page what no join can; subclasses that need it say how, in a few queries."""

    def wants(self, *names: str) -> bool:
        """Tell whether the answer shows one of these columns: all, unless the request chooses."""
        return not self.columns or not set(self.columns).isdisjoint(names)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that the request chooses; none where it wants all of them."""
        if self.action not in ("list", "retrieve"):
            return ()
        asked = columns.asked_columns(self.request)
        if asked:
            columns.check_columns(asked, self.get_serializer_class()(context=self.get_serializer_context()))
        return asked

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with one row."""
        return Response(columns.keep_values(self.get_serializer(self.get_object()).data, self.columns))

    def written(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        """Write rows as a list shows them."""
        data = self.get_serializer(rows, many=True).data
        return [columns.keep_values(row, self.columns) for row in data] if self.columns else data

    def paginate_queryset(self, queryset: QuerySet[Any]) -> Sequence[Any] | None:  # type: ignore[override]
        """Return one page of rows with all that an answer shows."""
        page = super().paginate_queryset(queryset)
        self.complete(page or [])
        return page

    def get_serializer(self, *args: Any, **kwargs: Any) -> BaseSerializer[Any]:
        """Make a serializer that writes the asked columns."""
        serializer = super().get_serializer(*args, **kwargs)
        if self.columns:
            columns.keep_columns(serializer, self.columns)
        return serializer

    def streams(self) -> bool:
        """Lists can be streamed."""
        return self.action == "list"

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Choose rows by the query parameters, and by their keys where a query names them."""
        rows = super().filter_queryset(queryset)
        return rows if self.keys is None else rows.filter(pk__in=self.keys)

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """Choose the serializer of a list or of one row."""
        if self.action == "list" or self.detail_serializer_class is None:
            return super().get_serializer_class()
        return self.detail_serializer_class

    def get_object(self) -> Any:
        """Find the one row that the URL names."""
        key = self.lookup_url_kwarg or self.lookup_field
        value = self.kwargs[key]
        rows = self.get_queryset()
        try:
            row = get_object_or_404(rows, **self.lookup(value))
        except rows.model.MultipleObjectsReturned as error:
            raise AmbiguousName(f"several rows are called {value!r}; ask with the uuid") from error
        self.complete([row])
        self.check_object_permissions(self.request, row)
        return row

    def lookup(self, value: str) -> dict[str, str | UUID]:
        """Return the condition that the last part of the URL stands for."""
        return {self.lookup_field: value}

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        """Hand the values to the service that creates."""
        values = serializer.validated_data
        serializer.instance = self.fresh(self.create_row(values))

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        """Hand the values to the service that changes."""
        values = serializer.validated_data
        serializer.instance = self.fresh(self.change_row(serializer.instance, values))

    def perform_destroy(self, instance: Model) -> None:
        """Hand the row to the service that deletes."""
        changes.delete_row(instance, by=self.user)

    def create_row(self, values: dict[str, Any]) -> Any:
        """Call the service that creates a row; subclasses name their own."""
        return changes.create_row(self.model, values, by=self.user)

    def change_row(self, row: Any, values: dict[str, Any]) -> Any:
        """Call the service that changes a row; subclasses name their own."""
        return changes.change_row(row, values, by=self.user)

    def fresh(self, row: Model) -> Any:
        """Read a row again, with what its serializer needs."""
        found = self.rows().filter(pk=row.pk).first()
        if found is None:
            raise Http404
        self.complete([found])
        return found

    @property
    def user(self) -> Any:
        """The account that asks."""
        return self.request.user

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Answer with a page of rows, or with all of them as a stream."""
        rows = self.filter_queryset(self.get_queryset())
        if self.is_stream(request):
            return stream_list(self, rows, request.accepted_renderer)
        return self.get_paginated_response(self.written(self.paginate_queryset(rows) or []))


class NamedViewSet(WireViewSet):
    """Rows that the URL names, not by their uuid."""

    lookup_field = "name"
