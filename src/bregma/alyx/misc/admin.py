"""Admin of people, labs and places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from rest_framework.authtoken.models import TokenProxy
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from bregma.alyx.misc.models import Lab, LabLocation, LabMember, LabMembership
from bregma.alyx.misc.services import delete_lab
from bregma.alyx.policy_admin import PolicyAdmin

if TYPE_CHECKING:
    from django.http import HttpRequest

# Roles are flags of an account, not groups; tokens are given by `bregma user token`, never shown.
admin.site.unregister(Group)
admin.site.unregister(TokenProxy)

ROLES = ("is_active", "is_staff", "is_superuser", "is_stock_manager", "is_public_user")


@admin.register(LabMember)
class LabMemberAdmin(UserAdmin, PolicyAdmin):  # type: ignore[type-arg,misc]
    """Accounts; everybody changes their own, roles are given by superusers."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "first_name", "last_name", *ROLES)
    list_filter = ROLES
    search_fields = ("username", "first_name", "last_name", "email")
    autocomplete_fields = ("allowed_users",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show the link to change a password only to those who may."""
        if obj is None:
            return super().get_fieldsets(request, obj)
        password = ("password",) if self.has_change_permission(request, obj) else ()
        return [
            (None, {"fields": ("username", *password, "first_name", "last_name", "email", "allowed_users")}),
            ("Roles", {"fields": ROLES}),
            ("Dates", {"fields": ("last_login", "date_joined")}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Let only superusers give roles."""
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, "username", *ROLES)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let only superusers delete an account."""
        return bool(request.user.is_superuser) and super().has_delete_permission(request, obj)


@admin.register(Lab)
class LabAdmin(PolicyAdmin):
    """Laboratories."""

    list_display = ("name", "institution", "timezone", "reference_weight_pct", "zscore_weight_pct")
    search_fields = ("name", "institution")
    autocomplete_fields = ("repositories",)

    def delete_row(self, row: Lab, user: Any) -> None:
        """Delete a lab, unless a dataset is protected."""
        delete_lab(row, by=user)


@admin.register(LabMembership)
class LabMembershipAdmin(PolicyAdmin):
    """Who works where, and when."""

    list_display = ("user", "lab", "role", "start_date", "end_date")
    list_select_related = ("user", "lab")
    list_filter = ("lab",)
    search_fields = ("user__username", "lab__name")
    autocomplete_fields = ("user", "lab")


@admin.register(LabLocation)
class LabLocationAdmin(PolicyAdmin):
    """Rooms and rigs."""

    list_display = ("name", "lab")
    list_select_related = ("lab",)
    list_filter = ("lab",)
    search_fields = ("name",)
    autocomplete_fields = ("lab",)
