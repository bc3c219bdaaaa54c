"""Admin of saved views of lists."""

from __future__ import annotations

from django.contrib import admin

from bregma.alyx.admin_site.filters import found_by, one_of
from bregma.alyx.admin_site.table import PolicyAdmin
from bregma.alyx.web.models import SavedView


@admin.register(SavedView)
class SavedViewAdmin(PolicyAdmin):
    """Lists as people like to see them."""

    list_display = ("name", "page", "owner", "shared_with_lab", "created")
    list_select_related = ("owner", "shared_with_lab")
    list_filter = (found_by("owner"), one_of("shared_with_lab"))
    search_fields = ("name", "page", "owner__username")
    done_by = ("owner",)
