"""The list of litters."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from bregma.alyx.colony.breeding.selectors.litters import litter_rows
from bregma.alyx.colony.breeding.services import reduce_subjects
from bregma.alyx.subjects.models import Line, Litter, Subject
from bregma.alyx.web.lists import BulkAction, Column, Empty, ListPage, RowAction
from bregma.alyx.web.lists.filters import ListFilters, choose_related, day_filter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bregma.alyx.misc.models import LabMember

SOON_DAYS = 7


class LitterFilters(ListFilters):
    """How the list of litters is narrowed."""

    weaned = django_filters.ChoiceFilter(
        label="Weaned",
        method="by_weaning",
        empty_label="All",
        choices=[("no", "Not yet"), ("late", "Overdue"), ("soon", "Due within a week"), ("yes", "Weaned")],
    )
    genotype = django_filters.ChoiceFilter(
        label="Genotype", method="by_genotype", empty_label="All", choices=[("wait", "To be genotyped")]
    )
    line = choose_related(Line, "Line", "line", by="nickname")
    born_from = day_filter("Born from", "birth_date", "gte")
    born_until = day_filter("Born until", "birth_date", "lte")

    def by_weaning(self, rows: QuerySet[Litter], name: str, value: str) -> QuerySet[Litter]:
        """Choose litters by when they are to be weaned."""
        today = timezone.localdate()
        conditions = {
            "no": Q(wean_due__isnull=False),
            "late": Q(wean_due__lt=today),
            "soon": Q(wean_due__range=(today, today + timedelta(days=SOON_DAYS))),
            "yes": Q(wean_due__isnull=True),
        }
        return rows.filter(conditions[value])

    def by_genotype(self, rows: QuerySet[Litter], name: str, value: str) -> QuerySet[Litter]:
        """Choose litters of which somebody waits for a genotype."""
        return rows.filter(Q(n_untyped__gt=0))


class ReduceForm(forms.Form):
    """On which day the dead are taken off the books."""

    reduced_date = forms.DateField(
        label="Reduced on",
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Not before the death of any of them.",
    )


@transaction.atomic
def reduce_litters(rows: Sequence[Litter], values: Mapping[str, Any], *, by: LabMember) -> str:
    """Record the reduction of all dead animals of litters that are not reduced yet."""
    dead = Subject.objects.filter(litter__in=rows, death_date__isnull=False, reduced_date__isnull=True)
    reduced = reduce_subjects(list(dead.select_related("lab")), on=values["reduced_date"], by=by)
    if not reduced:
        raise ValidationError("None of these litters has dead animals that are not reduced yet.")
    return f"{len(reduced)} dead animal{'' if len(reduced) == 1 else 's'} reduced."


def litter_url(row: Any) -> str:
    """Return the address of a litter's record."""
    return reverse("litter", args=[row.pk])


def _wean_url(row: Any) -> str:
    return reverse("litter-wean", args=[row.pk]) if row.wean_due else ""


def _genotype_url(row: Any) -> str:
    return f"{reverse('genotype-enter')}?litter={row.pk}" if row.n_untyped else ""


LITTERS = ListPage(
    key="litters",
    title="Litters",
    rows=litter_rows,
    columns=(
        Column(
            key="name",
            label="Litter",
            sort=("name",),
            link=litter_url,
            below=lambda row: row.line and row.line.nickname,
        ),
        Column(key="birth_date", label="Born", sort=("birth_date",)),
        Column(
            key="pair",
            label="Pair",
            value=lambda row: row.breeding_pair and row.breeding_pair.name,
            sort=("breeding_pair__name",),
            below=lambda row: row.mother,
        ),
        Column(key="n_alive", label="Born alive", sort=("n_alive",), numeric=True),
        Column(
            key="n_pups",
            label="Subjects",
            sort=("n_pups",),
            numeric=True,
            below=lambda row: f"{row.n_untyped} to genotype" if row.n_untyped else "",
        ),
        Column(key="wean_date", label="Weaned", sort=("wean_date",)),
        Column(key="wean_due", label="Wean on", sort=("wean_due",), template="colony/breeding/_due.html"),
        Column(key="line", label="Line", value=lambda row: row.line and row.line.nickname, in_page=False),
        Column(key="mother", label="Mother", value=lambda row: row.mother, in_page=False),
        Column(key="n_untyped", label="To genotype", in_page=False),
        Column(key="description", label="Description", in_page=False),
    ),
    order=("-birth_date", "name", "pk"),
    filters=LitterFilters,
    search=(
        "name__icontains",
        "line__nickname__icontains",
        "breeding_pair__name__icontains",
    ),
    search_label="Litter, line or pair",
    bulk=(
        BulkAction(
            key="reduce",
            label="Reduce the dead",
            service=reduce_litters,
            form=ReduceForm,
            words="Their dead animals are marked as taken off the books on this day.",
        ),
    ),
    row_actions=(RowAction(label="Wean", url=_wean_url), RowAction(label="Genotype", icon="tube", url=_genotype_url)),
    presets={
        "To be weaned": "weaned=no&sort=wean_due",
        "Wean this week": "weaned=soon&sort=wean_due",
        "To be genotyped": "genotype=wait",
    },
    links=(("Calendar", "breeding-calendar"), ("Breeding pairs", "breeding")),
    crumbs=(("Colony", "colony"),),
    empty=Empty(
        title="No litter yet",
        words="A litter is entered on the page of its pair. From its day of birth follows when it is to be weaned; the "
        "weaning enters all its animals at once, with names, ear marks and cages.",
        icon="litter",
        action="Choose the pair",
        url_name="breeding",
    ),
)
