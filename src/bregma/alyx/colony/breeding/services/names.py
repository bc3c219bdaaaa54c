"""Names given by a line: one person at a time counts on, so that no name is given twice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from itertools import count, islice
from typing import TYPE_CHECKING

from django.db import transaction

from bregma.alyx.subjects.models import BreedingPair, Line, Litter, Subject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from django.db.models import Model


@dataclass(frozen=True)
class Naming:
    """Where a kind of name is counted and kept, and how it is written."""

    counter: str
    model: type[Model]
    field: str
    ending: str
    longest: int


class Kind(Enum):
    """What a line names."""

    PAIR = Naming("breeding_pair_autoname_index", BreedingPair, "name", "_BP_{:03d}", 255)
    LITTER = Naming("litter_autoname_index", Litter, "name", "_L_{:03d}", 255)
    SUBJECT = Naming("subject_autoname_index", Subject, "nickname", "_{:04d}", 64)


@transaction.atomic
def give_names(line: Line, kind: Kind, n: int = 1, *, taken: Collection[str] = ()) -> list[str]:
    """Give the next names of a line, such as ``Ai95_0042``; names in use are skipped.

    The row of the line is locked until the end of the transaction: others wait, and get the names after these.

    Parameters
    ----------
    taken
        Names that are about to be used besides those in the database.
    """
    naming = kind.value
    locked = Line.objects.select_for_update(no_key=True).get(pk=line.pk)
    index = getattr(locked, naming.counter)
    used = {*taken, *_used(locked, kind)}
    free = ((at, name) for at, name in _candidates(locked, kind, index) if name not in used)
    given = list(islice(free, n))
    if given:
        index = given[-1][0]
        Line.objects.filter(pk=line.pk).update(**{naming.counter: index})
        setattr(line, naming.counter, index)
    return [name for _, name in given]


def name_with(stem: str, kind: Kind, number: int) -> str:
    """Write a name: what the grammar of the kind does not allow becomes a hyphen, and a long stem is cut."""
    naming = kind.value
    ending = naming.ending.format(number)
    clean = re.sub(r"[^\w.-]", "-", stem) if kind is Kind.SUBJECT else stem
    return clean[: naming.longest - len(ending)] + ending


def _candidates(line: Line, kind: Kind, index: int) -> Iterator[tuple[int, str]]:
    return ((at, name_with(line.nickname, kind, at)) for at in count(index + 1))


def _used(line: Line, kind: Kind) -> Collection[str]:
    """Return the names that begin as those of the line do."""
    naming = kind.value
    beginning = name_with(line.nickname, kind, 0).removesuffix(naming.ending.format(0))[: naming.longest - 12]
    rows = naming.model._default_manager.filter(**{f"{naming.field}__startswith": beginning})
    return set(rows.order_by().values_list(naming.field, flat=True))
