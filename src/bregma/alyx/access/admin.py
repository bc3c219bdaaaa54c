"""Admin of personal tokens, which can only be revoked here, of programs that wait for one, and of delegations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils import timezone

from bregma.alyx import changes, policy
from bregma.alyx.access.delegations import delegate
from bregma.alyx.access.models import ApiToken, Delegation, DeviceCode
from bregma.alyx.access.tokens import revoke_token
from bregma.alyx.admin_site.bulk import with_each
from bregma.alyx.admin_site.filters import days, empty, found_by, times
from bregma.alyx.admin_site.table import PolicyAdmin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


@admin.register(ApiToken)
class ApiTokenAdmin(PolicyAdmin):
    """Personal tokens. People make them on the account page; what a token is nobody can read again."""

    list_display = (
        "name",
        "prefix",
        "user",
        "scope_names",
        "created",
        "expires_at",
        "last_used_at",
        "revoked_at",
        "good",
    )
    list_select_related = ("user",)
    list_filter = (empty("revoked_at"), found_by("user"), times("expires_at"))
    search_fields = ("name", "user__username", "prefix")
    fields = ("name", "prefix", "user", "scope_names", "created", "expires_at", "last_used_at", "revoked_at")
    readonly_fields = fields
    exclude = ("digest",)
    never_in_files = ("digest",)
    actions = (with_each("Revoke selected tokens", lambda row, by: revoke_token(row.pk, by=by), done="revoked"),)

    @admin.display(description="scopes")
    def scope_names(self, token: ApiToken) -> str:
        """Name what it may do."""
        return ", ".join(token.scopes)

    @admin.display(description="good", boolean=True)
    def good(self, token: ApiToken) -> bool:
        """Tell whether it works now."""
        return token.is_open(timezone.now())

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Make no tokens here: their text is shown once, to the person they are for."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep revoked tokens, which say when they were used."""
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave the digest in the database."""
        return super().get_queryset(request).defer("digest")


@admin.register(DeviceCode)
class DeviceCodeAdmin(PolicyAdmin):
    """Programs that wait for a person to let them in; people decide on the page ``/connect``."""

    list_display = ("name", "address", "user", "created", "expires_at", "denied_at")
    list_select_related = ("user",)
    list_filter = (found_by("user"), times("expires_at"))
    search_fields = ("name", "user__username")
    fields = ("name", "address", "user", "created", "expires_at", "denied_at", "last_used_at")
    readonly_fields = fields
    exclude = ("digest", "user_digest")
    never_in_files = ("digest", "user_digest")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Make none here: the program keeps a code that nobody else knows."""
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave the digests in the database."""
        return super().get_queryset(request).defer("digest", "user_digest")


@admin.register(Delegation)
class DelegationAdmin(PolicyAdmin):
    """Who acts for whom, from when to when."""

    list_display = ("owner", "delegate", "start_date", "end_date", "reason")
    list_select_related = ("owner", "delegate")
    list_filter = (found_by("owner"), found_by("delegate"), days("end_date"))
    search_fields = ("owner__username", "delegate__username", "reason")
    done_by = ("owner",)

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Let a person act on one's own subjects, or change until when."""
        if row is not None:
            return changes.change_row(row, values, by=by)
        policy.check_may_write(by, Delegation(owner=values["owner"], delegate=values["delegate"]))
        start, end, reason = values["start_date"], values.get("end_date"), values.get("reason", "")
        return delegate(values["owner"], values["delegate"], start=start, end=end, reason=reason)
