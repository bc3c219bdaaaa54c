"""What cage cards say, read for many cages in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.urls import reverse

from bregma.alyx.actions.models import WaterRestriction
from bregma.alyx.colony.cages.selectors import occupancies
from bregma.alyx.colony.models import LicenceUse
from bregma.alyx.misc.models import LightCycle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from bregma.alyx.colony.cages.occupancy import Occupancy
    from bregma.alyx.colony.models import Cage
    from bregma.alyx.subjects.models import Subject

HEADS = ("Animal", "Sex", "Born", "Line", "Genotype", "Ear")


@dataclass(frozen=True)
class Card:
    """The words of one card; ``address`` is what its code leads to."""

    name: str
    place: str
    animals: tuple[tuple[str, ...], ...]
    facts: tuple[tuple[str, str], ...]
    special: str
    address: str


def scan_address(cage: Cage) -> str:
    """Return the address in the code of a card."""
    return f"{settings.BREGMA_URL}{reverse('cage-scan', args=[cage.pk])}"


def cards_of(cages: Sequence[Cage]) -> list[Card]:
    """Return the cards of cages in their order: six queries. The cages come with lab, rack, room and conditions."""
    found = occupancies(cages, genotype=True)
    animals = [animal for one in found.values() for animal in one.animals]
    prefetch_related_objects(animals, "projects")
    keys = [animal.pk for animal in animals]
    uses = LicenceUse.objects.filter(subject__in=keys, end_date__isnull=True).select_related("licence")
    licences: dict[UUID, list[str]] = defaultdict(list)
    for use in uses:
        licences[use.subject_id].append(use.licence.number)
    open_restrictions = WaterRestriction.objects.filter(subject__in=keys, end_time__isnull=True)
    dry = set(open_restrictions.values_list("subject", flat=True))
    return [_card(found[cage.pk], licences, dry) for cage in cages]


def place_words(cage: Cage) -> str:
    """Write where a cage stands: room, rack, row and column."""
    if cage.rack is None:
        return "in no rack"
    return f"{cage.rack.location.name} · {cage.rack.name} · row {cage.row}, column {cage.column}"


def condition_words(kept: Any) -> list[str]:
    """Write the conditions of a cage or housing that are not a matter of course."""
    named = [("", kept.cage_type), ("enrichment ", kept.enrichment), ("food ", kept.food)]
    words = [f"{before}{row}" for before, row in named if row is not None]
    return [*words, "inverted light"] if kept.light_cycle == LightCycle.INVERTED else words


def _card(one: Occupancy, licences: dict[UUID, list[str]], dry: set[Any]) -> Card:
    projects = {str(project) for animal in one.animals for project in animal.projects.all()}
    numbers = {number for animal in one.animals for number in licences[animal.pk]}
    facts = (
        ("Responsible", ", ".join(map(str, one.people))),
        ("Project", ", ".join(sorted(projects))),
        ("Licence", ", ".join(sorted(numbers))),
        ("Opened", f"{one.cage.opened_on:%d %b %Y}"),
    )
    thirsty = [str(animal) for animal in one.animals if animal.pk in dry]
    special = [*condition_words(one.cage), *([f"water restricted: {', '.join(thirsty)}"] if thirsty else [])]
    return Card(
        name=one.cage.name,
        place=f"{one.cage.lab} · {place_words(one.cage)}",
        animals=tuple(_animal(animal) for animal in one.animals),
        facts=tuple((head, words) for head, words in facts if words),
        special=" · ".join((*(["breeding"] if one.pairs else []), *special)),
        address=scan_address(one.cage),
    )


def _animal(subject: Subject) -> tuple[str, ...]:
    born = f"{subject.birth_date:%d %b %y}" if subject.birth_date else ""
    genotype = ", ".join(map(str, subject.zygosity_set.all()))
    line = subject.line.nickname if subject.line else ""
    return (subject.nickname, subject.sex, born, line, genotype, subject.ear_mark)
