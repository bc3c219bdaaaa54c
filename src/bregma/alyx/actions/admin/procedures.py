"""Admin of surgeries, injections, other actions and culls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import transaction

from bregma.alyx.actions.models import (
    Cull,
    OtherAction,
    Surgery,
    VirusInjection,
)
from bregma.alyx.admin_site.filters import choice, days, found_by, one_of, times
from bregma.alyx.admin_site.table import PolicyAdmin
from bregma.alyx.colony.culls.services import CullFacts, cull_subjects, undo_cull
from bregma.alyx.notebook.addresses import address_of
from bregma.alyx.notebook.surgeries.services import change_procedure, delete_procedure, enter_procedure
from bregma.alyx.subjects.services import change_subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


class ProcedureRows(PolicyAdmin):
    """What the lists of procedures share."""

    list_select_related = ("subject", "lab", "location")
    search_fields = ("subject__nickname", "narrative", "users__username")
    date_hierarchy = "start_time"
    seldom = ("lab",)
    takes_files = True
    import_keys = ("subject", "start_time")

    @admin.display(description="users")
    def people(self, row: Any) -> str:
        """Name who did it."""
        return ", ".join(user.username for user in row.users.all()) or "–"

    @admin.display(description="procedures")
    def kinds(self, row: Any) -> str:
        """Name what was done."""
        return ", ".join(one.name for one in row.procedures.all()) or "–"

    @admin.display(description="narrative")
    def words(self, row: Any) -> str:
        """Show how the narrative begins."""
        return row.narrative[:80] or "–"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read people and procedures with the rows."""
        return super().get_queryset(request).prefetch_related("users", "procedures")

    def view_on_site(self, row: Any) -> str:
        """Lead to the page of the procedure."""
        return address_of(row)

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Enter a procedure, or change one; a surgery has its effects on the subject."""
        return enter_procedure(self.model, values, by=by) if row is None else change_procedure(row, values, by=by)

    def delete_row(self, row: Any, by: Any) -> None:
        """Delete a procedure with its notes."""
        delete_procedure(row, by=by)


@admin.register(Surgery)
class SurgeryAdmin(ProcedureRows):
    """Surgeries."""

    list_display = ("subject", "start_time", "outcome_type", "implant_weight", "kinds", "people", "location", "words")
    list_filter = (
        *(found_by("subject"), found_by("users"), times("start_time"), choice("outcome_type")),
        *(found_by("procedures"), one_of("lab")),
    )


@admin.register(VirusInjection)
class VirusInjectionAdmin(ProcedureRows):
    """Injections of viruses."""

    list_display = (
        *("subject", "start_time", "virus_batch", "injection_volume", "rate_of_injection", "injection_type", "people"),
    )
    list_filter = (found_by("subject"), found_by("users"), times("start_time"), choice("injection_type"))
    search_fields = ("subject__nickname", "virus_batch", "narrative")


@admin.register(OtherAction)
class OtherActionAdmin(ProcedureRows):
    """Whatever else is done."""

    list_display = ("subject", "start_time", "end_time", "kinds", "people", "location", "words")
    list_filter = (found_by("subject"), found_by("users"), times("start_time"), found_by("procedures"))


@admin.register(Cull)
class CullAdmin(PolicyAdmin):
    """Culls."""

    list_display = ("subject", "date", "cull_reason", "cull_method", "user", "description")
    list_select_related = ("subject", "cull_reason", "cull_method", "user")
    list_filter = (one_of("cull_reason"), one_of("cull_method"), days("date"), found_by("user"))
    search_fields = ("subject__nickname", "description", "user__username")
    date_hierarchy = "date"
    done_by = ("user",)

    @transaction.atomic
    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Cull an animal, or correct what was said of it; the day is that of its death."""
        if row is None:
            facts = CullFacts(
                day=values["date"],
                reason=values.get("cull_reason"),
                method=values.get("cull_method"),
                description=values.get("description", ""),
            )
            return cull_subjects([values["subject"]], facts, by=by)[0]
        saved = super().save_row(row, values, by)
        if "date" in values:
            change_subject(saved.subject, {"death_date": saved.date}, by=by)
        return saved

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keep the animal of a cull."""
        fields = super().get_readonly_fields(request, obj)
        return fields if obj is None else (*fields, "subject")

    def delete_row(self, row: Any, by: Any) -> None:
        """Take a cull back: the animal lives."""
        undo_cull(row.subject, by=by)
