"""Admin of racks, cages, plugs, licences and adverse events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from bregma.alyx import changes
from bregma.alyx.admin_site.bulk import with_each
from bregma.alyx.admin_site.filters import choice, days, empty, found_by, one_of, times
from bregma.alyx.admin_site.table import LookInline, PolicyAdmin
from bregma.alyx.colony.breeding.services import record_plug
from bregma.alyx.colony.cages.services import CONDITIONS, enter_rack
from bregma.alyx.colony.housing import Place, change_conditions, close_cage, open_cage, place_cage
from bregma.alyx.colony.models import AdverseEvent, Cage, Licence, LicenceUse, Plug, Rack
from bregma.alyx.colony.welfare.adverse import Report, report_adverse_event, resolve_adverse_event
from bregma.alyx.colony.welfare.licences import Assignment, assign_subjects, change_licence, enter_licence
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet
    from django.http import HttpRequest

PLACE = ("rack", "row", "column")


@admin.register(Rack)
class RackAdmin(PolicyAdmin):
    """Racks."""

    list_display = ("name", "location", "lab", "n_rows", "n_columns", "n_cages")
    list_select_related = ("location__lab",)
    list_filter = (one_of("location"), one_of("location__lab"))
    search_fields = ("name", "location__name")
    takes_files = True
    import_keys = ("location", "name")

    @admin.display(description="lab")
    def lab(self, rack: Rack) -> str:
        """Name the lab of the room."""
        return rack.location.lab.name

    @admin.display(description="cages", ordering="n_cages")
    def n_cages(self, rack: Any) -> int:
        """Count the cages."""
        return int(rack.n_cages)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Count the cages of each rack."""
        return super().get_queryset(request).annotate(n_cages=Count("cages"))

    def view_on_site(self, rack: Rack) -> str:
        """Lead to the map of the rack."""
        return reverse("rack", args=[rack.pk])

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Enter a rack, or change one."""
        return enter_rack(values, by=by) if row is None else changes.change_row(row, values, by=by)


@admin.register(Cage)
class CageAdmin(PolicyAdmin):
    """Cages; who lives in one is moved on its page."""

    list_display = (
        "name",
        "lab",
        "rack",
        "row",
        "column",
        "cage_type",
        "capacity",
        "opened_on",
        "closed_on",
        "cleaned_on",
    )
    list_select_related = ("lab", "rack", "cage_type")
    list_filter = (empty("closed_on"), one_of("lab"), found_by("rack"), one_of("cage_type"), choice("light_cycle"))
    search_fields = ("name", "rack__name")
    takes_files = True
    import_keys = ("lab", "name")

    def view_on_site(self, cage: Cage) -> str:
        """Lead to the page of the cage."""
        return reverse("cage", args=[cage.pk])

    @transaction.atomic
    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Open a cage and put it into its place, or change its conditions and place; a day of closing closes it."""
        given = dict(values)
        place = {name: given.pop(name, getattr(row, name, None)) for name in PLACE}
        moved = any(getattr(row, name, None) != value for name, value in place.items())
        closing = given.pop("closed_on", None)
        cage = self._write_cage(row, given, by)
        if moved:
            cage = place_cage(cage, _place(place), by=by)
        return close_cage(cage, on=closing, by=by) if closing is not None else cage

    def _write_cage(self, row: Any, values: dict[str, Any], by: Any) -> Any:
        if row is None:
            lab, name = values.pop("lab"), values.pop("name")
            return open_cage(lab=lab, name=name, by=by, **values)
        conditions = {name: values.pop(name) for name in (*CONDITIONS, "capacity") if name in values}
        if conditions:
            row = change_conditions(row, conditions, by=by)
        return changes.change_row(row, values, by=by) if values else row


@admin.register(Plug)
class PlugAdmin(PolicyAdmin):
    """Checks for plugs."""

    list_display = ("mother", "breeding_pair", "date", "found", "litter", "user")
    list_select_related = ("mother", "breeding_pair", "litter", "user")
    list_filter = ("found", days("date"), found_by("breeding_pair"), found_by("mother"))
    search_fields = ("mother__nickname", "breeding_pair__name")
    date_hierarchy = "date"
    done_by = ("user",)
    takes_files = True
    import_keys = ("mother", "date")

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Record a check, or correct one."""
        if row is not None:
            return changes.change_row(row, values, by=by)
        pair, mother, words = values["breeding_pair"], values["mother"], values.get("description", "")
        found, on = values.get("found", True), values.get("date") or timezone.localdate()
        return record_plug(pair, mother, on=on, found=found, by=by, description=words)


class UseInline(LookInline):
    """Animals used under a licence."""

    model = LicenceUse
    fields = ("subject", "start_date", "end_date", "expected_severity")
    related = ("subject", "licence")


@admin.register(Licence)
class LicenceAdmin(PolicyAdmin):
    """Licences."""

    list_display = ("number", "title", "lab", "holder", "start_date", "end_date", "n_used", "quota")
    list_select_related = ("lab", "holder")
    list_filter = (one_of("lab"), found_by("holder"), days("end_date"))
    search_fields = ("number", "title", "holder__username")
    inlines = (UseInline,)
    takes_files = True
    import_keys = ("number",)

    @admin.display(description="used", ordering="n_used")
    def n_used(self, licence: Any) -> int:
        """Count the animals."""
        return int(licence.n_used)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Count the animals of each licence."""
        return super().get_queryset(request).annotate(n_used=Count("uses"))

    def view_on_site(self, licence: Licence) -> str:
        """Lead to the page of the licence."""
        return reverse("licence", args=[licence.pk])

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Enter a licence, or change one."""
        return enter_licence(values, by=by) if row is None else change_licence(row, values, by=by)


@admin.register(LicenceUse)
class LicenceUseAdmin(PolicyAdmin):
    """Animals used under licences."""

    list_display = ("subject", "licence", "start_date", "end_date", "expected_severity")
    list_select_related = ("subject", "licence")
    list_filter = (found_by("licence"), choice("expected_severity"), empty("end_date"), days("start_date"))
    search_fields = ("subject__nickname", "licence__number")
    date_hierarchy = "start_date"
    takes_files = True
    import_keys = ("licence", "subject")

    @transaction.atomic
    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Use an animal under a licence that has room for it, or correct what was said."""
        if row is not None:
            return changes.change_row(row, values, by=by)
        start = values.get("start_date") or timezone.localdate()
        assignment = Assignment(start, values.get("expected_severity") or Subject.Severity.MILD)
        (use,) = assign_subjects(values["licence"], [values["subject"]], assignment, by=by)
        end = values.get("end_date")
        return changes.change_row(use, {"end_date": end}, by=by) if end else use


@admin.register(AdverseEvent)
class AdverseEventAdmin(PolicyAdmin):
    """Adverse events."""

    list_display = ("subject", "date_time", "sign", "severity", "body_condition", "user", "resolved_at")
    list_select_related = ("subject", "user")
    list_filter = (
        *(empty("resolved_at"), choice("sign"), choice("severity"), found_by("subject"), times("date_time")),
        one_of("subject__lab"),
    )
    search_fields = ("subject__nickname", "description", "action_taken")
    date_hierarchy = "date_time"
    readonly_fields = ("user", "resolved_at")

    @admin.action(description="Mark as over; what was done must be written", permissions=["change"])
    def resolve(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Say of events that they are over, all or none."""
        with_each("Resolve", lambda row, by: resolve_adverse_event(row, "", by=by), done="over")(
            self, request, queryset
        )

    actions = ("resolve",)

    def view_on_site(self, event: AdverseEvent) -> str:
        """Lead to the page of the event."""
        return reverse("adverse-event", args=[event.pk])

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Report an event, which raises the severity of the subject and tells people, or correct what was said."""
        if row is not None:
            return changes.change_row(row, values, by=by)
        told = ("sign", "severity", "description", "date_time", "body_condition", "action_taken")
        report = Report(**{name: values[name] for name in told if name in values})
        return report_adverse_event(values["subject"], report, by=by)


def _place(parts: dict[str, Any]) -> Place | None:
    rack, row, column = (parts[name] for name in PLACE)
    return Place(rack, row or 0, column or 0) if rack is not None else None
