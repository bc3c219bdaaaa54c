"""Admin of notifications and their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from bregma.alyx.actions.models import (
    Notification,
    NotificationRule,
)
from bregma.alyx.admin_site.filters import choice, found_by, times
from bregma.alyx.admin_site.table import PolicyAdmin, ReadOnlyAdmin

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """What people were told; rules write it."""

    list_display = ("title", "notification_type", "subject", "send_at", "status", "people")
    list_select_related = ("subject",)
    list_filter = (choice("notification_type"), choice("status"), found_by("users"), times("send_at"))
    search_fields = ("title", "message", "subject__nickname", "users__username")

    @admin.display(description="users")
    def people(self, row: Notification) -> str:
        """Name who was told."""
        return ", ".join(user.username for user in row.users.all()) or "–"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read the people with the notifications."""
        return super().get_queryset(request).prefetch_related("users")


@admin.register(NotificationRule)
class NotificationRuleAdmin(PolicyAdmin):
    """What people want to be told."""

    list_display = ("user", "notification_type", "subjects_scope")
    list_editable = ("subjects_scope",)
    list_select_related = ("user",)
    list_filter = (choice("notification_type"), choice("subjects_scope"), found_by("user"))
    search_fields = ("user__username",)
    done_by = ("user",)
