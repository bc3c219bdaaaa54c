"""What the admin of every table is: the policy's rows, a form that calls services, spreadsheets in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin import ShowFacets
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import PaginationInlineFormSet

from bregma.alyx.admin_site.fields import FormFields
from bregma.alyx.admin_site.files.views import Spreadsheets
from bregma.alyx.admin_site.paging import EstimatingPaginator
from bregma.alyx.admin_site.writing import WriteThroughServices

if TYPE_CHECKING:
    from django.http import HttpRequest


class PolicyAdmin(Spreadsheets, WriteThroughServices, FormFields, ModelAdmin):  # type: ignore[misc] # unfold has no types
    """The admin of a table; subclasses say what its list shows and which service writes it."""

    list_per_page = 50
    list_max_show_all = 500
    list_filter_submit = True
    warn_unsaved_form = True
    show_full_result_count = False
    paginator = EstimatingPaginator
    show_facets = ShowFacets.NEVER


class ReadOnlyAdmin(PolicyAdmin):
    """The admin of what programs write."""

    read_only = True


class LookFormSet(PaginationInlineFormSet):  # type: ignore[misc] # unfold has no types
    """Rows that a form shows and never takes: what is sent of them is not read."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "data": None, "files": None})
        self.new_objects: list[Any] = []
        self.changed_objects: list[Any] = []
        self.deleted_objects: list[Any] = []

    def is_valid(self) -> bool:
        """Find nothing wrong."""
        return True

    def save(self, commit: bool = True) -> list[Any]:
        """Write nothing."""
        return []


class LookInline(TabularInline):  # type: ignore[misc] # unfold has no types
    """Rows that hang on another, to look at and to open; each is entered on a form of its own."""

    formset = LookFormSet
    extra = 0
    per_page = 20
    show_change_link = True
    can_delete = False
    tab = True
    hide_title = True
    related: tuple[str, ...] = ()
    """What is read with the rows, so that each costs no query of its own."""

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read the rows with what they name."""
        rows = super().get_queryset(request)
        ordered = rows if rows.ordered else rows.order_by("pk")
        return ordered.select_related(*self.related) if self.related else ordered

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show every column as text."""
        return self.fields or ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add nothing here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Change nothing here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Delete nothing here."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Show the rows with the one on which they hang, which the person may see."""
        return True
