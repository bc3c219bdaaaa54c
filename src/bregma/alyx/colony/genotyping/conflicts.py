"""What cannot be true of the genotypes that are entered, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from bregma.alyx import policy
from bregma.alyx.colony.genotyping.selectors import last_results, rules_of
from bregma.alyx.colony.genotyping.zygosity import is_possible, judge
from bregma.alyx.subjects.models import SYMBOLS, GenotypeTest, Subject, Zygosity
from bregma.alyx.subjects.selectors import living

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

MOST = 500
"""Living animals that are looked at together."""


@dataclass(frozen=True)
class Conflict:
    """Something that cannot be true of a subject."""

    subject: Subject
    kind: str
    words: str


def find_conflicts(user: Any) -> list[Conflict]:
    """Return what is wrong with the genotypes of living animals that a person may read; eight queries at most."""
    tested = Q(zygosity__isnull=False) | Q(genotypetest__isnull=False)
    chosen = Subject.objects.filter(living(), tested).order_by()
    rows = policy.readable(user, Subject.objects.filter(pk__in=chosen.values("pk")))
    parents = ("litter__breeding_pair__father", "litter__breeding_pair__mother1", "litter__breeding_pair__mother2")
    subjects = list(rows.select_related("line", "lab", *parents).order_by("nickname", "pk")[:MOST])
    recorded = _recorded(subjects)
    found = [*_contradictory(subjects), *_against_rules(subjects, recorded), *_against_parents(subjects, recorded)]
    return sorted(found, key=lambda one: (one.subject.nickname, one.kind))


def _recorded(subjects: Sequence[Subject]) -> dict[UUID, dict[UUID, Zygosity]]:
    keys = {one.pk for one in subjects}
    for one in subjects:
        pair = one.litter.breeding_pair if one.litter else None
        if pair is not None:
            keys |= {parent for parent in (pair.father_id, pair.mother1_id, pair.mother2_id) if parent}
    found: dict[UUID, dict[UUID, Zygosity]] = {}
    for row in Zygosity.objects.filter(subject__in=keys).select_related("allele"):
        found.setdefault(row.subject_id, {})[row.allele_id] = row
    return found


def _contradictory(subjects: Sequence[Subject]) -> Iterator[Conflict]:
    by_key = {one.pk: one for one in subjects}
    tests = GenotypeTest.objects.filter(subject__in=by_key, test_result__isnull=False).order_by()
    both = tests.values("subject", "sequence__name").annotate(n=Count("test_result", distinct=True)).filter(n__gt=1)
    for row in both:
        words = f"{row['sequence__name']} was found and not found. The last test counts; repeat it if in doubt."
        yield Conflict(by_key[row["subject"]], "Tests contradict each other", words)


def _against_rules(subjects: Sequence[Subject], recorded: Mapping[UUID, Mapping[UUID, Zygosity]]) -> Iterator[Conflict]:
    results, rules = last_results(subjects), rules_of({one.line_id for one in subjects if one.line_id})
    for subject in subjects:
        decided = judge(rules.get(subject.line_id, ()), results.get(subject.pk, {})) if subject.line_id else {}
        for allele, zygosity in decided.items():
            row = recorded.get(subject.pk, {}).get(allele)
            if row is not None and row.zygosity != zygosity:
                words = f"Recorded is {row}, but by the rules of {subject.line} its tests say {SYMBOLS[zygosity]}."
                yield Conflict(subject, "Tests say otherwise", words)


def _against_parents(
    subjects: Sequence[Subject], recorded: Mapping[UUID, Mapping[UUID, Zygosity]]
) -> Iterator[Conflict]:
    for subject in subjects:
        pair = subject.litter.breeding_pair if subject.litter else None
        if pair is None or pair.father is None or pair.mother1 is None:
            continue
        mothers = [mother for mother in (pair.mother1, pair.mother2) if mother is not None]
        for allele, row in recorded.get(subject.pk, {}).items():
            father = _copies(recorded, pair.father, allele)
            if not any(is_possible(row.zygosity, father, _copies(recorded, mother, allele)) for mother in mothers):
                parents = ", ".join(str(one) for one in (pair.father, *mothers))
                yield Conflict(subject, "Parents cannot have it", f"{row} cannot be a child of {parents}.")


def _copies(recorded: Mapping[UUID, Mapping[UUID, Zygosity]], parent: Subject, allele: UUID) -> int | None:
    row = recorded.get(parent.pk, {}).get(allele)
    return None if row is None else row.zygosity
