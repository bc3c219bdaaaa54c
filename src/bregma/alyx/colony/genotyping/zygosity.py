"""What the results of genotype tests say about an allele, and what parents allow. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

ABSENT, HETEROZYGOUS, HOMOZYGOUS, PRESENT = range(4)
LEAST_COPIES = {ABSENT: 0, HETEROZYGOUS: 1, HOMOZYGOUS: 2, PRESENT: 1}
MOST_COPIES = {ABSENT: 0, HETEROZYGOUS: 1, HOMOZYGOUS: 2, PRESENT: 2}


@dataclass(frozen=True)
class ResultRule:
    """One rule of a line: with these results of one or two sequences, an allele is there so many times."""

    allele: UUID
    first: UUID
    first_result: int | None
    second: UUID | None
    second_result: int | None
    zygosity: int

    def holds(self, results: Mapping[UUID, int]) -> bool:
        """Tell whether results fulfil the rule; a second sequence that was not tested speaks not against it."""
        if self.first not in results or results[self.first] != self.first_result:
            return False
        second = None if self.second is None else results.get(self.second)
        return second is None or second == self.second_result


def judge(rules: Iterable[ResultRule], results: Mapping[UUID, int]) -> dict[UUID, int]:
    """Return the zygosity of every allele that a rule decides; of several rules the first.

    Parameters
    ----------
    rules
        The rules of the subject's line, in order.
    results
        The last result of each tested sequence: 0 absent, 1 present.
    """
    found: dict[UUID, int] = {}
    for rule in rules:
        if rule.allele not in found and rule.holds(results):
            found[rule.allele] = rule.zygosity
    return found


def is_possible(child: int, father: int | None, mother: int | None) -> bool:
    """Tell whether parents can have such a child; an unknown parent can be anything.

    A child takes one copy or none from each parent: from one with two copies always one.
    """
    least = sum(1 for parent in (father, mother) if parent is not None and LEAST_COPIES[parent] == 2)
    most = sum(1 for parent in (father, mother) if parent is None or MOST_COPIES[parent] > 0)
    return LEAST_COPIES[child] <= most and MOST_COPIES[child] >= least
