"""ONE finds the same on this server and in the tables that it makes for the same person."""

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.test import Client
from tests.alyx.factories import Clients, World, make_dataset, make_session
from tests.alyx.rest.archives import body

from bregma.alyx.actions.models import ProcedureType, Session
from bregma.alyx.data.models import Dataset, Tag
from bregma.alyx.experiments.models import BrainRegion, Channel, ProbeInsertion, ProbeModel, TrajectoryEstimate
from bregma.alyx.misc.models import LabLocation
from bregma.alyx.subjects.models import Project, Subject
from bregma.one import ONE, AlyxClient

ADDRESS = "http://alyx.test"

SEARCHES: list[dict[str, Any]] = [
    {},
    {"subject": "KS014"},
    {"subject": "ks"},
    {"subject": "^KS01[45]$"},
    {"subject": ["014", "other"]},
    {"subject": "14"},
    {"subject": "KS{1}"},
    {"subject": "(KS)0"},
    {"subject": "nobody"},
    {"subject": []},
    {"subject": ["KS014", *(f"mouse_{i:04d}" for i in range(300))]},
    {"subject": [f"KS{i}.*[0-9]" for i in range(30)]},
    {"lab": "MAINEN"},
    {"lab": ["mainenlab", "otherlab"]},
    {"number": 2},
    {"number": ["1", 3]},
    {"projects": "IBL"},
    {"projects": "^ibl_a$"},
    {"projects": "ibl_a,ibl_b"},
    {"projects": ["nothing", "b$"]},
    {"task": "ephys"},
    {"task": ["training.*World$", "passive"]},
    {"task_protocol": "world", "subject": "KS", "number": [1, 2]},
    {"date": "2024-01-31"},
    {"date": ["2024-02-01", None]},
    {"date": [None, "2024-01-31"]},
    {"date": ["2024-01-31", "2024-02-01"], "lab": "mainen"},
    {"date": ["2024-02-01", "2024-01-31"]},
    {"datasets": "_ibl_trials.table.pqt"},
    {"datasets": ["_ibl_trials.table.pqt", "spikes.times.npy"]},
    {"datasets": "spikes.times.npy", "dataset_qc_lte": "PASS"},
    {"datasets": "spikes.*"},
    {"datasets": "spikes.*", "dataset_qc_lte": "PASS"},
    {"datasets": [".*trials.*", "spikes.times.npy"]},
    {"datasets": [".*trials.*", "SPIKES.*npy"], "number": 2},
    {"dataset_qc_lte": "PASS"},
    {"dataset_types": "trials.table"},
    {"tag": "relea"},
    {"tag": ["release", "nothing"]},
    {"qc": "WARNING"},
    {"qc": ["WARNING", "PASS"]},
    {"performance_gte": 75},
    {"performance_lte": 75},
    {"users": "alice"},
    {"users": ["alice", "bob"]},
    {"location": "RIG"},
    {"procedures": "ephys"},
    {"type": "experiment"},
    {"atlas_acronym": "TH"},
    {"atlas_name": "thalamus"},
    {"atlas_id": 549},
]

INSERTION_SEARCHES: list[dict[str, Any]] = [
    {},
    {"name": "probe00"},
    {"name": "^PROBE"},
    {"subject": "KS014", "model": "3b"},
    {"number": 2},
    {"serial": "1$"},
    {"date": "2024-01-31"},
    {"projects": "ibl_a"},
    {"atlas_acronym": "TH"},
    {"atlas_acronym": "VPM"},
    {"task": "ephys"},
]


@pytest.fixture
def filled(world: World) -> World:
    """Return the collaboration with sessions that the searches tell apart."""
    project_a, project_b = (Project.objects.create(name=name) for name in ("ibl_a", "ibl_b"))
    second = make_session(world.subject, number=2)
    third = make_session(Subject.objects.create(nickname="KS015", lab=world.lab), number=3, day=date(2024, 2, 1))
    make_session(Subject.objects.create(nickname="other_14", lab=world.other_lab))
    told = {
        "type": "Experiment",
        "n_trials": 100,
        "n_correct_trials": 80,
        "qc": 30,
        "task_protocol": "ephysChoiceWorld",
    }
    rig = LabLocation.objects.create(name="rig-2", lab=world.lab)
    Session.objects.filter(pk=second.pk).update(**told, location=rig)
    Session.objects.filter(pk=third.pk).update(n_trials=100, n_correct_trials=50, qc=10)
    world.session.projects.add(project_a, project_b)
    second.projects.add(project_a)
    second.users.add(world.people["alice"], world.people["bob"])
    third.users.add(world.people["alice"])
    second.procedures.add(ProcedureType.objects.get(name="Ephys recording with acute probe(s)"))
    make_dataset(world.session, tag=Tag.objects.create(name="release", public=True))
    make_dataset(second)
    Dataset.objects.filter(pk=make_dataset(second, "spikes.times.npy").pk).update(qc=30)
    make_dataset(third, "spikes.times.npy")
    insert_probes(second, third)
    return world


def insert_probes(second: Session, third: Session) -> None:
    """Put probes into the thalamus, one of them into a nucleus of it."""
    brain, _ = BrainRegion.objects.get_or_create(id=549, defaults={"acronym": "TH", "name": "Thalamus"})
    nucleus, _ = BrainRegion.objects.get_or_create(
        id=733, defaults={"acronym": "VPM", "name": "Ventral posteromedial nucleus", "parent": brain}
    )
    model = ProbeModel.objects.create(name="3B2")
    for session, name, region in ((second, "probe00", nucleus), (second, "probe01", brain), (third, "probe00", None)):
        probe = ProbeInsertion.objects.create(session=session, name=name, model=model, serial=f"{session.number}1")
        if region:
            track = TrajectoryEstimate.objects.create(probe_insertion=probe, provenance=70, x=0, y=0, z=0)
            Channel.objects.create(trajectory_estimate=track, axial=20, lateral=0, brain_region=region)


def ones(world: World, client_of: Clients, folder: Path) -> tuple[ONE, ONE]:
    """Make a client of the server in this process, and one of the tables it makes, both of alice."""
    token = world.token("alice")["Authorization"].removeprefix("Token ")
    zipfile.ZipFile(io.BytesIO(body(client_of("alice").get("/cache.zip")))).extractall(folder)
    client = AlyxClient(ADDRESS, token=token, transport=httpx.MockTransport(_in_process))
    return ONE(client=client, cache_dir=folder), ONE(cache_dir=folder, tables_dir=folder, mode="local")


def _in_process(request: httpx.Request) -> httpx.Response:
    headers = {name: value for name, value in request.headers.items() if name in {"authorization", "accept"}}
    target = request.url.raw_path.decode()
    kind = request.headers.get("content-type", "application/json")
    answer: Any = Client().generic(request.method, target, request.read(), content_type=kind, headers=headers)
    return httpx.Response(answer.status_code, headers=dict(answer.items()), content=body(answer))


def test_searches_find_the_same_on_the_server_and_in_its_tables(
    filled: World, client_of: Clients, tmp_path: Path
) -> None:
    remote, local = ones(filled, client_of, tmp_path)
    found: dict[int, int] = {}
    for terms in SEARCHES:
        eids = remote.search(**terms)
        assert all(isinstance(eid, UUID) for eid in eids)
        assert eids == local.search(**terms), terms
        found[len(eids)] = found.get(len(eids), 0) + 1
    assert len(found) == 5
    for terms in INSERTION_SEARCHES:
        assert remote.search_insertions(**terms) == local.search_insertions(**terms), terms


def test_a_path_leads_to_files_by_one_request(filled: World, client_of: Clients, tmp_path: Path) -> None:
    remote, local = ones(filled, client_of, tmp_path)
    for name in ("KS014/2024-01-31/002", "2024-01-31_2_KS014"):
        assert remote.list_datasets(name) == local.list_datasets(name)
    assert remote.find_datasets("KS014/2024-01-31/001") == remote.find_datasets(filled.session.pk)


def test_only_a_server_answers_its_own_filters(filled: World, client_of: Clients, tmp_path: Path) -> None:
    remote, local = ones(filled, client_of, tmp_path)
    free = ["n_trials__gte,100", "number,2"]
    assert remote.search(django=free) == remote.search(django=",".join(free)) == remote.search(number=2)
    with pytest.raises(ValueError, match="only a server answers 'django'"):
        local.search(django=free)
