"""Who sees and changes which row in the admin: for the policy to say, not for Django's permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from bregma.alyx import policy

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest


def person_of(request: HttpRequest) -> Any:
    """Return who asks: a member, since others do not enter the admin."""
    return request.user


class AskPolicy(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that the policy lets this person not write are shown read-only."""

    read_only = False
    """Whether nobody writes the table here."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows that the person may see."""
        return policy.readable(person_of(request), super().get_queryset(request))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Let a list be filtered by what it shows: not through another table's key back to this one, such as a token.

        Django lets every list be filtered by the key of a row that refers to it, and by columns that are hidden.
        """
        name = lookup.split("__", 1)[0]
        backwards = {field.name for field in self.model._meta.related_objects}
        hidden = (self.get_exclude(request) if request is not None else None) or ()
        return name not in backwards and name not in hidden and bool(super().lookup_allowed(lookup, value, request))  # type: ignore[arg-type]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the app to members."""
        return policy.is_member(person_of(request))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Show a row to those who may read it."""
        return policy.is_member(person_of(request)) if obj is None else policy.may_read(person_of(request), obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Offer to add a row to members who may add some."""
        person = person_of(request)
        return not self.read_only and policy.is_member(person) and policy.may_add(person, self.model)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let those change a row who may write it."""
        if self.read_only:
            return False
        return policy.is_member(person_of(request)) if obj is None else policy.may_write(person_of(request), obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let those delete a row who may write it."""
        return self.has_change_permission(request, obj)
