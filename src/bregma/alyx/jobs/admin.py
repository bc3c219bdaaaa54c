"""Admin of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages

from bregma.alyx.admin_site.filters import choice, found_by, one_of, times
from bregma.alyx.admin_site.permissions import person_of
from bregma.alyx.admin_site.refusals import REFUSALS, words_of
from bregma.alyx.admin_site.table import PolicyAdmin
from bregma.alyx.jobs.models import Task
from bregma.alyx.notebook.tasks.services import set_status

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


def _set(words: str, status: Task.Status) -> Any:
    @admin.action(description=words, permissions=["change"])
    def action(table: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        try:
            n = set_status(list(queryset), status, by=person_of(request))
        except REFUSALS as refused:
            table.message_user(request, f"Nothing was changed. {' '.join(words_of(refused))}", messages.ERROR)
            return
        table.message_user(request, f"{n} tasks: {status.label.lower()}.", messages.SUCCESS)

    action.__name__ = f"set_{status.name.lower()}"
    return action


@admin.register(Task)
class TaskAdmin(PolicyAdmin):
    """Tasks."""

    list_display = ("name", "session", "status", "graph", "level", "priority", "version", "datetime")
    list_select_related = ("session__subject",)
    list_filter = (
        *(choice("status"), one_of("session__lab"), found_by("session__subject"), found_by("session__users")),
        times("datetime"),
    )
    search_fields = ("name", "graph", "session__subject__nickname")
    ordering = ("-datetime",)
    readonly_fields = ("datetime",)
    seldom = (
        "io_charge",
        "gpu",
        "cpu",
        "ram",
        "time_out_secs",
        "time_elapsed_secs",
        "executable",
        "arguments",
        "parents",
    )
    actions = (
        _set("Let selected tasks wait for a worker again", Task.Status.WAITING),
        _set("Hold selected tasks", Task.Status.HELD),
        _set("Give up selected tasks", Task.Status.ABANDONED),
    )
