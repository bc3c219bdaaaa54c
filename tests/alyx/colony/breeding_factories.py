"""A line of mice that breed in the lab of alice and bob."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.test import Client
from tests.alyx.factories import World, make_world

from bregma.alyx.misc.models import LabMember, LabMembership
from bregma.alyx.subjects.models import Allele, BreedingPair, Line, Litter, Source, Strain, Subject

TODAY = date.today()  # noqa: DTZ011  the labs of the tests are in UTC, as the tests are


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@dataclass
class Stock:
    """A line with a father and two mothers, half a year old."""

    world: World
    line: Line
    father: Subject
    mother: Subject
    other_mother: Subject

    def person(self, name: str) -> LabMember:
        return self.world.people[name]

    def become(self, name: str, role: str) -> LabMember:
        LabMembership.objects.filter(user=self.person(name)).update(role=role)
        return LabMember.objects.get(username=name)

    def mouse(self, nickname: str, sex: str, **values: Any) -> Subject:
        given = {"lab": self.world.lab, "line": self.line, "birth_date": days_ago(180), **values}
        given.setdefault("responsible_user", self.person("stock"))
        return Subject.objects.create(nickname=nickname, sex=sex, **given)

    def pair(self, father: Subject | None = None, *mothers: Subject, **values: Any) -> BreedingPair:
        first, second = (*(mothers or (self.mother,)), None)[:2]
        given = {"line": self.line, "start_date": days_ago(60), "name": f"pair {BreedingPair.objects.count()}"}
        parents = {"father": father or self.father, "mother1": first, "mother2": second}
        return BreedingPair.objects.create(**{**given, **parents, **values})

    def litter(self, pair: BreedingPair, **values: Any) -> Litter:
        given = {"line": pair.line, "birth_date": days_ago(20), "name": f"litter {Litter.objects.count()}"}
        return Litter.objects.create(breeding_pair=pair, **{**given, **values})

    def visit(self, name: str) -> Client:
        client = Client()
        client.force_login(self.person(name))
        return client


def make_stock() -> Stock:
    """Make the collaboration, and a line that breeds."""
    world = make_world()
    strain = Strain.objects.create(name="C57BL/6J")
    line = Line.objects.create(
        name="Ai95 GCaMP6f", nickname="Ai95", lab=world.lab, strain=strain, source=Source.objects.create(name="Jax")
    )
    line.alleles.add(Allele.objects.create(nickname="GCaMP"))
    LabMembership.objects.filter(user=world.people["charlie"]).update(start_date=date(2020, 1, 1))
    stock = Stock(world, line, None, None, None)  # type: ignore[arg-type]
    stock.father = stock.mouse("Ai95_F", "M")
    stock.mother = stock.mouse("Ai95_M1", "F")
    stock.other_mother = stock.mouse("Ai95_M2", "F")
    return stock
