"""Admin of people, labs and places, housings and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Count, Q
from django.urls import reverse
from rest_framework.authtoken.models import TokenProxy
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from bregma.alyx import policy
from bregma.alyx.admin_site.filters import choice, days, empty, found_by, one_of, times
from bregma.alyx.admin_site.permissions import person_of
from bregma.alyx.admin_site.table import LookInline, PolicyAdmin, ReadOnlyAdmin
from bregma.alyx.misc.models import (
    CageType,
    Enrichment,
    Food,
    Housing,
    HousingSubject,
    Lab,
    LabLocation,
    LabMember,
    LabMembership,
    Note,
)
from bregma.alyx.misc.services import change_member, delete_lab, delete_member
from bregma.alyx.notebook.addresses import address_of
from bregma.alyx.notebook.notes.services import change_note, delete_note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

# Roles are flags of an account, not groups; tokens are given by `bregma user token`, never shown.
admin.site.unregister(Group)
admin.site.unregister(TokenProxy)

ROLES = ("is_active", "is_staff", "is_superuser", "is_stock_manager", "is_public_user")


class MembershipInline(LookInline):
    """Where a person works."""

    model = LabMembership
    fields = ("lab", "role", "start_date", "end_date")
    verbose_name_plural = "Labs"
    related = ("lab", "user")


@admin.register(LabMember)
class LabMemberAdmin(UserAdmin, PolicyAdmin):  # type: ignore[type-arg,misc]
    """Accounts; everybody changes their own, roles are given by superusers."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "last_name", "email", "labs", *ROLES, "last_login")
    list_filter = (*ROLES, one_of("labmembership__lab"))
    search_fields = ("username", "first_name", "last_name", "email")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    never_in_files = ("password", "groups", "user_permissions")
    inlines = (MembershipInline,)

    @admin.display(description="labs")
    def labs(self, member: LabMember) -> str:
        """Name the labs in which a person works or worked."""
        rows = member.labmembership_set.all()
        return ", ".join(sorted({row.lab.name for row in rows})) or "–"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read the labs of people with them."""
        return super().get_queryset(request).prefetch_related("labmembership_set__lab")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show the link to change a password only to those who may."""
        if obj is None:
            return UserAdmin.add_fieldsets
        password = ("password",) if self.has_change_permission(request, obj) else ()
        return [
            (None, {"fields": ("username", *password, "first_name", "last_name", "email", "allowed_users")}),
            ("Roles", {"fields": ROLES}),
            ("Dates", {"fields": ("last_login", "date_joined"), "classes": ("collapse",)}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Let only superusers give roles."""
        fields = super().get_readonly_fields(request, obj)
        return fields if person_of(request).is_superuser else (*fields, "username", *ROLES)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Show the labs of a person who is there."""
        return self.inlines if obj is not None else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let only superusers delete an account."""
        return bool(person_of(request).is_superuser) and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Make an account with the password of the form, or change one by its service."""
        if change:
            super().save_model(request, obj, form, change)
            return
        policy.check_may_write(person_of(request), obj)
        obj.save()

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Change an account."""
        return change_member(row, values, by=by)

    def delete_row(self, row: Any, by: Any) -> None:
        """Delete an account; what it wrote stays."""
        delete_member(row, by=by)


@admin.register(Lab)
class LabAdmin(PolicyAdmin):
    """Laboratories."""

    list_display = ("name", "institution", "timezone", "reference_weight_pct", "zscore_weight_pct", "n_members")
    search_fields = ("name", "institution")
    seldom = ("cage_type", "enrichment", "food", "cage_cleaning_frequency_days", "light_cycle")

    @admin.display(description="memberships")
    def n_members(self, lab: Any) -> int:
        """Count the people."""
        return int(lab.n_members)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Count the people of each lab."""
        return super().get_queryset(request).annotate(n_members=Count("labmembership"))

    def delete_row(self, row: Any, by: Any) -> None:
        """Delete a lab, unless a dataset is protected."""
        delete_lab(row, by=by)


@admin.register(LabMembership)
class LabMembershipAdmin(PolicyAdmin):
    """Who works where, and when."""

    list_display = ("user", "lab", "role", "start_date", "end_date")
    list_select_related = ("user", "lab")
    list_filter = (one_of("lab"), empty("end_date"), days("start_date"))
    search_fields = ("user__username", "lab__name", "role")
    takes_files = True
    import_keys = ("user", "lab", "start_date")


@admin.register(LabLocation)
class LabLocationAdmin(PolicyAdmin):
    """Rooms and rigs."""

    list_display = ("name", "lab")
    list_select_related = ("lab",)
    list_filter = (one_of("lab"),)
    search_fields = ("name", "lab__name")
    takes_files = True
    import_keys = ("name", "lab")


@admin.register(CageType, Enrichment, Food)
class KeepingAdmin(PolicyAdmin):
    """What cages are and hold."""

    list_display = ("name", "description")
    search_fields = ("name", "description")
    takes_files = True
    import_keys = ("name",)


class StayInline(LookInline):
    """Who lives or lived there."""

    model = HousingSubject
    fields = ("subject", "start_datetime", "end_datetime")
    verbose_name_plural = "Animals"
    related = ("subject", "housing")


@admin.register(Housing)
class HousingAdmin(ReadOnlyAdmin):
    """Cages under one set of conditions; the pages of cages begin and end them."""

    list_display = ("cage_name", "cage", "cage_type", "enrichment", "food", "light_cycle", "n_now")
    list_select_related = ("cage", "cage_type", "enrichment", "food")
    list_filter = (choice("light_cycle"), one_of("cage_type"), found_by("cage"))
    search_fields = ("cage_name", "housing_subjects__subject__nickname")
    inlines = (StayInline,)

    @admin.display(description="animals now")
    def n_now(self, housing: Any) -> int:
        """Count who lives there."""
        return int(housing.n_now)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Count the open stays of each housing."""
        now = Count("housing_subjects", filter=Q(housing_subjects__end_datetime__isnull=True), distinct=True)
        return super().get_queryset(request).annotate(n_now=now)


@admin.register(HousingSubject)
class HousingSubjectAdmin(ReadOnlyAdmin):
    """Stays of animals; moves on the pages of cages write them."""

    list_display = ("subject", "housing", "start_datetime", "end_datetime")
    list_select_related = ("subject", "housing")
    list_filter = (empty("end_datetime"), times("start_datetime"), found_by("subject"))
    search_fields = ("subject__nickname", "housing__cage_name")


@admin.register(Note)
class NoteAdmin(PolicyAdmin):
    """Notes; they are written where they belong, on the page of a subject or session."""

    list_display = ("date_time", "user", "words", "content_type", "has_image")
    list_select_related = ("user", "content_type")
    list_filter = (found_by("user"), one_of("content_type"), times("date_time"), empty("image"))
    search_fields = ("text", "user__username")
    fields = ("text", "user", "date_time", "image", "content_type", "object_id")
    readonly_fields = ("user", "date_time", "image", "content_type", "object_id")
    never_in_files = ("image",)

    @admin.display(description="text")
    def words(self, note: Note) -> str:
        """Show how the text begins."""
        return note.text[:80] or "–"

    @admin.display(description="image", boolean=True)
    def has_image(self, note: Note) -> bool:
        """Tell whether there is one."""
        return bool(note.image)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let nobody write a note about nothing."""
        return False

    def view_on_site(self, note: Note) -> str:
        """Lead to what the note is about."""
        return address_of(note.content_object) if note.content_object is not None else reverse("notes")

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Change the words of a note of one's own."""
        return change_note(row, values.get("text"), by=by)

    def delete_row(self, row: Any, by: Any) -> None:
        """Delete a note with its image."""
        delete_note(row, by=by)
