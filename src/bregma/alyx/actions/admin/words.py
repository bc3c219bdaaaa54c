"""Admin of kinds of procedures, water and culls."""

from __future__ import annotations

from django.contrib import admin

from bregma.alyx.actions.models import (
    CullMethod,
    CullReason,
    ProcedureType,
    WaterType,
)
from bregma.alyx.admin_site.table import PolicyAdmin


@admin.register(ProcedureType, CullReason, CullMethod)
class DescribedAdmin(PolicyAdmin):
    """Kinds of procedures, and why and how animals are culled."""

    list_display = ("name", "description")
    search_fields = ("name", "description")
    takes_files = True
    import_keys = ("name",)


@admin.register(WaterType)
class WaterTypeAdmin(PolicyAdmin):
    """What subjects drink."""

    list_display = ("name",)
    search_fields = ("name",)
    takes_files = True
    import_keys = ("name",)
