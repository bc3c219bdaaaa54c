"""Admin of deliveries and preferences of mail: to look at."""

from __future__ import annotations

from django.contrib import admin

from bregma.alyx.admin_site.filters import choice, empty, found_by, times
from bregma.alyx.admin_site.table import ReadOnlyAdmin
from bregma.alyx.inbox.models import Delivery, MailPreference


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Which notification went to whom, and what became of the mail; the outbox writes it."""

    list_display = ("notification", "user", "created", "status", "attempts", "sent_at", "read_at", "error")
    list_select_related = ("notification", "user")
    list_filter = (choice("status"), found_by("user"), times("created"), empty("read_at"))
    search_fields = ("notification__title", "user__username", "error")


@admin.register(MailPreference)
class MailPreferenceAdmin(ReadOnlyAdmin):
    """How people want to be mailed; they say it in their inbox."""

    list_display = ("user", "frequency", "digest_hour")
    list_select_related = ("user",)
    list_filter = (choice("frequency"),)
    search_fields = ("user__username",)
    ordering = ("user__username",)
