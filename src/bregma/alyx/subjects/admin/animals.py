"""Admin of subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from bregma.alyx import policy
from bregma.alyx.actions.models import Session, Surgery
from bregma.alyx.admin_site.bulk import setting
from bregma.alyx.admin_site.counting import count_of
from bregma.alyx.admin_site.filters import choice, days, empty, found_by, one_of
from bregma.alyx.admin_site.permissions import person_of
from bregma.alyx.admin_site.table import LookInline, PolicyAdmin
from bregma.alyx.subjects.models import (
    AdverseEffect,
    CullSubject,
    Subject,
    Zygosity,
)
from bregma.alyx.subjects.services import change_subject, delete_subject, enter_subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


class SessionInline(LookInline):
    """Sessions of a subject."""

    model = Session
    fk_name = "subject"
    fields = ("start_time", "number", "task_protocol", "qc", "lab")
    related = ("lab", "subject")


class SurgeryInline(LookInline):
    """Surgeries of a subject."""

    model = Surgery
    fields = ("start_time", "outcome_type", "implant_weight", "narrative")
    related = ("subject",)


class ZygosityInline(LookInline):
    """Genotype of a subject."""

    model = Zygosity
    fields = ("allele", "zygosity")
    verbose_name_plural = "Genotype"
    related = ("allele", "subject")


class SubjectRows(PolicyAdmin):
    """What the lists of subjects share."""

    list_select_related = ("lab", "responsible_user", "line", "litter")
    search_fields: ClassVar[tuple[str, ...]] = ("nickname", "responsible_user__username", "cage", "ear_mark")
    date_hierarchy = "birth_date"
    inlines: ClassVar[tuple[Any, ...]] = (SessionInline, SurgeryInline, ZygosityInline)
    actions = (
        setting("Mark to be genotyped", to_be_genotyped=True, done="to be genotyped"),
        setting("Mark to be culled", to_be_culled=True, done="to be culled"),
        setting("Take the marks away", to_be_genotyped=False, to_be_culled=False, done="without marks"),
    )

    @admin.display(description="alive", boolean=True, ordering="death_date")
    def is_alive(self, subject: Subject) -> bool:
        """Tell whether it lives."""
        return subject.death_date is None or subject.death_date > timezone.now().date()

    @admin.display(description="sessions", ordering="n_sessions")
    def n_sessions(self, subject: Any) -> int:
        """Count the sessions."""
        return int(subject.n_sessions)

    @admin.display(description="genotype")
    def genotypes(self, subject: Subject) -> str:
        """Show the zygosities as geneticists write them."""
        return ", ".join(str(one) for one in subject.zygosity_set.all()) or "–"

    @admin.display(description="projects")
    def project_names(self, subject: Subject) -> str:
        """Name the projects."""
        return ", ".join(one.name for one in subject.projects.all()) or "–"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read genotypes and projects, and count the sessions."""
        rows = super().get_queryset(request).prefetch_related("zygosity_set__allele", "projects")
        return rows.annotate(n_sessions=count_of(Session, "subject"))

    def view_on_site(self, subject: Subject) -> str:
        """Lead to the page of the subject."""
        return reverse("subject", args=[subject.pk])

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Let only those give a subject away who may."""
        fields = super().get_readonly_fields(request, obj)
        entrusted = obj is None or policy.may_entrust(person_of(request), obj)
        return fields if entrusted else (*fields, "responsible_user")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let only those delete a subject who may give it away."""
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or policy.may_entrust(person_of(request), obj))

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Enter a subject into its lab, or change one: a cage is a move, a death ends what it ends."""
        return enter_subject(values, by=by) if row is None else change_subject(row, values, by=by)

    def delete_row(self, row: Any, by: Any) -> None:
        """Delete a subject, unless a dataset is protected."""
        delete_subject(row, by=by)


@admin.register(Subject)
class SubjectAdmin(SubjectRows):
    """Subjects."""

    list_display = (
        *("nickname", "sex", "birth_date", "is_alive", "n_sessions", "responsible_user", "lab", "project_names"),
        *("line", "litter", "genotypes", "cage", "to_be_genotyped", "to_be_culled"),
    )
    list_editable = ("to_be_genotyped", "to_be_culled")
    list_filter = (
        *(empty("death_date"), found_by("responsible_user"), one_of("lab"), choice("sex"), found_by("line")),
        *(found_by("projects"), days("birth_date"), "to_be_genotyped", "to_be_culled", empty("reduced_date")),
    )
    fieldsets = (
        (None, {"fields": ("nickname", "lab", "responsible_user", "sex", "birth_date", "projects", "description")}),
        ("Breeding", {"fields": ("species", "line", "strain", "source", "litter", "request", "wean_date")}),
        ("Genotype", {"fields": ("to_be_genotyped", "genotype_date")}),
        ("Housing", {"fields": ("cage", "ear_mark", "protocol_number")}),
        (
            "Outcome",
            {"fields": ("to_be_culled", "death_date", "reduced_date", "actual_severity", "adverse_effects")},
        ),
        ("More", {"fields": ("name", "json"), "classes": ("collapse",)}),
    )
    readonly_fields = ("protocol_number",)
    takes_files = True
    import_keys = ("nickname", "lab")


@admin.register(CullSubject)
class CullSubjectAdmin(SubjectRows):
    """Subjects by what is to become of them; a cull with its reason and method is entered on its page."""

    list_display = (
        *("nickname", "to_be_culled", "death_date", "actual_severity", "reduced_date", "sex", "birth_date", "cage"),
        *("genotypes", "responsible_user"),
    )
    list_editable = ("to_be_culled", "actual_severity", "reduced_date")
    list_filter = ("to_be_culled", empty("death_date"), empty("reduced_date"), found_by("responsible_user"))
    fields = ("nickname", "to_be_culled", "actual_severity", "reduced_date", "death_date")
    readonly_fields = ("nickname", "death_date")
    inlines: ClassVar[tuple[Any, ...]] = ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add subjects where all of them are listed."""
        return False

    def view_on_site(self, subject: Subject) -> str:
        """Lead to where a cull is entered."""
        return reverse("subject-cull", args=[subject.pk])


@admin.register(AdverseEffect)
class AdverseEffectAdmin(SubjectRows):
    """Subjects with a text on adverse effects, as older databases kept them."""

    list_display = ("nickname", "responsible_user", "adverse_effects", "actual_severity", "birth_date", "death_date")
    list_filter = (found_by("responsible_user"), choice("actual_severity"), empty("death_date"))
    search_fields: ClassVar[tuple[str, ...]] = ("nickname", "adverse_effects")
    fields = ("nickname", "adverse_effects", "actual_severity")
    readonly_fields = ("nickname",)
    inlines: ClassVar[tuple[Any, ...]] = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave out subjects without a text."""
        return super().get_queryset(request).exclude(adverse_effects="")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add subjects where all of them are listed."""
        return False

    def view_on_site(self, subject: Subject) -> str:
        """Lead to the welfare of the subject."""
        return reverse("subject-welfare", args=[subject.pk])
