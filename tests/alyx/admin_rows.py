"""Rows for every list of the admin, with what hangs on them."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from tests.alyx.factories import World, make_dataset, make_session

from bregma.alyx.access.models import ApiToken, Delegation, DeviceCode
from bregma.alyx.actions import models as actions
from bregma.alyx.colony.models import AdverseEvent, Cage, Licence, LicenceUse, Plug, Rack
from bregma.alyx.data.models import DataNotice, Download, Tag
from bregma.alyx.experiments import models as experiments
from bregma.alyx.inbox.models import Delivery
from bregma.alyx.jobs.models import Task
from bregma.alyx.misc import models as misc
from bregma.alyx.notebook.models import Comment, NarrativeTemplate
from bregma.alyx.subjects import models as subjects
from bregma.alyx.web.models import SavedView


def fill_admin(world: World, n: int) -> None:
    """Add n rows to every table that people fill."""
    for i in range(n):
        name = f"{n}_{i}"
        subject = _breed(world, name)
        _keep(world, subject, name)
        _operate(world, subject, name)
        _record(world, subject, name)
        _write(world, subject, name)


def _breed(world: World, name: str) -> subjects.Subject:
    line = subjects.Line.objects.create(name=f"l{name}", nickname=f"l{name}", lab=world.lab)
    pair = subjects.BreedingPair.objects.create(name=f"bp{name}", line=line, father=world.subject)
    litter = subjects.Litter.objects.create(
        name=f"li{name}", line=line, breeding_pair=pair, birth_date=date(2024, 1, 1)
    )
    asked = subjects.SubjectRequest.objects.create(line=line, user=world.people["bob"], count=3)
    subject = subjects.Subject.objects.create(
        nickname=f"M{name}",
        lab=world.lab,
        line=line,
        litter=litter,
        request=asked,
        sex="F",
        responsible_user=world.people["alice"],
        birth_date=date(2024, 1, 1),
        adverse_effects="wound",
    )
    subject.projects.add(subjects.Project.objects.create(name=f"p{name}"))
    allele, sequence = (
        subjects.Allele.objects.create(nickname=f"a{name}"),
        subjects.Sequence.objects.create(name=f"s{name}"),
    )
    allele.sequences.add(sequence)
    line.alleles.add(allele)
    subjects.Zygosity.objects.create(subject=subject, allele=allele, zygosity=1)
    subjects.GenotypeTest.objects.create(subject=subject, sequence=sequence, test_result=1)
    subjects.ZygosityRule.objects.create(line=line, allele=allele, sequence0=sequence, sequence0_result=1, zygosity=1)
    Plug.objects.create(breeding_pair=pair, mother=subject, date=date(2024, 3, 1), user=world.people["bob"])
    return subject


def _keep(world: World, subject: subjects.Subject, name: str) -> None:
    room = misc.LabLocation.objects.create(name=f"r{name}", lab=world.lab)
    rack = Rack.objects.create(name=f"k{name}", location=room)
    kind = misc.CageType.objects.create(name=f"t{name}")
    cage = Cage.objects.create(name=f"c{name}", lab=world.lab, rack=rack, row=1, column=1, cage_type=kind)
    housing = misc.Housing.objects.create(cage=cage, cage_name=cage.name, cage_type=kind)
    misc.HousingSubject.objects.create(housing=housing, subject=subject, start_datetime=timezone.now())
    licence = Licence.objects.create(number=f"n{name}", lab=world.lab, holder=world.people["alice"])
    LicenceUse.objects.create(licence=licence, subject=subject)
    AdverseEvent.objects.create(subject=subject, severity=2, description="x", user=world.people["bob"])


def _operate(world: World, subject: subjects.Subject, name: str) -> None:
    alice = world.people["alice"]
    kind = actions.ProcedureType.objects.create(name=f"ephys imaging {name}")
    for model in (actions.Surgery, actions.VirusInjection, actions.OtherAction):
        extra = {"implant_weight": 1.0} if model is actions.Surgery else {}
        row = model.objects.create(subject=subject, lab=world.lab, **extra)
        row.users.add(alice)
        row.procedures.add(kind)
    actions.Weighing.objects.create(subject=subject, weight=20, user=alice)
    actions.WaterRestriction.objects.create(subject=subject, lab=world.lab)
    reason = actions.CullReason.objects.create(name=f"why{name}")
    actions.Cull.objects.create(subject=subject, user=alice, cull_reason=reason)
    experiments.ChronicInsertion.objects.create(name=f"ci{name}", subject=subject, lab=world.lab)


def _record(world: World, subject: subjects.Subject, name: str) -> None:
    session = make_session(subject)
    session.users.add(world.people["bob"])
    session.projects.add(subject.projects.get())
    session.procedures.add(actions.ProcedureType.objects.get(name=f"ephys imaging {name}"))
    dataset = make_dataset(session, tag=Tag.objects.create(name=f"t{name}"))
    actions.WaterAdministration.objects.create(subject=subject, water_administered=1, session=session)
    Download.objects.create(user=world.people["alice"], dataset=dataset)
    probe = experiments.ProbeInsertion.objects.create(session=session, name="probe00")
    trajectory = experiments.TrajectoryEstimate.objects.create(probe_insertion=probe, x=1)
    experiments.Channel.objects.create(trajectory_estimate=trajectory, axial=1, lateral=1)
    view = experiments.FOV.objects.create(session=session, name="FOV_00")
    experiments.FOVLocation.objects.create(field_of_view=view, x=[1.0])
    experiments.ImagingStack.objects.create(name=name)
    Task.objects.create(name="work", session=session)


def _write(world: World, subject: subjects.Subject, name: str) -> None:
    alice, bob = world.people["alice"], world.people["bob"]
    about = {"content_type": ContentType.objects.get_for_model(subject), "object_id": subject.pk, "user": alice}
    misc.Note.objects.create(text=name, **about)
    Comment.objects.create(text=name, **about)
    NarrativeTemplate.objects.create(name=name, text="x", lab=world.lab)
    DataNotice.objects.create(description=name, created_by=alice)
    told = actions.Notification.objects.create(notification_type="mention", title=name, subject=subject)
    told.users.add(alice)
    Delivery.objects.create(notification=told, user=alice)
    SavedView.objects.create(owner=alice, page="subjects", name=name)
    Delegation.objects.create(owner=alice, delegate=bob, start_date=date(2024, 1, 1))
    digest = f"{abs(hash(name)):x}".rjust(64, "0")[-64:]
    ends = timezone.now() + timedelta(days=9)
    ApiToken.objects.create(user=alice, name=name, prefix="x", digest=digest, scopes=["read"], expires_at=ends)
    DeviceCode.objects.create(name=name, digest=digest, user_digest=digest, user=alice, expires_at=ends)
    misc.LabMembership.objects.create(user=bob, lab=world.other_lab)
