"""Admin of projects, and of the words that describe animals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from bregma.alyx.admin_site.counting import count_of
from bregma.alyx.admin_site.table import PolicyAdmin
from bregma.alyx.subjects.models import (
    Allele,
    GenotypeTest,
    Project,
    Sequence,
    Source,
    Species,
    Strain,
)

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(Project)
class ProjectAdmin(PolicyAdmin):
    """Projects."""

    list_display = ("name", "description", "people")
    search_fields = ("name", "description")
    takes_files = True
    import_keys = ("name",)

    @admin.display(description="users")
    def people(self, project: Project) -> str:
        """Name the people of a project; nobody: it is everybody's."""
        return ", ".join(user.username for user in project.users.all()) or "everybody"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read the people of the projects with them."""
        return super().get_queryset(request).prefetch_related("users")


@admin.register(Source, Strain)
class DescribedAdmin(PolicyAdmin):
    """Sources and strains."""

    list_display = ("name", "description")
    search_fields = ("name", "description")
    takes_files = True
    import_keys = ("name",)


@admin.register(Sequence)
class SequenceAdmin(PolicyAdmin):
    """What genotype tests look for."""

    list_display = ("name", "description", "n_tests")
    search_fields = ("name", "description", "base_pairs")
    takes_files = True
    import_keys = ("name",)

    @admin.display(description="tests", ordering="n_tests")
    def n_tests(self, sequence: Any) -> int:
        """Count the tests."""
        return int(sequence.n_tests)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Count the tests of each sequence."""
        return super().get_queryset(request).annotate(n_tests=count_of(GenotypeTest, "sequence"))


@admin.register(Species)
class SpeciesAdmin(PolicyAdmin):
    """Species."""

    list_display = ("nickname", "name")
    search_fields = ("nickname", "name")


@admin.register(Allele)
class AlleleAdmin(PolicyAdmin):
    """Alleles, and the sequences by which they are known."""

    list_display = ("nickname", "name", "sequence_names")
    search_fields = ("nickname", "name", "sequences__name")
    takes_files = True
    import_keys = ("nickname",)

    @admin.display(description="sequences")
    def sequence_names(self, allele: Allele) -> str:
        """Name the sequences."""
        return ", ".join(one.name for one in allele.sequences.all()) or "–"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read the sequences with the alleles."""
        return super().get_queryset(request).prefetch_related("sequences")
