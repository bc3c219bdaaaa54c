"""Endpoints of subjects and projects."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import Q, QuerySet
from rest_framework import serializers

from bregma.alyx import policy
from bregma.alyx.actions.serializers import WaterAdministrationSerializer, WeighingSerializer
from bregma.alyx.api.fields import NaiveDateTimeField, UrlField
from bregma.alyx.api.filters import WireFilterSet, choose
from bregma.alyx.api.serializers import WireSerializer, author, by_name, maybe_by_name
from bregma.alyx.api.views import WireViewSet
from bregma.alyx.misc.models import Lab, LabMember
from bregma.alyx.subjects import selectors, services
from bregma.alyx.subjects.models import Line, Litter, Project, Source, Species, Strain, Subject, Zygosity
from bregma.alyx.subjects.water import WaterControl, load_water_today

if TYPE_CHECKING:
    from collections.abc import Sequence

WATER_COLUMNS = ("reference_weight", "last_water_restriction", "expected_water", "remaining_water")
SYMBOLS = {0: "-/-", 1: "+/-", 2: "+/+", 3: "+"}


class ProjectSerializer(WireSerializer[Project]):
    """A project."""

    users = by_name(LabMember, "username", many=True, required=False)

    class Meta:
        model = Project
        fields = ["name", "description", "users"]


class ProjectFilter(WireFilterSet):
    """Query parameters of /projects."""

    class Meta:
        model = Project
        fields = ["name"]


class ProjectViewSet(WireViewSet):
    """Projects, by name."""

    model = Project
    serializer_class = ProjectSerializer
    filterset_class = ProjectFilter
    lookup_field = "name"

    def rows(self) -> Any:
        """Return projects with their users."""
        return Project.objects.prefetch_related("users")


class SubjectSerializer(WireSerializer[Subject]):
    """A subject in a list."""

    url = UrlField("subject-detail", lookup="nickname")
    id = serializers.UUIDField(read_only=True)
    responsible_user = author(allow_null=True)
    age_weeks = serializers.SerializerMethodField()
    species = maybe_by_name(Species, "nickname")
    litter = maybe_by_name(Litter)
    strain = maybe_by_name(Strain)
    source = maybe_by_name(Source)
    line = maybe_by_name(Line)
    projects = by_name(Project, many=True, required=False)
    session_projects = serializers.SerializerMethodField()
    lab = by_name(Lab)
    genotype = serializers.SerializerMethodField()
    alive = serializers.SerializerMethodField()
    reference_weight = serializers.SerializerMethodField()
    last_water_restriction = serializers.SerializerMethodField()
    expected_water = serializers.SerializerMethodField()
    remaining_water = serializers.SerializerMethodField()

    class Meta:
        model = Subject
        fields = [
            *("nickname", "url", "id", "responsible_user", "birth_date", "age_weeks", "death_date", "species", "sex"),
            *("litter", "strain", "source", "line", "projects", "session_projects", "lab", "genotype"),
            *("description", "alive", "reference_weight", "last_water_restriction", "expected_water"),
            *("remaining_water", "json"),
        ]

    def get_age_weeks(self, subject: Subject) -> int:
        """Count whole weeks from birth to death or today."""
        if subject.birth_date is None:
            return 0
        today = datetime.now(UTC).date()
        last = min(subject.death_date, today) if isinstance(subject.death_date, date) else today
        return (last - subject.birth_date).days // 7

    def get_session_projects(self, subject: Subject) -> list[str]:
        """List the projects of the subject's sessions."""
        return list(getattr(subject, "session_project_names", []))

    def get_genotype(self, subject: Subject) -> list[str]:
        """List the alleles of the subject's line with how many copies it has."""
        alleles = set(subject.line.alleles.all()) if subject.line else set()
        return [f"{one.allele} {SYMBOLS[one.zygosity]}" for one in subject.zygosity_set.all() if one.allele in alleles]

    def get_alive(self, subject: Subject) -> bool:
        """Tell whether the subject lives today."""
        return subject.death_date is None or subject.death_date > datetime.now(UTC).date()

    def get_reference_weight(self, subject: Subject) -> float:
        """Return its weight before restriction without the implant, in g."""
        water = water_of(subject)
        return water.reference_weight() if water else 0.0

    def get_last_water_restriction(self, subject: Subject) -> Any:
        """Return when its last restriction began."""
        water = water_of(subject)
        starts = [one.start for one in water.facts.restrictions] if water else []
        return NaiveDateTimeField().to_representation(max(starts, default=None))

    def get_expected_water(self, subject: Subject) -> float:
        """Return what it should drink today, in mL."""
        water = water_of(subject)
        return water.expected_water() if water else 0.0

    def get_remaining_water(self, subject: Subject) -> float:
        """Return what it should still drink today, in mL."""
        water = water_of(subject)
        return water.remaining_water() if water else 0.0


def water_of(subject: Subject) -> WaterControl | None:
    """Return what :class:`SubjectViewSet` read of a subject's water; None for those who may not know."""
    return getattr(subject, "water", None)


class ZygositySerializer(serializers.ModelSerializer[Zygosity]):
    """How many copies of an allele, as a number."""

    allele = serializers.SlugRelatedField(slug_field="nickname", read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = Zygosity
        fields = ["allele", "zygosity"]


class SubjectDetailSerializer(SubjectSerializer):
    """One subject, with its weighings and water."""

    genotype = ZygositySerializer(source="zygosity_set", many=True, read_only=True)  # type: ignore[assignment]
    weighings = WeighingSerializer(many=True, read_only=True)
    water_administrations = WaterAdministrationSerializer(many=True, read_only=True)

    class Meta(SubjectSerializer.Meta):
        fields = [*SubjectSerializer.Meta.fields, "weighings", "water_administrations"]


class SubjectFilter(WireFilterSet):
    """Query parameters of /subjects."""

    alive = django_filters.BooleanFilter(method="filter_alive", label="Whether it lives")
    stock = django_filters.BooleanFilter(method="filter_stock", label="Whether a stock manager is responsible")
    water_restricted = django_filters.BooleanFilter(method="filter_restricted", label="Whether its water is measured")
    responsible_user = django_filters.CharFilter(field_name="responsible_user__username")
    lab = django_filters.CharFilter(field_name="lab__name")
    project = django_filters.CharFilter(method="filter_project", label="Part of a project's name")

    class Meta:
        model = Subject
        fields = [
            *("id", "name", "nickname", "species", "litter", "sex", "strain", "source", "line", "birth_date"),
            *("death_date", "wean_date", "genotype_date", "reduced_date", "cage", "ear_mark", "protocol_number"),
            *("description", "adverse_effects", "actual_severity", "to_be_genotyped", "to_be_culled", "projects"),
        ]

    def filter_alive(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Choose living or dead subjects."""
        return rows.filter(selectors.living() if value else ~selectors.living())

    def filter_stock(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Choose subjects of stock managers, or all others."""
        stock = Q(responsible_user__is_stock_manager=True)
        return rows.filter(stock) if value else rows.exclude(stock)

    def filter_restricted(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Choose subjects whose water is measured, or all others."""
        restricted = selectors.water_restricted()
        return rows.filter(restricted if value else ~restricted)

    def filter_project(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose subjects by a part of a project's name."""
        return choose(rows, Q(projects__name__icontains=value))


class SubjectViewSet(WireViewSet):
    """Subjects, by nickname or uuid."""

    model = Subject
    serializer_class = SubjectSerializer
    filterset_class = SubjectFilter
    lookup_field = "nickname"

    def get_serializer_class(self) -> Any:
        """Show weighings and water only when one subject is read or changed."""
        return SubjectSerializer if self.action in ("list", "create") else SubjectDetailSerializer

    def rows(self) -> Any:
        """Return subjects with what a list or one answer shows."""
        short = self.action in ("list", "create")
        return selectors.subjects_with_all() if short else selectors.subject_details_for(self.request.user)

    def get_object(self) -> Subject:
        """Return one subject with its water of today."""
        subject: Subject = super().get_object()
        self.complete([subject])
        return subject

    def fresh(self, row: Any) -> Subject:
        """Read a subject again, with its water of today."""
        subject: Subject = super().fresh(row)
        self.complete([subject])
        return subject

    def complete(self, rows: Sequence[Any]) -> None:
        """Add the water of today to subjects, where it is shown; not for the public."""
        if policy.has_account(self.user) and self.wants(*WATER_COLUMNS):
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
