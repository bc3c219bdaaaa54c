"""Reads the family of a subject: ancestors, siblings, offspring, generation numbers and inbreeding."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q

from bregma.alyx import policy
from bregma.alyx.colony.breeding.pedigree import PedigreeCycle, inbreeding
from bregma.alyx.colony.breeding.selectors.ancestry import load_ancestors, load_generations
from bregma.alyx.subjects.models import Subject, Zygosity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from uuid import UUID

    from bregma.alyx.colony.breeding.selectors.ancestry import Ancestor, Generation

SHOWN = 4
"""Generations of ancestors that the tree shows."""
MOST_OFFSPRING = 300
"""Children that are listed; the rest is counted."""


@dataclass(frozen=True)
class Member:
    """A place in the tree: whose it is, if that is known and may be seen, and the parents above it."""

    role: str
    subject: Subject | None
    hidden: bool = False
    assumed: bool = False
    generation: Generation | None = None
    parents: tuple[Member, ...] = ()


@dataclass(frozen=True)
class Brood:
    """Animals born together: a litter of the subject's, or of its parents'."""

    litter: Any
    partner: Subject | None
    animals: list[Subject] = field(default_factory=list)


@dataclass(frozen=True)
class Family:
    """What the page of a family shows; ``trouble`` says what is wrong with the pedigree."""

    tree: Member
    siblings: list[Brood]
    offspring: list[Brood]
    n_ancestors: int
    inbreeding: float | None
    trouble: str = ""


def load_family(user: Any, subject: Subject) -> Family:
    """Return the family of a subject as far as a person may see it; five queries."""
    links = load_ancestors([subject.pk])
    shown = _nearest(subject.pk, links)
    relatives = _load_relatives(user, subject, shown)
    known = {one.pk: one for one in relatives}
    generations = load_generations(shown)
    for one in relatives:
        one.generation = generations.get(one.pk)  # type: ignore[attr-defined]
    family = _Builder(known, links, generations)
    coefficient, trouble = _inbreeding(subject, links)
    if not trouble and any(one.endless for one in generations.values()):
        trouble = "The pedigree goes further back than is followed; its generation numbers are too small."
    return Family(
        tree=family.member(subject.pk, "This animal", SHOWN),
        siblings=_broods(one for one in relatives if _is_sibling(one, subject)),
        offspring=_broods((one for one in relatives if _is_child(one, subject.pk)), of=subject),
        n_ancestors=len(links) - 1,
        inbreeding=coefficient,
        trouble=trouble,
    )


@dataclass(frozen=True)
class _Builder:
    """Makes the tree from what was read."""

    known: Mapping[UUID, Subject]
    links: Mapping[UUID, Ancestor]
    generations: Mapping[UUID, Generation]

    def member(self, key: UUID | None, role: str, depth: int, *, assumed: bool = False) -> Member:
        """Return an animal with its parents, down to a depth."""
        link = self.links.get(key) if key else None
        parents: tuple[Member, ...] = ()
        if depth and link and any(link.parents):
            father = self.member(link.father, "Father", depth - 1)
            parents = (father, self.member(link.mother, "Mother", depth - 1, assumed=link.assumed))
        subject = self.known.get(key) if key else None
        generation = self.generations.get(key) if key and subject else None
        return Member(role, subject, key is not None and subject is None, assumed, generation, parents)


def _nearest(key: UUID, links: Mapping[UUID, Ancestor]) -> set[UUID]:
    """Return an animal and its ancestors in the generations that are shown."""
    found, edge = {key}, {key}
    for _ in range(SHOWN):
        edge = {parent for one in edge if one in links for parent in links[one].parents if parent} - found
        found |= edge
    return found


def _load_relatives(user: Any, subject: Subject, ancestors: Collection[UUID]) -> list[Subject]:
    """Return ancestors, siblings and children with litter, line and genotype; two queries."""
    pair = subject.litter.breeding_pair_id if subject.litter else None
    wanted = Q(pk__in=ancestors) | _children_of(subject.pk)
    if pair is not None:
        wanted |= Q(litter__breeding_pair=pair)
    elif subject.litter_id is not None:
        wanted |= Q(litter=subject.litter_id)
    genotype = policy.readable(user, Zygosity.objects.select_related("allele").order_by("allele__nickname"))
    related = [f"litter__breeding_pair__{one}" for one in ("father", "mother1", "mother2")]
    rows = policy.readable(user, Subject.objects.filter(wanted)).select_related("line", "litter__mother", *related)
    ordered = rows.prefetch_related(Prefetch("zygosity_set", genotype)).order_by("-birth_date", "nickname")
    return list(ordered.distinct()[: MOST_OFFSPRING + len(ancestors)])


def _children_of(key: UUID) -> Q:
    either = Q(litter__mother__isnull=True) & (
        Q(litter__breeding_pair__mother1=key) | Q(litter__breeding_pair__mother2=key)
    )
    return Q(litter__breeding_pair__father=key) | Q(litter__mother=key) | either


def _is_child(one: Subject, key: UUID) -> bool:
    pair = one.litter.breeding_pair if one.litter else None
    if one.litter is None or (pair is None and one.litter.mother_id != key):
        return False
    mothers = {one.litter.mother_id} if one.litter.mother_id else {pair.mother1_id, pair.mother2_id} if pair else set()
    return key in mothers or (pair is not None and pair.father_id == key)


def _is_sibling(one: Subject, subject: Subject) -> bool:
    if one.pk == subject.pk or one.litter is None or subject.litter is None:
        return False
    pair = subject.litter.breeding_pair_id
    return one.litter_id == subject.litter_id or (pair is not None and one.litter.breeding_pair_id == pair)


def _broods(animals: Iterable[Subject], of: Subject | None = None) -> list[Brood]:
    """Group animals by litter; of a parent's litters the partner is named."""
    found: dict[Any, Brood] = {}
    for one in animals:
        brood = found.setdefault(one.litter_id, Brood(one.litter, _partner(one, of) if of else None))
        brood.animals.append(one)
    return list(found.values())


def _partner(child: Subject, parent: Subject) -> Subject | None:
    litter = child.litter
    pair = litter.breeding_pair if litter else None
    if litter is None or pair is None:
        return None
    return (litter.mother or pair.mother1) if pair.father_id == parent.pk else pair.father


def _inbreeding(subject: Subject, links: Mapping[UUID, Ancestor]) -> tuple[float | None, str]:
    try:
        return inbreeding(subject.pk, {key: link.parents for key, link in links.items()}), ""
    except PedigreeCycle:
        words = "An animal of this pedigree is entered as an ancestor of itself. Correct the parents of its litters."
        return None, words
