"""Writes what the admin's forms and lists send through services; what these refuse is said on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import get_deleted_objects
from django.db import connection, transaction
from django.http import HttpResponseRedirect
from django.urls import reverse

from bregma.alyx import changes
from bregma.alyx.admin_site.permissions import AskPolicy, person_of
from bregma.alyx.admin_site.refusals import REFUSALS, WriteRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from django.db.models import Model, QuerySet
    from django.http import HttpRequest, HttpResponse


class WriteThroughServices(AskPolicy):
    """Every row is written by :meth:`save_row` and :meth:`delete_row`, which call the service of the table."""

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Write one row; subclasses name the service of their table.

        Parameters
        ----------
        row : Model or None
            As it is in the database; None: a new one.
        values
            All fields of a new row, else those that change.
        """
        if row is None:
            return changes.create_row(self.model, values, by=by)
        return changes.change_row(row, values, by=by)

    def delete_row(self, row: Any, by: Any) -> None:
        """Delete one row; subclasses name the service of their table."""
        changes.delete_row(row, by=by)

    def write(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Write one row, and find out at once what the database would refuse at the end.

        Raises
        ------
        WriteRefused
            With what :meth:`save_row` or a constraint says.
        """
        return _refusing(lambda: self.save_row(row, values, by), getattr(row, "pk", None))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Show or save a form; once more, with the reason, if it is refused."""
        return self._telling(
            request,
            lambda: super(WriteThroughServices, self).changeform_view(request, object_id, form_url, extra_context),
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Show the list or save what was edited in it: all of that, or nothing, and then the reason beside the row."""
        return self._telling(
            request, lambda: super(WriteThroughServices, self).changelist_view(request, extra_context), say=True
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form, which says why it was refused a moment ago."""
        return _telling_form(super().get_form(request, obj, change, **kwargs), request)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form of one row of the list, as :meth:`get_form`."""
        return _telling_form(super().get_changelist_form(request, **kwargs), request)

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Hand what was entered to the service; the row of the form becomes the saved one."""
        row = self.model._default_manager.get(pk=obj.pk) if change else None
        saved = self.write(row, _entered(obj, form, changed_only=change), person_of(request))
        obj.__dict__.update(saved.__dict__)

    def save_related(self, request: HttpRequest, form: Any, formsets: Iterable[Any], change: bool) -> None:
        """Save the inlines; the service has written the many-to-many values."""
        for formset in formsets:
            self.save_formset(request, form, formset, change=change)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Hand a row to the service that deletes."""
        _refusing(lambda: self.delete_row(obj, person_of(request)))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Hand rows to the service that deletes: all of them, or none."""

        def delete_all() -> None:
            for row in queryset:
                self.delete_row(row, person_of(request))

        _refusing(delete_all)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Delete a row, or say on its page why not."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except WriteRefused as refused:
            self.message_user(request, str(refused), messages.ERROR)
        label = f"{self.model._meta.app_label}_{self.model._meta.model_name}"
        return HttpResponseRedirect(reverse(f"admin:{label}_change", args=[object_id]))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say what is deleted with rows; whether that may be is judged by the rows, the rest by the service."""
        found, counts, _, protected = get_deleted_objects(objs, request, _NO_TABLES)
        refused = any(not self.has_delete_permission(request, row) for row in objs)
        return found, counts, {str(self.opts.verbose_name)} if refused else set(), protected

    def get_actions(self, request: HttpRequest) -> Any:
        """Return the actions; deleting says one thing, either that it was done or why not."""
        found = super().get_actions(request)
        deleting = found.get("delete_selected")
        if deleting is not None:
            found["delete_selected"] = (_delete_selected, *deleting[1:])
        return found

    def _telling(self, request: Any, answer: Callable[[], Any], *, say: bool = False) -> Any:
        try:
            return answer()
        except WriteRefused as refused:
            request.refused = refused
            if say:
                self.message_user(request, f"Nothing was saved. {refused}", messages.ERROR)
            return answer()


_NO_TABLES = admin.AdminSite()
"""What is deleted is listed without links, and nobody is asked row by row."""


@admin.action(description="Delete selected %(verbose_name_plural)s", permissions=["delete"])
def _delete_selected(table: Any, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
    try:
        with transaction.atomic():
            return delete_selected(table, request, queryset)
    except WriteRefused as refused:
        table.message_user(request, f"Nothing was deleted. {refused}", messages.ERROR)
    return None


def _refusing(write: Callable[[], Any], key: Any = None) -> Any:
    try:
        with transaction.atomic():
            saved = write()
            connection.check_constraints()
    except REFUSALS as cause:
        raise WriteRefused(cause, key) from cause
    return saved


def _entered(obj: Any, form: Any, *, changed_only: bool) -> dict[str, Any]:
    """Return what was entered; of a new row also the defaults of what the form left out."""
    names = [name for name in form.cleaned_data if not changed_only or name in form.changed_data]
    columns = {field.name for field in obj._meta.concrete_fields}
    many = {field.name for field in obj._meta.many_to_many}
    return {
        name: getattr(obj, name) if name in columns else form.cleaned_data[name]
        for name in names
        if (name in columns or name in many) and not (changed_only and name == obj._meta.pk.name)
    }


def _telling_form(form: Any, request: Any) -> Any:
    refused: Any = getattr(request, "refused", None)
    if refused is None:
        return form

    class Telling(form):  # type: ignore[misc]
        """The form as it was sent, with the reason why it was refused."""

        def clean(self) -> Any:
            cleaned = super().clean()
            if refused.key is None or refused.key == self.instance.pk:
                refused.tell(self)
            return cleaned

    return Telling
