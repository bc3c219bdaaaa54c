"""Reads genotype tests, the sequences and rules of lines, and the grid in which results are entered."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, Prefetch, Q, QuerySet

from bregma.alyx import policy
from bregma.alyx.colony.genotyping.zygosity import ResultRule
from bregma.alyx.subjects.models import Allele, GenotypeTest, Sequence, Subject, Zygosity, ZygosityRule
from bregma.alyx.subjects.selectors import living

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

Results = dict["UUID", int]
MOST_ROWS = 200
"""Animals in one grid."""


@dataclass(frozen=True)
class GridRow:
    """One animal of the grid, with what is known of each sequence."""

    subject: Subject
    results: tuple[int | None, ...]


@dataclass(frozen=True)
class Grid:
    """Animals by sequences."""

    sequences: tuple[Sequence, ...]
    rows: tuple[GridRow, ...]


def last_results(subjects: Iterable[Subject]) -> dict[UUID, Results]:
    """Return the last result of each sequence that was tested in each subject."""
    keys = [one.pk for one in subjects]
    rows = GenotypeTest.objects.filter(subject__in=keys, test_result__isnull=False)
    found: dict[UUID, Results] = defaultdict(dict)
    in_order = rows.order_by(F("entered_at").asc(nulls_first=True), "pk")
    for subject, sequence, result in in_order.values_list("subject_id", "sequence_id", "test_result"):
        found[subject][sequence] = result or 0
    return dict(found)


def rules_of(lines: set[UUID]) -> dict[UUID, list[ResultRule]]:
    """Return the rules of lines; those with two sequences come first, because they say more."""
    rows = ZygosityRule.objects.filter(line__in=lines).order_by(F("sequence1").asc(nulls_last=True), "pk")
    found: dict[UUID, list[ResultRule]] = defaultdict(list)
    for row in rows:
        first = (row.sequence0_id, row.sequence0_result)
        second = (row.sequence1_id, row.sequence1_result)
        found[row.line_id].append(ResultRule(row.allele_id, *first, *second, row.zygosity))
    return dict(found)


def sequences_of(lines: set[UUID]) -> dict[UUID, list[Sequence]]:
    """Return all sequences of all alleles of each line, by name: as many as there are."""
    alleles = Allele.objects.filter(line__in=lines).annotate(of_line=F("line")).prefetch_related("sequences")
    found: dict[UUID, dict[UUID, Sequence]] = defaultdict(dict)
    for allele in alleles:
        found[allele.of_line].update({one.pk: one for one in allele.sequences.all()})
    return {line: sorted(each.values(), key=lambda one: one.name) for line, each in found.items()}


def animals_to_genotype(user: Any) -> QuerySet[Subject]:
    """Return the living animals that wait to be genotyped, with line, litter and what is known; not for the public."""
    if not policy.has_account(user):
        return Subject.objects.none()
    known = Prefetch("zygosity_set", Zygosity.objects.select_related("allele").order_by("allele__nickname"))
    rows = policy.readable(user, Subject.objects.filter(living(), to_be_genotyped=True))
    return rows.select_related("line", "litter", "lab", "responsible_user").prefetch_related(known)


def grid_animals(user: Any, *, subject: str = "", litter: str = "", line: str = "") -> QuerySet[Subject]:
    """Return the animals of a grid: one, those of a litter, or those of a line that wait."""
    chosen = Q(pk=subject) if subject else Q(litter=litter) if litter else Q(line=line, to_be_genotyped=True)
    rows = policy.readable(user, Subject.objects.filter(chosen)).select_related("line", "lab", "responsible_user")
    return rows.order_by("nickname", "pk")[:MOST_ROWS]


def load_grid(subjects: Iterable[Subject]) -> Grid:
    """Return what is known of animals: the sequences of their lines, and those that were tested besides."""
    subjects = list(subjects)
    results = last_results(subjects)
    wanted = sequences_of({one.line_id for one in subjects if one.line_id})
    columns = {one.pk: one for each in wanted.values() for one in each}
    tested = {key for each in results.values() for key in each} - columns.keys()
    columns.update(Sequence.objects.in_bulk(list(tested)))
    sequences = tuple(sorted(columns.values(), key=lambda one: one.name))
    rows = (GridRow(one, tuple(results.get(one.pk, {}).get(sequence.pk) for sequence in sequences)) for one in subjects)
    return Grid(sequences, tuple(rows))
