"""Admin of subjects, lines and projects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from bregma.alyx import policy
from bregma.alyx.policy_admin import PolicyAdmin
from bregma.alyx.subjects.models import Allele, Line, Litter, Project, Source, Species, Strain, Subject, Zygosity
from bregma.alyx.subjects.services import delete_subject

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(Project)
class ProjectAdmin(PolicyAdmin):
    """Projects."""

    list_display = ("name", "description")
    search_fields = ("name", "description")
    autocomplete_fields = ("users",)


@admin.register(Source, Strain)
class DescribedAdmin(PolicyAdmin):
    """Sources and strains."""

    list_display = ("name", "description")
    search_fields = ("name",)


@admin.register(Species, Allele)
class NicknamedAdmin(PolicyAdmin):
    """Species and alleles."""

    list_display = ("nickname", "name")
    search_fields = ("nickname", "name")


@admin.register(Line)
class LineAdmin(PolicyAdmin):
    """Breeding lines."""

    list_display = ("name", "nickname", "species", "strain", "lab", "is_active")
    list_select_related = ("species", "strain", "lab")
    list_filter = ("is_active", "lab")
    search_fields = ("name", "nickname")
    autocomplete_fields = ("alleles", "strain", "source", "species", "lab")


@admin.register(Litter)
class LitterAdmin(PolicyAdmin):
    """Litters."""

    list_display = ("name", "line", "birth_date")
    list_select_related = ("line",)
    search_fields = ("name",)
    autocomplete_fields = ("line",)


@admin.register(Zygosity)
class ZygosityAdmin(PolicyAdmin):
    """Genotypes."""

    list_display = ("subject", "allele", "zygosity")
    list_select_related = ("subject", "allele")
    list_filter = ("zygosity",)
    search_fields = ("subject__nickname", "allele__nickname")
    autocomplete_fields = ("subject", "allele")


@admin.register(Subject)
class SubjectAdmin(PolicyAdmin):
    """Subjects."""

    list_display = ("nickname", "lab", "responsible_user", "sex", "birth_date", "death_date", "line", "cage")
    list_select_related = ("lab", "responsible_user", "line")
    readonly_fields = ("cage",)  # kept by moves
    list_filter = ("lab", "sex", "projects", ("death_date", admin.EmptyFieldListFilter))
    search_fields = ("nickname", "responsible_user__username", "lab__name", "cage")
    date_hierarchy = "birth_date"
    autocomplete_fields = ("species", "litter", "strain", "source", "line", "responsible_user", "lab", "projects")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Let only those give a subject away who may."""
        fields = super().get_readonly_fields(request, obj)
        user: Any = request.user
        return fields if obj is None or policy.may_entrust(user, obj) else (*fields, "responsible_user")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let only those delete a subject who may give it away."""
        user: Any = request.user
        return super().has_delete_permission(request, obj) and (obj is None or policy.may_entrust(user, obj))

    def delete_row(self, row: Subject, user: Any) -> None:
        """Delete a subject, unless a dataset is protected."""
        delete_subject(row, by=user)
