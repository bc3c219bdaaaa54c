"""The lab in which the journeys take place: its people, its line with alleles and sequences, and its rooms."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from tests.alyx.factories import PASSWORD, make_world

from bregma.alyx.accounts import create_user
from bregma.alyx.actions.models import ProcedureType
from bregma.alyx.colony.models import Licence
from bregma.alyx.misc.models import Lab, LabLocation, LabMember, LabMembership
from bregma.alyx.notebook.models import NarrativeTemplate
from bregma.alyx.subjects.models import Allele, Line, Sequence, Source, Species, Strain, Subject, ZygosityRule

ROLES = {"tess": "technician", "mona": "manager", "gus": "guest"}


@dataclass
class JourneyLab:
    """What is there before anybody begins.

    tess is the technician, stock keeps the stock, alice experiments, dora works in another lab and is the delegate of
    alice, mona manages the lab, gus is a guest of it, and visitor is an account for the public.
    """

    lab: Lab
    line: Line
    people: dict[str, LabMember] = field(default_factory=dict)
    subject: Subject | None = None


def make_journey_lab() -> JourneyLab:
    """Make the people, a line of two alleles and three sequences, a room, a licence and a template."""
    world = make_world()
    for name, role in ROLES.items():
        world.people[name] = create_user(name, PASSWORD, labs=[world.lab.name])
        LabMembership.objects.filter(user=world.people[name]).update(role=role)
    LabLocation.objects.create(name="Room 2.14", lab=world.lab)
    Licence.objects.create(
        number="PL 12/34", title="Decisions of mice", lab=world.lab, holder=world.people["mona"], quota=20
    )
    NarrativeTemplate.objects.create(
        name="Headbar",
        lab=world.lab,
        text="Isoflurane, headbar, dental cement.",
        procedure=ProcedureType.objects.get(name="Headplate implant"),
    )
    return JourneyLab(world.lab, make_line(world.lab), world.people, world.subject)


def make_line(lab: Lab) -> Line:
    """Make a line with a driver and a reporter; the reporter is tested by two sequences."""
    line = Line.objects.create(
        name="CamK2a-tTA; tetO-GCaMP6s",
        nickname="CamK",
        lab=lab,
        strain=Strain.objects.create(name="C57BL/6J"),
        species=Species.objects.first(),
        source=Source.objects.create(name="Jackson"),
    )
    driver = make_allele(line, "CamK2a", "tTA")
    reporter = make_allele(line, "tetO", "GCaMP wt", "GCaMP mut")
    (tta,), (mutant, wild) = driver.sequences.all(), reporter.sequences.all()
    for allele, sequence0, result0, sequence1, result1, zygosity in (
        (driver, tta, 1, None, None, 3),
        (driver, tta, 0, None, None, 0),
        (reporter, wild, 1, mutant, 1, 1),
        (reporter, wild, 0, mutant, 1, 2),
        (reporter, wild, 1, mutant, 0, 0),
    ):
        ZygosityRule.objects.create(
            line=line,
            allele=allele,
            sequence0=sequence0,
            sequence0_result=result0,
            sequence1=sequence1,
            sequence1_result=result1,
            zygosity=zygosity,
        )
    return line


def make_allele(line: Line, nickname: str, *sequences: str) -> Allele:
    """Give a line an allele that these sequences test."""
    allele = Allele.objects.create(nickname=nickname, name=nickname)
    allele.sequences.set([Sequence.objects.create(name=name) for name in sequences])
    line.alleles.add(allele)
    return allele


def make_animal(lab: JourneyLab, nickname: str, owner: str, *, days: int = 90, **values: Any) -> Subject:
    """Make a living female of the line, so many days old."""
    given = {"sex": "F", "birth_date": timezone.now().date() - timedelta(days=days), **values}
    return Subject.objects.create(
        nickname=nickname, lab=lab.lab, line=lab.line, responsible_user=lab.people[owner], **given
    )
