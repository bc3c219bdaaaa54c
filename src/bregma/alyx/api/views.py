"""The view set that every endpoint builds on: parse, call one service, answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from rest_framework import viewsets
from rest_framework.generics import get_object_or_404

from bregma.alyx import changes, policy
from bregma.alyx.errors import AmbiguousName

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import Model, QuerySet
    from rest_framework.serializers import BaseSerializer


class WireViewSet(viewsets.ModelViewSet[Any]):
    """List, create, read, update and delete the rows of one table, as the policy lets.

    Attributes
    ----------
    model : type
        The table.
    detail_serializer_class : type or None
        How one row is written, if otherwise than in a list.
    """

    model: type[Model]
    detail_serializer_class: type[BaseSerializer[Any]] | None = None
    lookup_value_regex = "[^/]+"

    def rows(self) -> QuerySet[Any]:
        """Return every row with what its serializer needs; subclasses add joins."""
        return self.model._default_manager.all()

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows that the person who asks may read."""
        return policy.readable(self.request.user, self.rows())

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
        return found

    @property
    def user(self) -> Any:
        """The account that asks."""
        return self.request.user
