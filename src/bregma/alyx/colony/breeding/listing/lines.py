"""The list of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.urls import reverse

from bregma.alyx.colony.breeding.selectors.lines import line_rows
from bregma.alyx.misc.models import Lab
from bregma.alyx.web.lists import Column, Empty, ListPage
from bregma.alyx.web.lists.filters import ListFilters, choose_related

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from bregma.alyx.subjects.models import Line


class LineFilters(ListFilters):
    """How the list of lines is narrowed; without a word, lines that are no longer bred are left out."""

    active = django_filters.ChoiceFilter(
        label="Bred",
        method="by_activity",
        empty_label="Active",
        choices=[("no", "No longer"), ("all", "All")],
    )
    lab = choose_related(Lab, "Lab", "lab")

    @property
    def qs(self) -> QuerySet[Line]:
        """The lines; the active ones unless others are asked for."""
        rows: QuerySet[Line] = super().qs
        return rows if self.form.cleaned_data.get("active") else rows.filter(is_active=True)

    def by_activity(self, rows: QuerySet[Line], name: str, value: str) -> QuerySet[Line]:
        """Choose lines that are no longer bred, or all."""
        return rows.filter(is_active=False) if value == "no" else rows


def line_url(row: Any) -> str:
    """Return the address of a line's record."""
    return reverse("line", args=[row.pk])


LINES = ListPage(
    key="lines",
    title="Lines",
    words="Active lines, unless the filter says otherwise.",
    rows=line_rows,
    columns=(
        Column(key="nickname", label="Line", sort=("nickname",), link=line_url),
        Column(key="name", label="Name", sort=("name",)),
        Column(key="strain", label="Strain", value=lambda row: row.strain, sort=("strain__name",)),
        Column(key="alleles", label="Alleles", value=lambda row: [str(one) for one in row.alleles.all()]),
        Column(key="lab", label="Lab", value=lambda row: row.lab and row.lab.name, sort=("lab__name",)),
        Column(key="n_alive", label="Alive", sort=("n_alive",), numeric=True),
        Column(key="n_pairs", label="Pairs", sort=("n_pairs",), numeric=True),
        Column(key="n_litters", label="Litters", sort=("n_litters",), numeric=True),
        Column(key="n_recent", label="Litters in 90 days", sort=("n_recent",), numeric=True),
        Column(key="target_phenotype", label="Target phenotype", in_page=False),
        Column(key="description", label="Description", in_page=False),
    ),
    order=("nickname", "pk"),
    filters=LineFilters,
    search=("nickname__icontains", "name__icontains", "target_phenotype__icontains"),
    search_label="Line, name or phenotype",
    presets={"Retired": "active=no", "All": "active=all"},
    links=(("Breeding pairs", "breeding"), ("Litters", "litters")),
    crumbs=(("Colony", "colony"),),
    empty=Empty(
        title="No line yet",
        words="A line says which alleles its animals may carry, of which strain they are, and gives them names. "
        "Managers of the stock enter lines in the admin.",
        icon="branch",
        action="Enter a line",
        url_name="admin:subjects_line_add",
    ),
)
