"""Admin of sessions, weighings and water."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from bregma.alyx.actions.models import (
    ProcedureType,
    Session,
    WaterAdministration,
    WaterRestriction,
    WaterType,
    Weighing,
)
from bregma.alyx.actions.services import delete_session, has_files
from bregma.alyx.policy_admin import PolicyAdmin

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(ProcedureType)
class ProcedureTypeAdmin(PolicyAdmin):
    """Kinds of procedures."""

    list_display = ("name", "description")
    search_fields = ("name",)


@admin.register(WaterType)
class WaterTypeAdmin(PolicyAdmin):
    """What subjects drink."""

    list_display = ("name",)
    search_fields = ("name",)


@admin.register(Session)
class SessionAdmin(PolicyAdmin):
    """Sessions."""

    list_display = ("subject", "start_time", "number", "lab", "task_protocol", "qc", "n_trials", "n_correct_trials")
    list_select_related = ("subject", "lab")
    list_filter = ("lab", "qc", "projects", "procedures")
    search_fields = ("subject__nickname", "task_protocol", "lab__name", "users__username")
    date_hierarchy = "start_time"
    autocomplete_fields = ("subject", "lab", "location", "users", "projects", "procedures", "parent_session")
    readonly_fields = ("auto_datetime",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keep the lab of a session whose files are in that lab's folder."""
        fields = super().get_readonly_fields(request, obj)
        return fields if obj is None or not has_files(obj) else (*fields, "lab")

    def delete_row(self, row: Session, user: Any) -> None:
        """Delete a session, unless a dataset is protected."""
        delete_session(row, by=user)


@admin.register(Weighing)
class WeighingAdmin(PolicyAdmin):
    """Weighings."""

    list_display = ("subject", "date_time", "weight", "user")
    list_select_related = ("subject", "user")
    list_filter = ("subject__lab",)
    search_fields = ("subject__nickname", "user__username")
    date_hierarchy = "date_time"
    autocomplete_fields = ("subject", "user")
    done_by = ("user",)


@admin.register(WaterAdministration)
class WaterAdministrationAdmin(PolicyAdmin):
    """Water given."""

    list_display = ("subject", "date_time", "water_administered", "water_type", "adlib", "session", "user")
    list_select_related = ("subject", "water_type", "user", "session__subject")
    list_filter = ("water_type", "adlib", "subject__lab")
    search_fields = ("subject__nickname", "user__username")
    date_hierarchy = "date_time"
    autocomplete_fields = ("subject", "user", "session", "water_type")
    done_by = ("user",)


@admin.register(WaterRestriction)
class WaterRestrictionAdmin(PolicyAdmin):
    """Restrictions of water."""

    list_display = ("subject", "start_time", "end_time", "water_type", "reference_weight")
    list_select_related = ("subject", "water_type")
    list_filter = (("end_time", admin.EmptyFieldListFilter), "subject__lab")
    search_fields = ("subject__nickname",)
    autocomplete_fields = ("subject", "lab", "location", "users", "procedures", "water_type")
