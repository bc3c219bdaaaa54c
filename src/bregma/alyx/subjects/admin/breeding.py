"""Admin of lines, pairs, litters and requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import transaction
from django.urls import reverse

from bregma.alyx import changes
from bregma.alyx.admin_site.bulk import setting, with_each
from bregma.alyx.admin_site.counting import count_of
from bregma.alyx.admin_site.filters import days, empty, found_by, one_of
from bregma.alyx.admin_site.table import LookInline, PolicyAdmin
from bregma.alyx.colony.breeding.services import Kind, change_litter, change_pair, give_names
from bregma.alyx.colony.requests.services import ask_for_subjects, close_request
from bregma.alyx.subjects.models import (
    BreedingPair,
    Line,
    Litter,
    Subject,
    SubjectRequest,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet
    from django.http import HttpRequest


class PairInline(LookInline):
    """Pairs of a line."""

    model = BreedingPair
    fields = ("name", "father", "mother1", "mother2", "start_date", "end_date")
    related = ("father", "mother1", "mother2", "line")


class RequestInline(LookInline):
    """Requests of animals of a line."""

    model = SubjectRequest
    fields = ("user", "count", "date_time", "due_date")
    related = ("user", "line")


@admin.register(Line)
class LineAdmin(PolicyAdmin):
    """Breeding lines."""

    list_display = ("nickname", "name", "allele_names", "species", "strain", "lab", "n_living", "is_active")
    list_editable = ("is_active",)
    list_select_related = ("species", "strain", "lab")
    list_filter = ("is_active", one_of("lab"), one_of("strain"))
    search_fields = ("name", "nickname", "alleles__nickname")
    seldom = (
        *("source_identifier", "source_url", "expression_data_url"),
        *("subject_autoname_index", "breeding_pair_autoname_index", "litter_autoname_index"),
    )
    actions = (
        setting("Activate selected lines", is_active=True, done="active"),
        setting("Deactivate selected lines", is_active=False, done="no longer active"),
    )
    inlines = (RequestInline, PairInline)
    takes_files = True
    import_keys = ("nickname",)

    @admin.display(description="alleles")
    def allele_names(self, line: Line) -> str:
        """Name the alleles."""
        return ", ".join(one.nickname for one in line.alleles.all()) or "–"

    @admin.display(description="living", ordering="n_living")
    def n_living(self, line: Any) -> int:
        """Count the living animals."""
        return int(line.n_living)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read the alleles and count the animals of each line."""
        living = count_of(Subject, "line", death_date__isnull=True)
        return super().get_queryset(request).prefetch_related("alleles").annotate(n_living=living)

    def view_on_site(self, line: Line) -> str:
        """Lead to the page of the line."""
        return reverse("line", args=[line.pk])


class LitterInline(LookInline):
    """Litters of a pair."""

    model = Litter
    fields = ("name", "birth_date", "wean_date", "n_males", "n_females")


@admin.register(BreedingPair)
class BreedingPairAdmin(PolicyAdmin):
    """Breeding pairs."""

    list_display = ("name", "line", "father", "mother1", "mother2", "start_date", "end_date", "n_litters")
    list_select_related = ("line", "father", "mother1", "mother2")
    list_filter = (empty("end_date"), found_by("line"), days("start_date"))
    search_fields = ("name", "line__nickname", "father__nickname", "mother1__nickname", "mother2__nickname")
    inlines = (LitterInline,)
    takes_files = True
    import_keys = ("name",)

    @admin.display(description="litters", ordering="n_litters")
    def n_litters(self, pair: Any) -> int:
        """Count the litters."""
        return int(pair.n_litters)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Count the litters of each pair."""
        return super().get_queryset(request).annotate(n_litters=count_of(Litter, "breeding_pair"))

    def view_on_site(self, pair: BreedingPair) -> str:
        """Lead to the page of the pair."""
        return reverse("breeding-pair", args=[pair.pk])

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Correct a pair, or enter one under a name of its line."""
        return _named(BreedingPair, Kind.PAIR, values, by) if row is None else change_pair(row, values, by=by)


class PupInline(LookInline):
    """The pups of a litter."""

    model = Subject
    fk_name = "litter"
    fields = ("nickname", "sex", "birth_date", "wean_date", "death_date", "cage")
    verbose_name_plural = "Pups"


@admin.register(Litter)
class LitterAdmin(PolicyAdmin):
    """Litters."""

    list_display = ("name", "line", "breeding_pair", "birth_date", "wean_date", "n_pups")
    list_select_related = ("line", "breeding_pair")
    list_filter = (empty("wean_date"), found_by("line"), days("birth_date"))
    search_fields = ("name", "line__nickname", "breeding_pair__name")
    date_hierarchy = "birth_date"
    inlines = (PupInline,)
    takes_files = True
    import_keys = ("name",)

    @admin.display(description="pups", ordering="n_pups")
    def n_pups(self, litter: Any) -> int:
        """Count the animals that were entered."""
        return int(litter.n_pups)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Count the pups of each litter."""
        return super().get_queryset(request).annotate(n_pups=count_of(Subject, "litter"))

    def view_on_site(self, litter: Litter) -> str:
        """Lead to the page of the litter."""
        return reverse("litter", args=[litter.pk])

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Correct a litter and its pups, or enter one under a name of its line."""
        return _named(Litter, Kind.LITTER, values, by) if row is None else change_litter(row, values, by=by)


@admin.register(SubjectRequest)
class SubjectRequestAdmin(PolicyAdmin):
    """Requests of animals."""

    list_display = ("line", "user", "count", "n_given", "date_time", "due_date", "description")
    list_select_related = ("line", "user")
    list_filter = (found_by("user"), found_by("line"), days("due_date"))
    search_fields = ("line__nickname", "user__username", "description")
    date_hierarchy = "date_time"
    done_by = ("user",)

    @admin.display(description="given", ordering="n_given")
    def n_given(self, asked: Any) -> int:
        """Count the animals that were given."""
        return int(asked.n_given)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Count what was given for each request."""
        return super().get_queryset(request).annotate(n_given=count_of(Subject, "request"))

    @admin.action(description="Close selected requests: ask for no more than was given", permissions=["change"])
    def close(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Close requests, all or none."""
        with_each("Close", lambda row, by: close_request(row, by=by), done="closed")(self, request, queryset)

    actions = ("close",)

    def view_on_site(self, asked: SubjectRequest) -> str:
        """Lead to the page of the request."""
        return reverse("request", args=[asked.pk])

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Ask for animals and tell the stock managers, or correct what was asked."""
        return ask_for_subjects(values, by=by) if row is None else changes.change_row(row, values, by=by)


@transaction.atomic
def _named(model: Any, kind: Kind, values: Mapping[str, Any], by: Any) -> Any:
    """Enter a pair or litter; its line gives it a name unless it has one."""
    name, line = values.get("name"), values.get("line")
    if name in (None, "", "-") and line is not None:
        name = give_names(line, kind)[0]
    return changes.create_row(model, {**values, "name": name or "-"}, by=by)
