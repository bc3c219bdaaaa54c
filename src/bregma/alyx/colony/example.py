"""Lets simulated animals live in a lab that is to be tried: cages, a mating, mice on water restriction; marked so.

They are entered by the services behind the pages, as REST has no endpoints for most of them. All days count from
today, so that there is work on the page of the day.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from bregma.alyx import changes
from bregma.alyx.actions.models import Weighing
from bregma.alyx.actions.services import RestrictionTerms, give_water, restrict_water, weigh
from bregma.alyx.colony import housing
from bregma.alyx.colony.breeding.services import Birth, Mating, record_birth, start_pair
from bregma.alyx.colony.cages.services import enter_rack
from bregma.alyx.colony.models import AdverseEvent, Cage
from bregma.alyx.colony.welfare.adverse import Report, report_adverse_event
from bregma.alyx.misc.days import lab_today, lab_zone
from bregma.alyx.misc.models import Lab, LabLocation, LabMember, LabMembership
from bregma.alyx.notebook.notes.services import write_note
from bregma.alyx.policy import LabRole
from bregma.alyx.subjects.models import Line, Subject
from bregma.alyx.subjects.services import change_subject, enter_subject

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

SIMULATED = {"simulated": ["colony"]}
WORDS = "Simulated, so that the pages of the colony have something to show."
LINE = "demo"
SHARES = (0.93, 0.91, 0.9, 0.89, 0.88)
"""What they weigh on the last days, of the weight before restriction; the last is yesterday's."""
LITTER_DAYS = 21
"""How old the litter is when it is entered: the age at which mice are weaned."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """What the simulated colony is.

    Attributes
    ----------
    lab : str
        The name of a lab.
    experimenter, technician : str
        Names of accounts; they work in the lab from then on.
    on_water : mapping of str to float
        Mice on water restriction, with their weights before it, in grams.
    water : float
        What each of them drinks in a day, in millilitres.
    litter : str
        The name of the litter that is to be weaned.
    """

    lab: str
    experimenter: str
    technician: str
    on_water: Mapping[str, float]
    water: float
    litter: str


@dataclass
class _Colony:
    """The lab, the person who enters, and what was entered in this run."""

    example: Example
    lab: Lab
    by: LabMember
    new: Counter[str] = field(default_factory=Counter)

    @property
    def today(self) -> date:
        return lab_today(self.lab)

    def ago(self, days: int, hour: int = 9) -> datetime:
        return datetime.combine(self.today - timedelta(days=days), time(hour), lab_zone(self.lab))

    def mouse(self, nickname: str, sex: str, line: Line, **values: Any) -> Subject:
        given: dict[str, Any] = {"nickname": nickname, "sex": sex, "line": line, "lab": self.lab}
        given |= {"birth_date": self.today - timedelta(days=120), "json": SIMULATED, "description": WORDS}
        given["responsible_user"] = LabMember.objects.get(username=self.example.experimenter)
        self.new["subjects"] += 1
        return enter_subject({**given, **values}, by=self.by)


@transaction.atomic
def keep_colony(example: Example, *, username: str) -> Counter[str]:
    """Enter the animals of an example, and the weights and water of its restricted mice up to yesterday.

    Running it again enters only days that have passed since.

    Parameters
    ----------
    username : str
        An administrator, who is told of what is to be done, as the person responsible for one of the mice.

    Returns
    -------
    Counter
        How many rows of each kind were entered.
    """
    colony = _Colony(example, Lab.objects.get(name=example.lab), LabMember.objects.get(username=username))
    if not Line.objects.filter(nickname=LINE).exists():
        _employ(colony)
        line = changes.create_row(
            Line, {"nickname": LINE, "name": "demo line", "description": WORDS, "lab": colony.lab}, by=colony.by
        )
        cages = _open_cages(colony)
        _enter_restricted(colony, line, cages[:2])
        _breed(colony, line, cages[2])
        _tell(colony)
    _weigh_and_water(colony)
    return colony.new


def _employ(colony: _Colony) -> None:
    """Let the simulated staff work in the lab since long ago."""
    staff = colony.example
    roles = {staff.experimenter: LabRole.EXPERIMENTER, staff.technician: LabRole.TECHNICIAN}
    for name, role in roles.items():
        person = LabMember.objects.get(username=name)
        if not LabMembership.objects.filter(user=person, lab=colony.lab).exists():
            values = {"user": person, "lab": colony.lab, "role": role.value, "start_date": None}
            changes.create_row(LabMembership, values, by=colony.by)


def _open_cages(colony: _Colony) -> list[Cage]:
    """Open three cages in a rack of a room."""
    room = changes.create_row(LabLocation, {"name": "demo room", "lab": colony.lab, "json": SIMULATED}, by=colony.by)
    rack = enter_rack({"name": "demo rack", "location": room, "n_rows": 3, "n_columns": 4}, by=colony.by)
    found = []
    for column in range(1, 4):
        cage = housing.open_cage(
            lab=colony.lab, name=f"demo {column}", by=colony.by, cage_cleaning_frequency_days=7, json=SIMULATED
        )
        found.append(housing.place_cage(cage, housing.Place(rack, 1, column), by=colony.by))
    colony.new["cages"] += len(found)
    return found


def _enter_restricted(colony: _Colony, line: Line, cages: list[Cage]) -> None:
    """Enter the mice on water restriction: two in the first cage, one in the second."""
    first = len(SHARES) + 1
    for i, (nickname, grams) in enumerate(colony.example.on_water.items()):
        mouse = colony.mouse(nickname, "M", line)
        housing.move_subjects([mouse], cages[i // 2], when=colony.ago(first + 7), by=colony.by)
        weigh(mouse, grams, when=colony.ago(first), by=colony.by)
        terms = RestrictionTerms(reference_weight=grams, narrative=WORDS)
        restrict_water(mouse, start=colony.ago(first, hour=10), terms=terms, by=colony.by)


def _breed(colony: _Colony, line: Line, cage: Cage) -> None:
    """Put a pair together, whose litter is soon to be weaned."""
    father, mother = colony.mouse("demo_father", "M", line), colony.mouse("demo_mother", "F", line)
    start = colony.today - timedelta(days=LITTER_DAYS + 22)
    housing.move_subjects([father, mother], cage, when=colony.ago(LITTER_DAYS + 22), by=colony.by)
    mating = Mating(
        father=father, mothers=(mother,), start_date=start, line=line, name="demo pair 1", description=WORDS
    )
    born = colony.today - timedelta(days=LITTER_DAYS)
    birth = Birth(birth_date=born, n_males=3, n_females=4, name=colony.example.litter, description=WORDS)
    record_birth(start_pair(mating, by=colony.by), birth, by=colony.by)
    colony.new["litters"] += 1


def _tell(colony: _Colony) -> None:
    """Write a note and an adverse event; give one mouse to the visitor, who is told so."""
    mice = Subject.objects.filter(nickname__in=colony.example.on_water, lab=colony.lab).order_by("nickname")
    given, watched = mice[0], mice[1]
    write_note(watched, f"{WORDS} Runs well on the wheel; drinks from the spout at once.", by=colony.by)
    report = Report(
        sign=AdverseEvent.Sign.WOUND, severity=2, description=f"{WORDS} A scratch behind the left ear, dry and clean."
    )
    report_adverse_event(watched, report, by=colony.by)
    experimenter = LabMember.objects.get(username=colony.example.experimenter)
    change_subject(given, {"responsible_user": colony.by}, by=experimenter)


def _weigh_and_water(colony: _Colony) -> None:
    """Enter a weight and the water of each of the last days, but not of today: that is left to do."""
    weights, water = colony.example.on_water, colony.example.water
    for mouse in Subject.objects.filter(nickname__in=weights, lab=colony.lab, death_date=None).order_by("nickname"):
        for days, share in zip(range(len(SHARES), 0, -1), SHARES, strict=True):
            begin, end = colony.ago(days, 0), colony.ago(days - 1, 0)
            if Weighing.objects.filter(subject=mouse, date_time__gte=begin, date_time__lt=end).exists():
                continue
            weigh(mouse, round(weights[mouse.nickname] * share, 1), when=colony.ago(days), by=colony.by)
            give_water(mouse, water, when=colony.ago(days, 17), by=colony.by)
            colony.new["weighings"] += 1
