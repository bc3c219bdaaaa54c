"""The work of a day for one person: at most eight queries, however many mice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from bregma.alyx.misc.days import lab_today, lab_zone
from bregma.alyx.today.selectors.animals import animals_with_work, natural, place_of
from bregma.alyx.today.selectors.choice import Choice, Scope
from bregma.alyx.today.selectors.chores import Chore, Work, load_chores
from bregma.alyx.today.selectors.mouse import Mouse, mice_among

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from bregma.alyx.subjects.models import Subject


@dataclass(frozen=True)
class Group:
    """Animals that are genotyped together: those of a litter, or of a line."""

    name: str
    animals: tuple[Subject, ...]
    query: str
    """Which animals, as the page that enters results asks for them."""


@dataclass(frozen=True)
class Part:
    """One way to narrow the page, with the number of mice on water restriction in it."""

    words: str
    query: str
    n: int
    is_current: bool


@dataclass(frozen=True)
class Day:
    """What is to be done today, in the order in which one walks.

    Attributes
    ----------
    mice : list of Mouse
        Those on water restriction that were chosen.
    all_mice : list of Mouse
        All of them that the person may write.
    animals : list of Subject
        The chosen animals with any work.
    chores : list of Chore
        Litters, pairs and cages.
    """

    user: Any
    now: datetime
    choice: Choice
    mice: list[Mouse]
    all_mice: list[Mouse]
    animals: list[Subject]
    chores: list[Chore]

    @cached_property
    def to_do(self) -> list[Mouse]:
        """Mice to weigh or to water."""
        return [mouse for mouse in self.mice if not mouse.is_done]

    @cached_property
    def done(self) -> list[Mouse]:
        """Mice that are weighed and have their water."""
        return [mouse for mouse in self.mice if mouse.is_done]

    @property
    def n_to_weigh(self) -> int:
        """How many are not weighed yet."""
        return sum(not mouse.is_weighed for mouse in self.mice)

    @property
    def n_to_water(self) -> int:
        """How many are owed water."""
        return sum(not mouse.is_watered for mouse in self.mice)

    @property
    def light(self) -> list[Mouse]:
        """Mice at the weight that the lab asks for at least, or close to it, the lightest first."""
        found = [mouse for mouse in self.mice if mouse.tone != "good"]
        return sorted(found, key=lambda mouse: mouse.percent)

    @cached_property
    def to_train(self) -> list[Mouse]:
        """Mice without a session today, nor a reason for that."""
        return [mouse for mouse in self.mice if not mouse.is_trained and mouse.excuse is None]

    @cached_property
    def trained(self) -> list[Mouse]:
        """Mice that were trained, or for whom a reason is written."""
        return [mouse for mouse in self.mice if mouse.is_trained or mouse.excuse is not None]

    @cached_property
    def to_genotype(self) -> list[Group]:
        """Animals to genotype, by litter, or by line."""
        waiting = [animal for animal in self.animals if animal.to_be_genotyped]
        keyed = sorted(waiting, key=lambda animal: (natural(_group_of(animal)[0]), natural(animal.nickname)))
        return [Group(name, tuple(each), query) for (name, query), each in groupby(keyed, key=_group_of)]

    @property
    def n_to_genotype(self) -> int:
        """How many animals that is."""
        return sum(len(group.animals) for group in self.to_genotype)

    @cached_property
    def to_cull(self) -> list[Subject]:
        """Animals to cull, in the order in which one walks."""
        return [animal for animal in self.animals if animal.to_be_culled]

    @property
    def to_wean(self) -> list[Chore]:
        """Litters to wean."""
        return self._chores(Work.WEAN)

    @property
    def breeding(self) -> list[Chore]:
        """Pairs to check for a plug, and births that are due."""
        return self._chores(Work.PLUG, Work.BIRTH)

    @property
    def to_clean(self) -> list[Chore]:
        """Cages due for cleaning."""
        return self._chores(Work.CLEAN)

    @cached_property
    def parts(self) -> list[Part]:
        """All, mine, and each lab where there are several; with counts."""
        labs = Counter(mouse.subject.lab.name for mouse in self.all_mice)
        mine = sum(mouse.subject.responsible_user_id == self.user.pk for mouse in self.all_mice)
        told = [("All", Choice(), len(self.all_mice)), ("Mine", Choice(Scope.MINE), mine)]
        if len(labs) > 1:
            told += [(name, Choice(Scope.LAB, lab=name), n) for name, n in sorted(labs.items())]
        own = (self.choice.scope, self.choice.lab)
        return [Part(words, part.query, n, (part.scope, part.lab) == own) for words, part, n in told]

    @cached_property
    def rooms(self) -> list[str]:
        """The rooms of the mice, to choose from."""
        return sorted({mouse.place.room for mouse in self.all_mice if mouse.place.room}, key=natural)

    @cached_property
    def cages(self) -> list[str]:
        """The cages of the mice, to choose from."""
        return sorted({mouse.place.name for mouse in self.all_mice if mouse.place.name}, key=natural)

    @property
    def chosen_cage(self) -> tuple[UUID | None, str]:
        """The key and the name of the chosen cage, as far as they are known."""
        key = self.choice.is_of_cage()
        names = [mouse.place.name for mouse in self.all_mice if key is not None and mouse.place.cage == key]
        if key is not None:
            return key, names[0] if names else ""
        return None, self.choice.cage

    @property
    def moment(self) -> datetime:
        """Now, by the clock of the lab of the mice; UTC where there are none."""
        lab = self.all_mice[0].subject.lab if self.all_mice else None
        return self.now.astimezone(lab_zone(lab))

    def _chores(self, *works: Work) -> list[Chore]:
        return [chore for chore in self.chores if chore.work in works]


def load_day(user: Any, choice: Choice | None = None, now: datetime | None = None) -> Day:
    """Read the work of the day that it is now in each lab.

    Parameters
    ----------
    user : LabMember
        Only what this person may write is work of theirs.
    choice : Choice, optional
        Which part to show; everything unless given.
    now : datetime, optional
        The moment that counts as now; aware.
    """
    choice, now = choice or Choice(), now or timezone.now()
    animals = animals_with_work(user, now)
    mice = mice_among(animals, now)
    return Day(
        user=user,
        now=now,
        choice=choice,
        mice=[mouse for mouse in mice if choice.takes(user, mouse.subject, mouse.place)],
        all_mice=mice,
        animals=list(_chosen(user, animals, choice)),
        chores=load_chores(user, lab_today(animals[0].lab if animals else None, now), choice),
    )


def _chosen(user: Any, animals: Iterable[Subject], choice: Choice) -> Iterable[Subject]:
    return (animal for animal in animals if choice.takes(user, animal, place_of(animal)))


def _group_of(animal: Subject) -> tuple[str, str]:
    if animal.litter_id and animal.litter:
        return f"Litter {animal.litter.name}", f"litter={animal.litter_id}"
    if animal.line_id and animal.line:
        return f"Line {animal.line.nickname}", f"line={animal.line_id}"
    return animal.nickname, f"subject={animal.pk}"
