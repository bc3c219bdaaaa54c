"""The list of animals that wait to be genotyped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from bregma.alyx.colony.genotyping.selectors import animals_to_genotype
from bregma.alyx.misc.models import Lab
from bregma.alyx.subjects.models import Line
from bregma.alyx.subjects.services import change_subject
from bregma.alyx.web.lists import BulkAction, Column, Empty, ListPage, RowAction
from bregma.alyx.web.lists.filters import ListFilters, choose_related

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bregma.alyx.misc.models import LabMember
    from bregma.alyx.subjects.models import Subject


class GenotypingFilters(ListFilters):
    """How the list is narrowed."""

    lab = choose_related(Lab, "Lab", "lab")
    line = choose_related(Line, "Line", "line", by="nickname")


def waive(rows: Sequence[Subject], values: Mapping[str, Any], *, by: LabMember) -> str:
    """Let animals no longer wait."""
    for row in rows:
        change_subject(row, {"to_be_genotyped": False}, by=by)
    return f"{len(rows)} no longer to be genotyped."


GENOTYPING = ListPage(
    key="genotyping",
    title="Genotyping",
    words="Living animals that wait for a genotype.",
    rows=animals_to_genotype,
    columns=(
        Column(key="nickname", label="Subject", sort=("nickname",), link=lambda row: reverse("subject", args=[row.pk])),
        Column(
            key="line",
            label="Line",
            value=lambda row: row.line and row.line.nickname,
            sort=("line__nickname",),
            below=lambda row: row.litter and row.litter.name,
        ),
        Column(key="litter", label="Litter", value=lambda row: row.litter and row.litter.name, in_page=False),
        Column(key="cage", label="Cage", sort=("cage",), below=lambda row: row.ear_mark),
        Column(key="ear_mark", label="Ear mark", in_page=False),
        Column(key="birth_date", label="Born", sort=("birth_date",)),
        Column(key="known", label="Known so far", value=lambda row: [str(one) for one in row.zygosity_set.all()]),
        Column(key="responsible_user", label="Responsible", sort=("responsible_user__username",)),
    ),
    order=("line__nickname", "litter__name", "nickname", "pk"),
    filters=GenotypingFilters,
    search=("nickname__icontains", "litter__name__icontains", "cage__iexact", "ear_mark__iexact"),
    bulk=(BulkAction(key="waive", label="Need no genotype", service=waive, words="They no longer wait for one."),),
    row_actions=(
        RowAction(label="Enter results", icon="tube", url=lambda row: f"{reverse('genotype-enter')}?subject={row.pk}"),
        RowAction(
            label="Whole litter",
            icon="litter",
            url=lambda row: f"{reverse('genotype-enter')}?litter={row.litter_id}" if row.litter_id else "",
        ),
    ),
    links=(("Import a table", "genotype-import"), ("Conflicts", "genotype-conflicts")),
    crumbs=(("Colony", "colony"),),
    empty=Empty(
        title="No animal waits for a genotype",
        words="At weaning, or on the list of subjects, mark animals to be genotyped. They stand here and on the page "
        "of the day until all sequences of their line are tested.",
        icon="tube",
        action="List of subjects",
        url_name="subjects",
    ),
)
