"""Admin of weighings, water and restrictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import reverse

from bregma.alyx.actions.models import (
    WaterAdministration,
    WaterRestriction,
    Weighing,
)
from bregma.alyx.actions.services import (
    DrinkTerms,
    RestrictionTerms,
    change_restriction,
    change_water,
    change_weighing,
    delete_restriction,
    end_restriction,
    give_water,
    restrict_water,
    weigh,
)
from bregma.alyx.admin_site.bulk import with_each
from bregma.alyx.admin_site.filters import empty, found_by, numbers, one_of, times
from bregma.alyx.admin_site.table import PolicyAdmin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Weighing)
class WeighingAdmin(PolicyAdmin):
    """Weighings."""

    list_display = ("subject", "date_time", "weight", "user")
    list_select_related = ("subject", "user")
    list_filter = (found_by("subject"), found_by("user"), times("date_time"), one_of("subject__lab"), numbers("weight"))
    search_fields = ("subject__nickname", "user__username")
    done_by = ("user",)
    takes_files = True
    import_keys = ("subject", "date_time")

    def view_on_site(self, weighing: Weighing) -> str:
        """Lead to the water of the subject."""
        return reverse("subject-water", args=[weighing.subject_id])

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Enter a weight, or correct one."""
        if row is not None:
            return change_weighing(row, values, by=by)
        when, user = values.get("date_time"), values.get("user")
        entered = weigh(values["subject"], values["weight"], by=by, when=when, user=user)
        return _with_free_fields(entered, values)


@admin.register(WaterAdministration)
class WaterAdministrationAdmin(PolicyAdmin):
    """Water given."""

    list_display = ("subject", "date_time", "water_administered", "water_type", "adlib", "session", "user")
    list_select_related = ("subject", "water_type", "user", "session__subject")
    list_filter = (
        *(found_by("subject"), found_by("user"), times("date_time"), one_of("water_type"), "adlib"),
        *(one_of("subject__lab"), empty("session")),
    )
    search_fields = ("subject__nickname", "user__username")
    done_by = ("user",)
    takes_files = True
    import_keys = ("subject", "date_time")

    def view_on_site(self, drink: WaterAdministration) -> str:
        """Lead to the water of the subject."""
        return reverse("subject-water", args=[drink.subject_id])

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Enter water given, or correct it."""
        if row is not None:
            return change_water(row, values, by=by)
        terms = DrinkTerms(
            session=values.get("session"),
            water_type=values.get("water_type"),
            adlib=values.get("adlib", False),
            user=values.get("user"),
        )
        subject, amount = values["subject"], values.get("water_administered")
        entered = give_water(subject, amount, by=by, when=values.get("date_time"), terms=terms)
        return _with_free_fields(entered, values)


@admin.register(WaterRestriction)
class WaterRestrictionAdmin(PolicyAdmin):
    """Restrictions of water."""

    list_display = ("subject", "start_time", "end_time", "water_type", "reference_weight", "lab")
    list_select_related = ("subject", "water_type", "lab")
    list_filter = (empty("end_time"), found_by("subject"), found_by("subject__responsible_user"), times("start_time"))
    search_fields = ("subject__nickname",)
    date_hierarchy = "start_time"
    seldom = ("users", "location", "procedures", "lab")

    @admin.action(description="End selected restrictions now", permissions=["change"])
    def end(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """End restrictions, all or none."""
        with_each("End", lambda row, by: end_restriction(row, by=by), done="ended")(self, request, queryset)

    actions = ("end",)

    def view_on_site(self, restriction: WaterRestriction) -> str:
        """Lead to the water of the subject."""
        return reverse("subject-water", args=[restriction.subject_id])

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Begin a restriction, or change one; the protocol number of the subject follows."""
        if row is not None:
            return change_restriction(row, values, by=by)
        terms = RestrictionTerms(
            reference_weight=values.get("reference_weight"),
            end=values.get("end_time"),
            water_type=values.get("water_type"),
            narrative=values.get("narrative", ""),
        )
        return restrict_water(values["subject"], by=by, start=values.get("start_time"), terms=terms)

    def delete_row(self, row: Any, by: Any) -> None:
        """Delete a restriction that was entered by mistake."""
        delete_restriction(row, by=by)


def _with_free_fields(row: Any, values: Mapping[str, Any]) -> Any:
    """Keep the long name and JSON that an entry was given, which its service does not ask for."""
    free = {name: values[name] for name in ("name", "json") if values.get(name)}
    if free:
        type(row).objects.filter(pk=row.pk).update(**free)
    return row
