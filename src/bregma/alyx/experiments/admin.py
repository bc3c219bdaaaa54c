"""Admin of probe insertions."""

from __future__ import annotations

from django.contrib import admin

from bregma.alyx.experiments.models import ProbeInsertion, ProbeModel
from bregma.alyx.policy_admin import PolicyAdmin


@admin.register(ProbeModel)
class ProbeModelAdmin(PolicyAdmin):
    """Models of probes."""

    list_display = ("probe_model", "probe_manufacturer", "name")
    search_fields = ("probe_model", "probe_manufacturer", "name")


@admin.register(ProbeInsertion)
class ProbeInsertionAdmin(PolicyAdmin):
    """Probe insertions."""

    list_display = ("name", "session", "model", "serial")
    list_select_related = ("session__subject", "model")
    list_filter = ("model", "session__lab")
    search_fields = ("name", "session__subject__nickname", "serial")
    autocomplete_fields = ("session", "model", "datasets")
