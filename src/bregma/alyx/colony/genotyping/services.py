"""Writes genotype tests, and the zygosities that follow from them by the rules of each line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from bregma.alyx import policy
from bregma.alyx.colony.genotyping.selectors import last_results, rules_of, sequences_of
from bregma.alyx.colony.genotyping.zygosity import judge
from bregma.alyx.misc.days import lab_today
from bregma.alyx.subjects.models import GenotypeTest, Line, Subject, Zygosity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from bregma.alyx.misc.models import LabMember


@dataclass(frozen=True)
class Result:
    """One test: whether a sequence was found in a subject."""

    subject: UUID
    sequence: UUID
    present: bool


@dataclass(frozen=True)
class Entered:
    """What an entry changed."""

    n_tests: int
    n_same: int
    n_zygosities: int


@transaction.atomic
def enter_results(results: Sequence[Result], *, by: LabMember) -> Entered:
    """Record genotype tests, and set the zygosities that they decide; the same again changes nothing.

    A subject whose line's sequences are all tested no longer waits to be genotyped.

    Raises
    ------
    PermissionDenied
        If this person may not write one of the subjects; then nothing is written.
    ValidationError
        If one list says both of the same sequence in the same subject.
    """
    _check_consistent(results)
    subjects = _lock({result.subject for result in results}, by=by)
    known = last_results(subjects.values())
    new = [one for one in results if known.get(one.subject, {}).get(one.sequence) != int(one.present)]
    GenotypeTest.objects.bulk_create(
        GenotypeTest(subject=subjects[one.subject], sequence_id=one.sequence, test_result=int(one.present))
        for one in new
    )
    changed = update_zygosities(subjects.values())
    _note_genotyped([subjects[one.subject] for one in results])
    return Entered(len(new), len(results) - len(new), changed)


@transaction.atomic
def apply_rules(line: Line, *, by: LabMember) -> int:
    """Judge every tested subject of a line by its rules as they are now; return how many zygosities changed."""
    policy.check_may_write(by, line)
    tested = Subject.objects.filter(line=line, genotypetest__isnull=False).distinct()
    return update_zygosities(list(tested))


def update_zygosities(subjects: Iterable[Subject]) -> int:
    """Set what the rules decide of each subject; alleles that no rule decides stay as they are."""
    subjects = list(subjects)
    results, rules = last_results(subjects), rules_of({one.line_id for one in subjects if one.line_id})
    present = {(row.subject_id, row.allele_id): row for row in Zygosity.objects.filter(subject__in=subjects)}
    new, changed = [], []
    for subject in subjects:
        decided = judge(rules.get(subject.line_id, ()), results.get(subject.pk, {})) if subject.line_id else {}
        for allele, zygosity in decided.items():
            row = present.get((subject.pk, allele))
            if row is None:
                new.append(Zygosity(subject=subject, allele_id=allele, zygosity=zygosity))
            elif row.zygosity != zygosity:
                row.zygosity = zygosity
                changed.append(row)
    Zygosity.objects.bulk_create(new)
    Zygosity.objects.bulk_update(changed, ["zygosity"])
    return len(new) + len(changed)


def _lock(keys: set[UUID], *, by: LabMember) -> dict[UUID, Subject]:
    rows = Subject.objects.select_for_update(of=("self",)).select_related("lab", "responsible_user", "line")
    subjects = {row.pk: row for row in rows.filter(pk__in=keys).order_by("pk")}
    with policy.remembered_standings():
        for subject in subjects.values():
            policy.check_may_write(by, subject)
    if missing := keys - subjects.keys():
        raise ValidationError(f"no subject has the key {missing.pop()}; nothing was entered")
    return subjects


def _check_consistent(results: Sequence[Result]) -> None:
    said: dict[tuple[UUID, UUID], bool] = {}
    for one in results:
        if said.setdefault((one.subject, one.sequence), one.present) != one.present:
            raise ValidationError("one sequence is said to be present and absent in the same subject; keep one of them")


def _note_genotyped(subjects: Iterable[Subject]) -> None:
    subjects = list({one.pk: one for one in subjects}.values())
    wanted = sequences_of({one.line_id for one in subjects if one.line_id})
    results = last_results(subjects)
    keys = {line: {one.pk for one in sequences} for line, sequences in wanted.items()}
    done = [one for one in subjects if one.line_id and keys.get(one.line_id, set()) <= results.get(one.pk, {}).keys()]
    for subject in done:
        subject.to_be_genotyped = False
        subject.genotype_date = subject.genotype_date or lab_today(subject.lab)
    Subject.objects.bulk_update(done, ["to_be_genotyped", "genotype_date"])
