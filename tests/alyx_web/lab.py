"""A small analysed lab: alice owns, bob is her delegate, mia her lab mate, charlie a stranger, pat the public."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd

from bregma.pipelines.arrays import to_bytes

START = datetime(2024, 3, 4, 10, 0, tzinfo=UTC)
N_TRAINING = 11
TRAINING = "_iblrig_tasks_trainingChoiceWorld"


def make_trials(n: int, skill: float, *, blocks: bool, seed: int) -> pd.DataFrame:
    """Trials of a mouse that answers right with a chance that grows with contrast and skill."""
    rng = np.random.default_rng(seed)
    contrast = rng.choice([1.0, 0.5, 0.25, 0.125, 0.0625, 0.0], n)
    left_probability = np.repeat([0.5, 0.2, 0.8], -(-n // 3))[:n] if blocks else np.full(n, 0.5)
    left = rng.random(n) < left_probability
    signed = np.where(left, -contrast, contrast) * 100
    shift = (left_probability - 0.5) * 30
    p_right = 0.05 + 0.9 / (1 + np.exp(-(signed - shift) * skill / 10))
    right = rng.random(n) < p_right
    correct = right == ~left
    start = np.arange(n) * 4.0 + 1
    reaction = np.exp(rng.normal(-1, 0.5, n)) * (1.5 - np.abs(signed) / 200)
    return pd.DataFrame(
        {
            "contrastLeft": np.where(left, contrast, np.nan),
            "contrastRight": np.where(left, np.nan, contrast),
            "probabilityLeft": left_probability,
            "choice": np.where(right, -1.0, 1.0),
            "feedbackType": np.where(correct, 1.0, -1.0),
            "stimOn_times": start,
            "goCue_times": start + 0.01,
            "response_times": start + reaction,
            "feedback_times": start + reaction + 0.01,
        }
    )


def make_spikes(trials: pd.DataFrame | None, *, n_units: int = 12, duration: float = 300.0) -> dict[str, Any]:
    """Spikes of units along a probe; every third one answers to the stimulus."""
    rng = np.random.default_rng(7)
    times, clusters = [], []
    for unit in range(n_units):
        own = rng.uniform(0, duration, rng.poisson((1 + unit) * duration))
        if trials is not None and unit % 3 == 0:
            evoked = trials["stimOn_times"].to_numpy()[:, None] + rng.uniform(0.05, 0.2, (len(trials), 3))
            own = np.concatenate([own, evoked.ravel()])
        times.append(own[own < duration])
        clusters.append(np.full(times[-1].size, unit))
    order = np.argsort(np.concatenate(times))
    unit = np.concatenate(clusters)[order]
    return {
        "times": np.concatenate(times)[order],
        "clusters": unit,
        "amps": rng.lognormal(np.log(80e-6), 0.2, order.size),
        "depths": unit * 150.0 + 200 + rng.normal(0, 12, order.size),
    }


@dataclass
class MemorySource:
    """What the analyses load, by session and insertion."""

    trials: dict[str, pd.DataFrame] = field(default_factory=dict)
    spikes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def load_trials(self, eid: str) -> Mapping[str, Any]:
        return {str(name): column.to_numpy() for name, column in self.trials[eid].items()}

    def load_spikes(self, pid: str) -> Any:
        from bregma.pipelines.sources import Spikes

        return Spikes(**self.spikes[pid])


@dataclass
class World:
    """Names of what the tests look at."""

    users: dict[str, Any] = field(default_factory=dict)
    subject: Any = None
    private: Any = None
    trained: Any = None
    ephys: Any = None
    plain: Any = None
    choiceless: Any = None
    waiting: Any = None
    pid: UUID | None = None
    plain_pid: UUID | None = None
    choiceless_pid: UUID | None = None
    make: Any = None


class Builder:
    """Makes rows and files as a rig and its registration would."""

    def __init__(self, store: Path) -> None:
        from bregma.alyx.data.models import DataFormat, DataRepository, DatasetType
        from bregma.alyx.misc.models import Lab
        from bregma.alyx.subjects.models import MOUSE, Species

        self.store = store
        self.source = MemorySource()
        Species.objects.get_or_create(pk=MOUSE, defaults={"name": "Mus musculus", "nickname": "Laboratory mouse"})
        self.lab = Lab.objects.create(name="lighthouse", institution="Harbour University", reference_weight_pct=0.85)
        self.other_lab = Lab.objects.create(name="lagoon")
        self.repository = DataRepository.objects.create(name="lighthouse_local")
        self.format, _ = DataFormat.objects.get_or_create(name="web_test_npy", file_extension=".npy")
        self.type, _ = DatasetType.objects.get_or_create(name="web_test_type", filename_pattern="web.test")

    def user(self, name: str, *, lab: Any = None, **flags: Any) -> Any:
        from bregma.alyx.misc.models import LabMember, LabMembership

        user = LabMember(username=name, is_staff=not flags.get("is_public_user"), **flags)
        user.set_password(f"{name}-secret-9")
        user.save()
        if lab is not None:
            LabMembership.objects.create(user=user, lab=lab, start_date=START.date())
        return user

    def subject(self, nickname: str, owner: Any, **facts: Any) -> Any:
        from bregma.alyx.subjects.models import Subject

        birth = START.date() - timedelta(days=100)
        return Subject.objects.create(
            nickname=nickname, lab=self.lab, responsible_user=owner, birth_date=birth, sex="F", **facts
        )

    def session(
        self, subject: Any, day: int, *, protocol: str = "_iblrig_tasks_trainingChoiceWorld", **facts: Any
    ) -> Any:
        from bregma.alyx.actions.models import Session

        start = START + timedelta(days=day)
        end = start + timedelta(minutes=52)
        return Session.objects.create(
            subject=subject, lab=subject.lab, start_time=start, end_time=end, number=1, task_protocol=protocol, **facts
        )

    def file(self, session: Any, collection: str, name: str, content: bytes, *, tag: Any = None) -> Any:
        import hashlib

        from bregma.alyx.data.addresses import path_with_uuid
        from bregma.alyx.data.models import Dataset, FileRecord

        dataset = Dataset.objects.create(
            session=session,
            name=name,
            collection=collection,
            file_size=len(content),
            hash=hashlib.md5(content, usedforsecurity=False).hexdigest(),
            dataset_type=self.type,
            data_format=self.format,
        )
        if tag is not None:
            dataset.tags.add(tag)
        folder = f"{session.subject.nickname}/{session.start_time:%Y-%m-%d}/{session.number:03d}/{collection}"
        relative = f"{folder}/{name}"
        path = self.store / f"{session.lab.name}/Subjects" / path_with_uuid(relative, dataset.pk)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        FileRecord.objects.create(dataset=dataset, data_repository=self.repository, relative_path=relative, exists=True)
        return dataset

    def trials(self, session: Any, trials: pd.DataFrame, *, tag: Any = None) -> None:
        from io import BytesIO

        stream = BytesIO()
        trials.to_parquet(stream)
        self.source.trials[str(session.pk)] = trials
        self.file(session, "alf", "_ibl_trials.table.pqt", stream.getvalue(), tag=tag)
        session.n_trials = len(trials)
        session.n_correct_trials = int((trials["feedbackType"] > 0).sum())
        session.save()

    def columns(self, session: Any, trials: pd.DataFrame) -> None:
        """Add trials as a file per column."""
        self.source.trials[str(session.pk)] = trials
        for name in trials.columns:
            self.file(session, "alf", f"trials.{name}.npy", to_bytes(trials[name].to_numpy()))

    def spikes(self, session: Any, spikes: dict[str, Any]) -> UUID:

        from bregma.alyx.experiments.models import ProbeInsertion

        insertion = ProbeInsertion.objects.create(session=session, name="probe00")
        self.source.spikes[str(insertion.pk)] = spikes
        for name, values in spikes.items():
            self.file(session, "alf/probe00", f"spikes.{name}.npy", to_bytes(values))
        return insertion.pk


def build_world(store: Path) -> tuple[World, Builder]:
    """Make people, two subjects and their sessions."""
    from bregma.alyx.data.models import Tag

    make = Builder(store)
    world = World(make=make)
    for name in ("alice", "bob", "mia"):
        world.users[name] = make.user(name, lab=make.lab if name != "bob" else None)
    world.users["charlie"] = make.user("charlie", lab=make.other_lab)
    world.users["pat"] = make.user("pat", is_public_user=True)
    world.users["root"] = make.user("root", is_superuser=True)
    world.users["alice"].allowed_users.add(world.users["bob"])
    world.subject = make.subject(
        "WREN_01", world.users["alice"], json={"source": "A public recording", "licence": "MIT", "simulated": ["cage"]}
    )
    world.private = make.subject("OWL_02", world.users["alice"])
    _train(make, world, Tag.objects.create(name="web-test-public", public=True))
    _record(make, world)
    _care(world)
    return world, make


def _train(make: Builder, world: World, tag: Any) -> None:
    for day in range(N_TRAINING):
        session = make.session(world.subject, day, json={"source": "A public recording", "licence": "MIT"})
        session.users.add(world.users["alice"])
        trials = make_trials(250 + 40 * day, 0.15 + 0.12 * day, blocks=day > 8, seed=day)
        last = day == N_TRAINING - 1
        make.trials(session, trials, tag=tag if last else None)
        world.trained = session if last else world.trained


def _record(make: Builder, world: World) -> None:
    world.ephys = make.session(world.private, 20, protocol="_iblrig_tasks_ephysChoiceWorld")
    trials = make_trials(75, 1.2, blocks=True, seed=99)
    make.trials(world.ephys, trials)
    world.pid = make.spikes(world.ephys, make_spikes(trials))
    world.plain = make.session(world.private, 21, protocol="passive")
    unplaced = make_spikes(None, n_units=5)
    world.plain_pid = make.spikes(world.plain, {name: unplaced[name] for name in ("times", "clusters")})
    world.choiceless = make.session(world.private, 19, protocol="imported")
    make.columns(world.choiceless, trials[["feedbackType", "goCue_times", "response_times"]])
    world.choiceless_pid = make.spikes(world.choiceless, make_spikes(trials))


def _care(world: World) -> None:
    from bregma.alyx.actions.models import WaterAdministration, WaterRestriction, Weighing

    WaterRestriction.objects.create(subject=world.subject, start_time=START, reference_weight=24.0)
    for day in range(N_TRAINING):
        when, marked = START + timedelta(days=day), {"simulated": True}
        weight = 24.0 - 0.4 * min(day, 6) + 0.1 * day
        Weighing.objects.create(subject=world.subject, date_time=when, weight=weight, json=marked)
        WaterAdministration.objects.create(subject=world.subject, date_time=when, water_administered=0.3)
        WaterAdministration.objects.create(
            subject=world.subject, date_time=when, water_administered=0.8, session=world.trained
        )


def analyse(make: Builder) -> None:
    """Let a worker compute everything once."""
    from django.db import connection

    from bregma.pipelines.connection import connect
    from bregma.pipelines.tables import declare
    from bregma.pipelines.worker import populate_once

    given = connection.settings_dict
    parameters = {"dbname": given["NAME"], "user": given["USER"], "host": given["HOST"], "port": given["PORT"] or 5432}
    instance = connect({key: value for key, value in parameters.items() if value})
    try:
        populate_once(declare(instance), make.source)
    finally:
        instance.connection.close()


def remove_world() -> None:
    """Delete the rows, so that the tests of other rooms find an empty lab; results go with their inputs."""
    from bregma.alyx.data.models import DataFormat, DataRepository, Dataset, DatasetType, Tag
    from bregma.alyx.misc.models import Lab, LabMember
    from bregma.alyx.subjects.models import Subject

    Subject.objects.all().delete()
    Dataset.objects.all().delete()
    DataRepository.objects.filter(name="lighthouse_local").delete()
    DataFormat.objects.filter(name="web_test_npy").delete()
    DatasetType.objects.filter(name="web_test_type").delete()
    Tag.objects.filter(name="web-test-public").delete()
    Lab.objects.all().delete()
    LabMember.objects.filter(username__in=["alice", "bob", "mia", "charlie", "pat", "root"]).delete()
