"""Inbreeding from a pedigree. Pure functions on keys; whoever has no entry, or parents None, is a founder.

Source: Wright (1922), Coefficients of inbreeding and relationship, Am. Nat. 56; computed by the kinship of parents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bregma.alyx.errors import AlyxError

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

Key = TypeVar("Key", bound="Hashable")


class PedigreeCycle(AlyxError, ValueError):
    """An animal is entered as an ancestor of itself."""


def inbreeding(animal: Key, parents: Mapping[Key, tuple[Key | None, Key | None]]) -> float:
    """Return Wright's coefficient of inbreeding of an animal: 0.25 for a child of siblings.

    Parameters
    ----------
    animal
        Key of the animal.
    parents
        For each animal of the pedigree the keys of its father and its mother; None where one is not known. Founders
        count as unrelated and not inbred.

    Returns
    -------
    float
        Between 0 and 1: the probability that both copies of a gene come from one copy of an ancestor.

    Raises
    ------
    PedigreeCycle
        If an animal would be its own ancestor; the message names one of the circle.
    """
    father, mother = parents.get(animal, (None, None))
    return kinship(father, mother, parents)


def kinship(one: Key | None, other: Key | None, parents: Mapping[Key, tuple[Key | None, Key | None]]) -> float:
    """Return the kinship of two animals, which is the inbreeding of a child of theirs; zero if one is not known.

    Raises as :func:`inbreeding`.
    """
    if one is None or other is None:
        return 0.0
    order = generations(parents, (one, other))
    known: dict[tuple[Key, Key], float] = {}
    todo: list[tuple[Key, Key]] = [(one, other)]
    while todo:
        pair = todo[-1]
        waiting = [part for part in _parts(pair, parents, order) if part not in known]
        if waiting:
            todo.extend(waiting)
            continue
        known[todo.pop()] = _kinship_of(pair, parents, order, known)
    return known[one, other]


def generations(parents: Mapping[Key, tuple[Key | None, Key | None]], start: tuple[Key, ...]) -> dict[Key, int]:
    """Return how many generations lie below each ancestor: founders 0, others one more than their later parent.

    Raises as :func:`inbreeding`.
    """
    found: dict[Key, int] = {}
    open_: dict[Key, None] = {}
    todo = list(start)
    while todo:
        key = todo[-1]
        above = [parent for parent in parents.get(key, (None, None)) if parent is not None]
        waiting = [parent for parent in above if parent not in found]
        if key in found or not waiting:
            found.setdefault(key, 1 + max((found[parent] for parent in above), default=-1))
            open_.pop(key, None)
            todo.pop()
            continue
        open_[key] = None
        for parent in waiting:
            if parent in open_:
                raise PedigreeCycle(f"{parent} is entered as an ancestor of itself; correct the parents of its litters")
        todo.extend(waiting)
    return found


def _parts(
    pair: tuple[Key, Key], parents: Mapping[Key, tuple[Key | None, Key | None]], order: Mapping[Key, int]
) -> list[tuple[Key, Key]]:
    """Return the pairs whose kinship this one follows from."""
    one, other = pair
    if one == other:
        father, mother = parents.get(one, (None, None))
        return [(father, mother)] if father is not None and mother is not None else []
    later, earlier = (one, other) if order[one] >= order[other] else (other, one)
    return [(parent, earlier) for parent in parents.get(later, (None, None)) if parent is not None]


def _kinship_of(
    pair: tuple[Key, Key],
    parents: Mapping[Key, tuple[Key | None, Key | None]],
    order: Mapping[Key, int],
    known: Mapping[tuple[Key, Key], float],
) -> float:
    above = sum(known[part] for part in _parts(pair, parents, order))
    return (1 + above) / 2 if pair[0] == pair[1] else above / 2
