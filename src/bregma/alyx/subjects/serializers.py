"""How subjects and projects are written on the wire."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bregma.alyx.actions.serializers import WaterAdministrationSerializer, WeighingSerializer
from bregma.alyx.api.fields import NaiveDateTimeField, UrlField
from bregma.alyx.api.serializers import WireSerializer, author, by_name, maybe_by_name
from bregma.alyx.misc.models import Lab, LabMember
from bregma.alyx.subjects.models import Line, Litter, Project, Source, Species, Strain, Subject, Zygosity

if TYPE_CHECKING:
    from bregma.alyx.subjects.water import WaterControl


class ProjectSerializer(WireSerializer[Project]):
    """A project."""

    users = by_name(LabMember, "username", many=True, required=False)

    class Meta:
        model = Project
        fields = ["name", "description", "users"]


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class NamesField(serializers.ReadOnlyField):
    """Names that the database gathered."""


class SubjectSerializer(WireSerializer[Subject]):
    """A subject as it is entered."""

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
        return [f"{one.allele} {one.symbol}" for one in subject.zygosity_set.all() if one.allele in alleles]

    def get_alive(self, subject: Subject) -> bool:
        """Tell whether the subject lives today."""
        return subject.death_date is None or subject.death_date > datetime.now(UTC).date()

    def get_reference_weight(self, subject: Subject) -> float:
        """Return its weight before restriction without the implant, in g."""
        water = water_of(subject)
        return water.reference_weight() if water else 0.0

    def get_last_water_restriction(self, subject: Subject) -> Any:
        """Return when the restriction began under which it is; nothing if it drinks freely."""
        water = water_of(subject)
        return NaiveDateTimeField().to_representation(water.restricted_since() if water else None)

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


class SubjectListSerializer(SubjectSerializer):
    """A subject in a list: the names of what it has several of come with it from the database."""

    projects = NamesField(source="project_names")
    session_projects = NamesField(source="session_project_names")  # type: ignore[assignment]
    genotype = NamesField(source="genotype_words")  # type: ignore[assignment]


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
