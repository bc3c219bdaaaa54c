"""Endpoints of subjects and projects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import Q, QuerySet
from rest_framework import serializers

from bregma.alyx import policy
from bregma.alyx.api.filters import WireFilterSet, choose, columns_of
from bregma.alyx.api.views import NamedViewSet, WireViewSet
from bregma.alyx.subjects import selectors, services
from bregma.alyx.subjects.models import Project, Subject
from bregma.alyx.subjects.serializers import (
    ProjectSerializer,
    SubjectDetailSerializer,
    SubjectListSerializer,
    SubjectSerializer,
)
from bregma.alyx.subjects.water import load_water_today

if TYPE_CHECKING:
    from collections.abc import Sequence

WATER_COLUMNS = ("reference_weight", "last_water_restriction", "expected_water", "remaining_water")

SHOWN = {"list": SubjectListSerializer, "create": SubjectSerializer}


class ProjectViewSet(NamedViewSet):
    """Projects, by name."""

    model = Project
    serializer_class = ProjectSerializer
    gathered = ("users",)


class SubjectFilter(WireFilterSet):
    """Query parameters of /subjects."""

    alive = django_filters.BooleanFilter(method="filter_alive", label="Whether it lives")
    stock = django_filters.BooleanFilter(method="filter_stock", label="Whether a stock manager is responsible")
    water_restricted = django_filters.BooleanFilter(method="filter_restricted", label="Whether its water is measured")
    responsible_user = django_filters.CharFilter(field_name="responsible_user__username")
    lab = django_filters.CharFilter(field_name="lab__name")
    project = django_filters.CharFilter(method="filter_project", label="Name of a project")
    json = django_filters.CharFilter(label="A text that it is, whole")

    class Meta:
        model = Subject
        fields = columns_of(Subject)

    def filter_alive(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Choose living or dead subjects."""
        return rows.filter(selectors.living() if value else ~selectors.living())

    def filter_stock(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Choose subjects of stock managers, or all others."""
        stock = Q(responsible_user__is_stock_manager=True)
        return rows.filter(stock) if value else rows.exclude(stock)

    def filter_restricted(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Choose living subjects whose water is measured, or all others that live."""
        restricted = selectors.water_restricted()
        return rows.filter(selectors.living(), restricted if value else ~restricted)

    def filter_project(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose subjects by the name of one of their projects."""
        return choose(rows, Q(projects__in=policy.readable(self.person, Project.objects.filter(name=value))))


class SubjectViewSet(WireViewSet):
    """Subjects, by nickname or uuid."""

    model = Subject
    serializer_class = SubjectSerializer
    filterset_class = SubjectFilter
    lookup_field = "nickname"

    def get_serializer_class(self) -> Any:
        """Show weighings and water only when one subject is read or changed."""
        return SHOWN.get(self.action, SubjectDetailSerializer)

    def rows(self) -> Any:
        """Return subjects with what the answer shows."""
        if self.action == "list":
            return selectors.listed_subjects(self.user)
        shown = selectors.subjects_with_all if self.action == "create" else selectors.subject_details_for
        return shown(self.user)

    def complete(self, rows: Sequence[Any]) -> None:
        """Add the water of today to subjects, where it is shown."""
        if self.wants(*WATER_COLUMNS):
            found = load_water_today(rows)
            for subject in rows:
                subject.water = found[subject.pk]

    def lookup(self, value: str) -> dict[str, Any]:
        """Take a uuid too: nicknames are unique only inside a lab."""
        try:
            return {"pk": serializers.UUIDField().to_internal_value(value)}
        except serializers.ValidationError:
            return {"nickname": value}

    def create_row(self, values: dict[str, Any]) -> Subject:
        """Enter a subject."""
        return services.enter_subject(values, by=self.user)

    def change_row(self, row: Subject, values: dict[str, Any]) -> Subject:
        """Change a subject."""
        return services.change_subject(row, values, by=self.user)

    def perform_destroy(self, instance: Any) -> None:
        """Delete a subject."""
        services.delete_subject(instance, by=self.user)
