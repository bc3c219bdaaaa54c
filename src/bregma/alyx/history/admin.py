"""Admin of the history of all rows: to look at."""

from __future__ import annotations

from django.contrib import admin

from bregma.alyx.admin_site.filters import choice, times
from bregma.alyx.admin_site.table import ReadOnlyAdmin
from bregma.alyx.history.models import Event


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What changed, when, by whom; the database writes it."""

    list_display = ("at", "kind", "table", "row", "person", "before", "after")
    list_select_related = ("context",)
    list_filter = (choice("kind"), times("at"))
    search_fields = ("table", "row")
    search_help_text = "The name of a table, or the whole key of a row."
    ordering = ("-id",)

    @admin.display(description="by")
    def person(self, event: Event) -> str:
        """Name who did it, where a request says so."""
        told = event.context.metadata if event.context is not None else {}
        return str(told.get("user") or "–")
