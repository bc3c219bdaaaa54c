"""A plausible lab of any size, the same each time: what pages are measured on.

``fill(Scale())`` enters 1,000 subjects, 20,000 sessions, 60,000 weighings and 400,000 datasets with their files into
the database that Django uses, in about two minutes. Nothing is run by itself.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from bregma.alyx.actions import models as actions
from bregma.alyx.colony import models as colony
from bregma.alyx.data import models as data
from bregma.alyx.experiments import models as experiments
from bregma.alyx.inbox.models import Delivery
from bregma.alyx.jobs.models import Task
from bregma.alyx.misc import models as misc
from bregma.alyx.subjects import models as subjects
from bregma.pipelines.bulk import many_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import Model

Row = TypeVar("Row", bound="Model")
TODAY = datetime.now(UTC).date()
FILES = [f"_ibl_{part}.{each}.npy" for part in ("trials", "wheel", "wheelMoves", "leftCamera") for each in ("a", "b")]
FILES += [f"spikes.{each}.npy" for each in ("times", "clusters", "depths", "amps", "samples", "templates")]
FILES += [f"clusters.{each}.npy" for each in ("depths", "channels", "peakToTrough", "amps", "waveforms", "uuids")]
LINES, BLOCK = 20, 20_000


@dataclass(frozen=True)
class Scale:
    """How many rows of the large tables there are; others follow."""

    subjects: int = 1_000
    sessions: int = 20_000
    weighings: int = 60_000
    datasets_per_session: int = 20


@dataclass
class GeneratedLab:
    """What was entered, to build on."""

    people: list[misc.LabMember]
    labs: list[misc.Lab]
    lines: list[subjects.Line]
    litters: list[subjects.Litter]
    mice: list[subjects.Subject]
    sessions: list[actions.Session]

    @property
    def living(self) -> list[subjects.Subject]:
        """The subjects that are alive."""
        return [mouse for mouse in self.mice if mouse.death_date is None]


@transaction.atomic
def fill(scale: Scale | None = None, *, seed: int = 1) -> GeneratedLab:
    """Enter a lab.

    Parameters
    ----------
    scale : Scale, optional
        How large; that of a collaboration by default.
    seed : int
        Another lab for another number.
    """
    scale, rng = scale or Scale(), random.Random(seed)
    people, labs = _people(rng)
    lines, litters, pairs = _breeding(rng, labs, scale.subjects // 7 + 1)
    lab = GeneratedLab(people, labs, lines, litters, _mice(rng, scale.subjects, people, labs, litters), [])
    _pair(rng, pairs, lab.mice)
    _genotypes(rng, lab)
    _cages(rng, lab)
    lab.sessions = _sessions(rng, lab, scale.sessions)
    _water(rng, lab, scale.weighings)
    _procedures(rng, lab)
    with connection.cursor() as cursor, many_files(cursor):
        _files(rng, lab, scale.datasets_per_session)
        _recordings(rng, lab)
    _notes(rng, lab)
    _welfare(rng, lab)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED; ANALYZE")
    return lab


def _key(rng: random.Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def _day(rng: random.Random, first: int, last: int = 0) -> date:
    """Return a day so many days before today."""
    return TODAY - timedelta(days=rng.randint(last, max(first, last)))


def _at(day: date, rng: random.Random) -> datetime:
    return datetime.combine(day, time(rng.randint(8, 18), rng.randint(0, 59)), UTC)


def _add(rows: Iterable[Row]) -> list[Row]:
    """Enter rows of one table, in blocks."""
    found = list(rows)
    if found:
        type(found[0])._default_manager.bulk_create(found, batch_size=2_000)
    return found


def _copy(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Enter many rows by COPY, a block at a time."""
    names, block = ", ".join(f'"{each}"' for each in columns), []
    for row in rows:
        block.append(row)
        if len(block) == BLOCK:
            _copy_block(model, names, block)
    _copy_block(model, names, block)


def _copy_block(model: type[Model], names: str, block: list[Sequence[Any]]) -> None:
    command = f'COPY "{model._meta.db_table}" ({names}) FROM STDIN'
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for row in block:
            copy.write_row(row)
    block.clear()


def _people(rng: random.Random) -> tuple[list[misc.LabMember], list[misc.Lab]]:
    labs = _add(
        misc.Lab(id=_key(rng), name=f"lab{i}", timezone="Europe/London", reference_weight_pct=0.85) for i in range(3)
    )
    people = _add(
        misc.LabMember(
            id=_key(rng), username=f"person{i:02d}", is_staff=True, is_superuser=i == 0, email=f"p{i}@example.org"
        )
        for i in range(30)
    )
    _add(
        misc.LabMembership(id=_key(rng), user=each, lab=labs[i % 3], start_date=date(2020, 1, 1))
        for i, each in enumerate(people)
    )
    _add(misc.LabLocation(id=_key(rng), name=f"rig{i}", lab=labs[i % 3]) for i in range(12))
    _add(subjects.Project(id=_key(rng), name=f"project{i}") for i in range(8))
    return people, labs


def _breeding(
    rng: random.Random, labs: list[misc.Lab], n_litters: int
) -> tuple[list[subjects.Line], list[subjects.Litter], list[subjects.BreedingPair]]:
    species = subjects.Species.objects.get(pk=subjects.MOUSE)
    strain = subjects.Strain.objects.create(id=_key(rng), name="C57BL/6J")
    sequences = _add(subjects.Sequence(id=_key(rng), name=f"seq{i}") for i in range(24))
    alleles = _add(subjects.Allele(id=_key(rng), name=f"allele{i}", nickname=f"A{i}") for i in range(24))
    for allele, sequence in zip(alleles, sequences, strict=True):
        allele.sequences.add(sequence)
    lines = _add(
        subjects.Line(id=_key(rng), name=f"line {i}", nickname=f"L{i}", lab=labs[i % 3], species=species, strain=strain)
        for i in range(LINES)
    )
    for i, line in enumerate(lines):
        line.alleles.add(alleles[i], alleles[(i + 1) % len(alleles)])
    pairs = _add(
        subjects.BreedingPair(
            id=_key(rng), name=f"L{i % LINES}_BP_{i:03d}", line=lines[i % LINES], start_date=_day(rng, 700, 60)
        )
        for i in range(max(n_litters // 2, 1))
    )
    litters = _add(
        subjects.Litter(
            id=_key(rng),
            name=f"L{i % LINES}_L_{i:03d}",
            line=lines[i % LINES],
            breeding_pair=rng.choice(pairs),
            birth_date=_day(rng, 900, 5),
        )
        for i in range(n_litters)
    )
    return lines, litters, pairs


def _mice(
    rng: random.Random,
    n: int,
    people: list[misc.LabMember],
    labs: list[misc.Lab],
    litters: list[subjects.Litter],
) -> list[subjects.Subject]:
    made = []
    for i in range(n):
        litter = litters[i % len(litters)]
        born = litter.birth_date
        dead = _day(rng, (TODAY - born).days) if rng.random() < 0.6 else None
        made.append(
            subjects.Subject(
                id=_key(rng),
                nickname=f"M{i:04d}",
                litter=litter,
                line=litter.line,
                lab=labs[i % 3],
                sex=rng.choice("MF"),
                birth_date=born,
                wean_date=born + timedelta(days=21) if (TODAY - born).days > 21 else None,
                death_date=dead,
                responsible_user=people[i % len(people)],
                cage=None if dead else f"C{i // 4:03d}",
                to_be_genotyped=rng.random() < 0.05,
                to_be_culled=dead is None and rng.random() < 0.03,
                actual_severity=2 if dead else None,
            )
        )
    return _add(made)


def _pair(rng: random.Random, pairs: list[subjects.BreedingPair], mice: list[subjects.Subject]) -> None:
    sexes = {sex: [mouse for mouse in mice if mouse.sex == sex] for sex in "MF"}
    for pair in pairs:
        pair.father, pair.mother1 = rng.choice(sexes["M"]), rng.choice(sexes["F"])
    subjects.BreedingPair.objects.bulk_update(pairs, ["father", "mother1"])
    mothers = {pair.mother1_id: pair for pair in pairs}
    _add(
        colony.Plug(id=_key(rng), breeding_pair=pair, mother_id=mother, date=_day(rng, 60))
        for mother, pair in mothers.items()
    )


def _genotypes(rng: random.Random, lab: GeneratedLab) -> None:
    alleles = {line.pk: list(line.alleles.prefetch_related("sequences")) for line in lab.lines}
    carried = [(mouse, allele) for mouse in lab.mice for allele in alleles[mouse.line_id]]
    _add(
        subjects.Zygosity(id=_key(rng), subject=mouse, allele=allele, zygosity=rng.randint(0, 3))
        for mouse, allele in carried
    )
    _add(
        subjects.GenotypeTest(id=_key(rng), subject=mouse, sequence=sequence, test_result=rng.randint(0, 1))
        for mouse, allele in carried
        for sequence in allele.sequences.all()
    )
    _add(
        subjects.SubjectRequest(
            id=_key(rng), user=rng.choice(lab.people), line=rng.choice(lab.lines), count=rng.randint(1, 8)
        )
        for _ in range(50)
    )


def _cages(rng: random.Random, lab: GeneratedLab) -> None:
    rooms = {each.lab_id: each for each in misc.LabLocation.objects.all()}
    racks = {each.pk: colony.Rack.objects.create(id=_key(rng), name="R1", location=rooms[each.pk]) for each in lab.labs}
    named: dict[tuple[UUID, str], list[subjects.Subject]] = {}
    for mouse in lab.living:
        named.setdefault((mouse.lab_id, str(mouse.cage)), []).append(mouse)
    places = {each.pk: iter([(r, c) for r in range(1, 9) for c in range(1, 11)]) for each in lab.labs}
    cages = []
    for where, name in named:
        row, column = next(places[where], (None, None))
        rack = racks[where] if row else None
        cages.append(colony.Cage(id=_key(rng), name=name, lab_id=where, rack=rack, row=row, column=column))
    _add(cages)
    housings = _add(misc.Housing(id=_key(rng), cage_name=cage.name, cage=cage) for cage in cages)
    _add(
        misc.HousingSubject(
            id=_key(rng), subject=mouse, housing=housing, start_datetime=_at(mouse.wean_date or mouse.birth_date, rng)
        )
        for housing, mice in zip(housings, named.values(), strict=True)
        for mouse in mice
    )


def _sessions(rng: random.Random, lab: GeneratedLab, n: int) -> list[actions.Session]:
    each = n // len(lab.mice) + 1
    made = []
    for i in range(n):
        mouse, number = lab.mice[i // each], i % each
        day = mouse.birth_date + timedelta(days=60 + number)
        made.append(
            actions.Session(
                id=_key(rng),
                subject=mouse,
                lab_id=mouse.lab_id,
                number=1,
                start_time=_at(day, rng),
                task_protocol=rng.choice(["trainingChoiceWorld", "ephysChoiceWorld", "habituation"]),
                n_trials=rng.randint(100, 900),
                qc=rng.choice([0, 10, 30, 40]),
                narrative="quiet and eager" if rng.random() < 0.2 else "",
            )
        )
    _add(made)
    users = actions.Session.users.through
    _copy(users, ("session_id", "labmember_id"), ((s.pk, lab.people[i % 30].pk) for i, s in enumerate(made)))
    projects = list(subjects.Project.objects.values_list("pk", flat=True))
    link = actions.Session.projects.through
    _copy(link, ("session_id", "project_id"), ((s.pk, projects[i % len(projects)]) for i, s in enumerate(made)))
    return made


def _water(rng: random.Random, lab: GeneratedLab, n: int) -> None:
    each = n // len(lab.mice) + 1
    weighed = [
        (mouse, _at(mouse.birth_date + timedelta(days=50 + number), rng))
        for mouse in lab.mice
        for number in range(each)
    ][:n]
    columns = ("id", "name", "subject_id", "user_id", "date_time", "weight")
    _copy(
        actions.Weighing,
        columns,
        ((_key(rng), "", m.pk, m.responsible_user_id, at, round(rng.gauss(24, 2), 1)) for m, at in weighed),
    )
    water = actions.WaterType.objects.first()
    assert water is not None
    columns = ("id", "name", "subject_id", "user_id", "date_time", "water_administered", "water_type_id", "adlib")
    _copy(
        actions.WaterAdministration,
        columns,
        ((_key(rng), "", m.pk, m.responsible_user_id, at, 1.0, water.pk, False) for m, at in weighed),
    )
    restricted = rng.sample(lab.mice, len(lab.mice) // 2)
    _add(
        actions.WaterRestriction(
            id=_key(rng),
            subject=mouse,
            start_time=_at(mouse.birth_date + timedelta(days=55), rng),
            end_time=None if mouse.death_date is None else _at(mouse.birth_date + timedelta(days=120), rng),
            reference_weight=24.0,
            water_type=water,
        )
        for mouse in restricted
    )


def _procedures(rng: random.Random, lab: GeneratedLab) -> None:
    surgeries = [mouse for mouse in lab.mice if rng.random() < 0.6]
    _add(
        actions.Surgery(
            id=_key(rng),
            subject=mouse,
            start_time=_at(mouse.birth_date + timedelta(days=40), rng),
            outcome_type="r",
            implant_weight=1.2,
            narrative="headplate",
        )
        for mouse in surgeries
    )
    _add(
        actions.VirusInjection(
            id=_key(rng), subject=mouse, start_time=_at(mouse.birth_date + timedelta(days=42), rng), virus_batch="B7"
        )
        for mouse in surgeries[::3]
    )
    reason, method = actions.CullReason.objects.first(), actions.CullMethod.objects.first()
    _add(
        actions.Cull(
            id=_key(rng),
            subject=mouse,
            date=mouse.death_date,
            user=mouse.responsible_user,
            cull_reason=reason,
            cull_method=method,
        )
        for mouse in lab.mice
        if mouse.death_date
    )


def _files(rng: random.Random, lab: GeneratedLab, each: int) -> None:
    repository = data.DataRepository.objects.create(id=_key(rng), name="archive", data_url="https://data.example.org/")
    kind = data.DatasetType.objects.create(id=_key(rng), name="benchmark.files", filename_pattern="*benchmark*")
    form = data.DataFormat.objects.get(name="npy")
    mice = {mouse.pk: mouse for mouse in lab.mice}
    datasets, records = [], []
    for session in lab.sessions:
        folder = f"{mice[session.subject_id].nickname}/{session.start_time:%Y-%m-%d}/001"
        for i in range(each):
            name, key = FILES[i % len(FILES)], _key(rng)
            collection = "alf" if i < len(FILES) else f"alf/probe{i // len(FILES):02d}"
            qc, size = rng.choice([0, 10, 30]), rng.randint(100, 10**9)
            author = lab.people[i % 30].pk
            shared = (session.start_time, "", "", True, qc, size, author, kind.pk, form.pk, "")
            datasets.append((key, name, session.pk, collection, *shared))
            records.append((_key(rng), "", key, repository.pk, f"{folder}/{collection}/{name}", True))
        if len(datasets) >= BLOCK:
            _enter_files(datasets, records)
    _enter_files(datasets, records)


def _enter_files(datasets: list[Sequence[Any]], records: list[Sequence[Any]]) -> None:
    columns = ("id", "name", "session_id", "collection", "created_datetime", "hash", "version", "default_dataset", "qc")
    columns += ("file_size", "created_by_id", "dataset_type_id", "data_format_id", "generating_software")
    _copy(data.Dataset, columns, datasets)
    _copy(data.FileRecord, ("id", "name", "dataset_id", "data_repository_id", "relative_path", "exists"), records)
    datasets.clear()
    records.clear()


def _recordings(rng: random.Random, lab: GeneratedLab) -> None:
    recorded = lab.sessions[::10]
    model = experiments.ProbeModel.objects.first()
    insertions = _add(
        experiments.ProbeInsertion(id=_key(rng), session=session, name=name, model=model, serial="190")
        for session in recorded
        for name in ("probe00", "probe01")
    )
    _add(
        experiments.TrajectoryEstimate(
            id=_key(rng), probe_insertion=each, x=-2000.0, y=-2000.0, z=0.0, depth=4000.0, theta=15.0, phi=180.0
        )
        for each in insertions
    )
    _add(
        Task(id=_key(rng), name=f"step{i}", session=session, level=i, status=rng.choice([20, 40, 60]), graph="pipeline")
        for session in recorded
        for i in range(5)
    )


def _notes(rng: random.Random, lab: GeneratedLab) -> None:
    kinds = {model: ContentType.objects.get_for_model(model) for model in (subjects.Subject, actions.Session)}
    about = [(kinds[subjects.Subject], mouse.pk) for mouse in lab.mice]
    about += [(kinds[actions.Session], session.pk) for session in lab.sessions[::20]]
    _add(
        misc.Note(
            id=_key(rng),
            user=rng.choice(lab.people),
            text=rng.choice(["eats well", "bites", "moved to the other rig", "whiskers trimmed"]),
            date_time=_at(_day(rng, 400), rng),
            content_type=kind,
            object_id=key,
        )
        for kind, key in about
    )


def _welfare(rng: random.Random, lab: GeneratedLab) -> None:
    licences = _add(
        colony.Licence(id=_key(rng), number=f"PP{i}", lab=each, quota=2_000, start_date=date(2022, 1, 1))
        for i, each in enumerate(lab.labs)
    )
    used = {each.lab_id: each for each in licences}
    _add(colony.LicenceUse(id=_key(rng), licence=used[m.lab_id], subject=m, start_date=m.birth_date) for m in lab.mice)
    _add(
        colony.AdverseEvent(
            id=_key(rng), subject=m, user=m.responsible_user, date_time=_at(TODAY, rng), severity=2, description="thin"
        )
        for m in lab.mice[::10]
    )
    told = _add(
        actions.Notification(
            id=_key(rng),
            notification_type="mouse_underweight",
            title=f"{mouse} is underweight",
            subject=mouse,
            status="sent",
        )
        for mouse in lab.mice[::2]
    )
    _add(Delivery(notification=each, user=lab.people[i % 30]) for i, each in enumerate(told))
