"""The admin of every table: who sees and changes a row is for the policy to say, not for Django's permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.db.models import URLField
from django.http import HttpResponseRedirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from bregma.alyx import changes, policy
from bregma.alyx.errors import AlyxError

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest, HttpResponse


class PolicyAdmin(ModelAdmin):  # type: ignore[misc] # unfold has no types
    """Rows that the policy lets nobody of this role write are shown read-only."""

    list_per_page = 50
    list_filter_submit = True
    warn_unsaved_form = True
    show_full_result_count = False
    done_by: tuple[str, ...] = ()
    """Fields that name who did it: the person at the form, unless another is chosen."""

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Ask first what people enter; the long name and the JSON of programs are folded away."""
        found = super().get_fieldsets(request, obj)
        if len(found) != 1:
            return found
        fields = list(found[0][1]["fields"])
        seldom = [name for name in fields if name in _seldom_entered(self.model)]
        asked = {"fields": [name for name in fields if name not in seldom]}
        more = [("More", {"fields": seldom, "classes": ("collapse",)})] if seldom else []
        return [(found[0][0], asked), *more]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill in who is at the form."""
        me = _user(request).pk
        return {**dict.fromkeys(self.done_by, me), **super().get_changeform_initial_data(request)}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Take an address without a scheme for https."""
        if isinstance(db_field, URLField):
            kwargs.setdefault("assume_scheme", "https")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows that the person may see."""
        return policy.readable(_user(request), super().get_queryset(request))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Let a list be filtered by what it shows: not through another table's key back to this one, such as a token.

        Django lets every list be filtered by the key of a row that refers to it, and by columns that are hidden.
        """
        name = lookup.split("__", 1)[0]
        backwards = {field.name for field in self.model._meta.related_objects}
        hidden = self.get_exclude(request) or ()
        return name not in backwards and name not in hidden and bool(super().lookup_allowed(lookup, value, request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the app to members."""
        return policy.is_member(_user(request))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Show a row to those who may read it."""
        return policy.is_member(_user(request)) if obj is None else policy.may_read(_user(request), obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Offer to add a row to those who may add some."""
        return policy.may_add(_user(request), self.model)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let those change a row who may write it."""
        return policy.is_member(_user(request)) if obj is None else policy.may_write(_user(request), obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let those delete a row who may write it; many at once only superusers."""
        return bool(_user(request).is_superuser) if obj is None else policy.may_write(_user(request), obj)

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Save a row, if the person may write it as it now is."""
        policy.check_may_write(_user(request), obj)
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Hand a row to the service that deletes."""
        self.delete_row(obj, _user(request))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Delete a row, or say on its page why not."""
        try:
            return cast("HttpResponse", super().delete_view(request, object_id, extra_context))
        except AlyxError as refused:
            self.message_user(request, str(refused), messages.ERROR)
        label = f"{self.model._meta.app_label}_{self.model._meta.model_name}"
        return HttpResponseRedirect(reverse(f"admin:{label}_change", args=[object_id]))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Hand rows to the service that deletes, one by one, and say which it refuses."""
        for row in queryset:
            try:
                self.delete_row(row, _user(request))
            except AlyxError as refused:
                self.message_user(request, str(refused), messages.ERROR)

    def delete_row(self, row: Any, user: Any) -> None:
        """Delete one row; subclasses name their own service."""
        changes.delete_row(row, by=user)


def _seldom_entered(model: type[Model]) -> set[str]:
    """Name the free fields of a row: its JSON, and its long name where it goes by another."""
    free = {"name", "json", "extended_qc"}
    return {field.name for field in model._meta.fields if field.name in free and field.blank}


def _user(request: HttpRequest) -> Any:
    return request.user
