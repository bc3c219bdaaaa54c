"""The list of breeding pairs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from bregma.alyx.colony.breeding.selectors.dates import open_on
from bregma.alyx.colony.breeding.selectors.pairs import cages_of, is_open, pair_rows
from bregma.alyx.colony.breeding.services import end_pair
from bregma.alyx.misc.models import Lab
from bregma.alyx.subjects.models import BreedingPair, Line
from bregma.alyx.web.lists import BulkAction, Column, Empty, ListPage, RowAction
from bregma.alyx.web.lists.filters import ListFilters, choose_related

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bregma.alyx.misc.models import LabMember

SOON_DAYS = 7


class PairFilters(ListFilters):
    """How the list of pairs is narrowed."""

    status = django_filters.ChoiceFilter(
        label="Status", method="by_status", empty_label="All", choices=[("current", "Current"), ("past", "Past")]
    )
    due = django_filters.ChoiceFilter(
        label="Birth",
        method="by_due",
        empty_label="All",
        choices=[("late", "Overdue"), ("soon", "Due within a week"), ("any", "Any that is due")],
    )
    line = choose_related(Line, "Line", "line", by="nickname")
    lab = choose_related(Lab, "Lab", "father__lab")

    def by_status(self, rows: QuerySet[BreedingPair], name: str, value: str) -> QuerySet[BreedingPair]:
        """Choose pairs that are together, or no longer."""
        together = open_on(timezone.localdate())
        return rows.filter(together if value == "current" else ~together)

    def by_due(self, rows: QuerySet[BreedingPair], name: str, value: str) -> QuerySet[BreedingPair]:
        """Choose pairs by when a birth is due."""
        today = timezone.localdate()
        conditions = {
            "late": Q(due_on__lt=today),
            "soon": Q(due_on__range=(today, today + timedelta(days=SOON_DAYS))),
            "any": Q(due_on__isnull=False),
        }
        return rows.filter(conditions[value])


class EndForm(forms.Form):
    """On which day pairs are taken apart."""

    end_date = forms.DateField(
        label="Ended on",
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The last day on which they were together. Litters that are on their way can still be entered.",
    )


@transaction.atomic
def end_pairs(rows: Sequence[BreedingPair], values: Mapping[str, Any], *, by: LabMember) -> str:
    """End pairs on a day: all or none."""
    for pair in rows:
        end_pair(pair, values["end_date"], by=by)
    return f"{len(rows)} pair{'' if len(rows) == 1 else 's'} ended on {values['end_date']:%-d %b %Y}."


def status_of(pair: BreedingPair) -> str:
    """Say whether a pair is together."""
    return "current" if is_open(pair, timezone.localdate()) else "past"


def mothers_of(pair: BreedingPair) -> list[str]:
    """Return the names of the mothers."""
    return [str(one) for one in (pair.mother1, pair.mother2) if one]


def pair_url(row: Any) -> str:
    """Return the address of a pair's record."""
    return reverse("breeding-pair", args=[row.pk])


def _plug_url(row: Any) -> str:
    return f"{pair_url(row)}#plugs" if is_open(row, timezone.localdate()) else ""


def _end_url(row: Any) -> str:
    return reverse("breeding-pair-end", args=[row.pk]) if row.end_date is None else ""


PAIRS = ListPage(
    key="breeding",
    title="Breeding pairs",
    rows=pair_rows,
    columns=(
        Column(
            key="name",
            label="Pair",
            sort=("name",),
            link=pair_url,
            below=lambda row: row.line and row.line.nickname,
        ),
        Column(
            key="status",
            label="Status",
            value=status_of,
            template="colony/breeding/_status.html",
            sort=("end_date",),
            below=lambda row: row.end_date,
        ),
        Column(key="cage", label="Cage", value=cages_of),
        Column(
            key="father",
            label="Parents",
            value=lambda row: row.father,
            sort=("father__nickname",),
            below=mothers_of,
        ),
        Column(key="plugged_on", label="Plug", sort=("plugged_on",)),
        Column(key="due_on", label="Due", sort=("due_on",), template="colony/breeding/_due.html"),
        Column(key="start_date", label="Start", sort=("start_date",)),
        Column(
            key="n_litters",
            label="Litters",
            sort=("n_litters",),
            numeric=True,
            below=lambda row: row.last_birth,
        ),
        Column(key="line", label="Line", value=lambda row: row.line and row.line.nickname, in_page=False),
        Column(key="mothers", label="Mothers", value=mothers_of, in_page=False),
        Column(key="end_date", label="End", in_page=False),
        Column(key="last_birth", label="Last birth", in_page=False),
    ),
    order=("-start_date", "name", "pk"),
    filters=PairFilters,
    search=(
        "name__icontains",
        "line__nickname__icontains",
        "father__nickname__icontains",
        "mother1__nickname__icontains",
        "mother2__nickname__icontains",
        "father__cage__iexact",
    ),
    search_label="Pair, line, parent or cage",
    bulk=(
        BulkAction(
            key="end",
            label="End the pairs",
            service=end_pairs,
            form=EndForm,
            words="They stay in the list as past pairs, with all their litters.",
        ),
    ),
    row_actions=(RowAction(label="Plug", icon="check", url=_plug_url), RowAction(label="End", url=_end_url)),
    presets={"Current": "status=current", "Births due this week": "status=current&due=soon", "Overdue": "due=late"},
    add=("New pair", "breeding-pair-new"),
    links=(("Calendar", "breeding-calendar"), ("Litters", "litters")),
    crumbs=(("Colony", "colony"),),
    empty=Empty(
        title="No pair yet",
        words="A pair is a father and one or two mothers that are kept together. From its plugs and litters follow "
        "the days of birth and weaning, the pedigree and the statistics of the line.",
        icon="heart",
        action="Start a pair",
        url_name="breeding-pair-new",
    ),
)
