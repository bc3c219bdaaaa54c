"""Insertions and chronic insertions over REST, and what they share with sessions: the filters by region."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.alyx.factories import Clients, make_dataset, make_session
from tests.alyx.recordings import CA1, HIPPOCAMPUS, ROOT, THALAMUS, make_chronic, make_probe, make_view

from bregma.alyx.actions.models import ProcedureType
from bregma.alyx.data.models import Dataset, Tag
from bregma.alyx.experiments.models import ImagingStack, ProbeInsertion, ProbeModel
from bregma.alyx.records import QC
from bregma.alyx.subjects.models import Project, Subject

if TYPE_CHECKING:
    from rest_framework.test import APIClient
    from tests.alyx.factories import World


KEYS = {"id", "session", "model", "session_info", "name", "json", "serial", "auto_datetime", "chronic_insertion"}


def names(client: APIClient, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["results"]]


def test_an_insertion_tells_of_its_session_and_chronic_insertion(client_of: Clients, world: World) -> None:
    world.session.projects.add(Project.objects.create(name="wide"))
    chronic = make_chronic(world.session)
    found = client_of("alice").get("/insertions?name=p_chronic00").json()["results"][0]
    assert set(found) == {*KEYS, "datasets"}
    assert found["chronic_insertion"] == str(chronic.pk)
    assert found["session_info"] == {
        "subject": "KS014",
        "start_time": "2024-01-31T10:00:00",
        "number": 1,
        "lab": "mainenlab",
        "id": str(world.session.pk),
        "projects": ["wide"],
        "task_protocol": "trainingChoiceWorld",
    }


def test_an_insertion_gets_the_datasets_of_its_folder_and_of_no_longer_name(client_of: Clients, world: World) -> None:
    for name in ("probe0", "probe00", "probe01"):
        dataset = make_dataset(world.session, f"spikes.times.{name}.npy")
        Dataset.objects.filter(pk=dataset.pk).update(collection=f"alf/{name}/pykilosort")
    client = client_of("alice")
    made = client.post("/insertions", {"session": str(world.session.pk), "name": "probe0"}, format="json")
    assert made.status_code == 201
    assert len(made.json()["datasets"]) == 1
    address = f"/insertions/{made.json()['id']}"
    assert [row["name"] for row in client.get(address).json()["datasets"]] == ["spikes.times.probe0.npy"]
    client.patch(address, {"name": "probe01"}, format="json")
    assert [row["name"] for row in client.get(address).json()["datasets"]] == ["spikes.times.probe01.npy"]


def test_an_insertion_has_the_serial_number_of_its_chronic_insertion(client_of: Clients, world: World) -> None:
    chronic = make_chronic(world.session)
    body = {"session": str(world.session.pk), "name": "probe00", "chronic_insertion": str(chronic.pk)}
    client = client_of("alice")
    for serial in ({}, {"serial": "other"}):
        refused = client.post("/insertions", {**body, **serial}, format="json")
        assert refused.status_code == 400
        assert refused.json()["non_field_errors"] == [
            "serial number of chronic insertion and probe insertion do not match"
        ]
    made = client.post("/insertions", {**body, "serial": "S1"}, format="json")
    assert made.status_code == 201
    address = f"/insertions/{made.json()['id']}"
    assert client.patch(address, {"serial": "other"}, format="json").status_code == 400
    assert client.patch(address, {"json": {"a": 1}}, format="json").json()["json"] == {"a": 1}


def test_a_name_is_once_in_a_session(client_of: Clients, world: World) -> None:
    make_probe(world.session)
    refused = client_of("alice").post("/insertions", {"session": str(world.session.pk), "name": "probe00"})
    assert refused.status_code == 400
    assert refused.json()["non_field_errors"] == ["The fields name, session must make a unique set."]


FILTERS: dict[str, list[str]] = {
    "subject=KS014": ["probe00"],
    "subject=ks014": [],
    "date=2024-01-31": ["probe00"],
    "date=2024-02-01": ["probe01"],
    "experiment_number=2": ["probe01"],
    "lab=MAINENLAB": ["probe01", "probe00"],
    "lab=mainen": [],
    "model=Neuropixel 3A": ["probe00"],
    "model=3A": [],
    "serial=19": ["probe00"],
    "project=WID": ["probe00"],
    "task_protocol=CHOICE": ["probe01", "probe00"],
    "django=session__subject__nickname__icontains,ks": ["probe00"],
    "django=~session__number,1": ["probe01"],
    "django=trajectory_estimate__provenance,70": ["probe01", "probe00"],
    "django=chronic_insertion,None": ["probe01", "probe00"],
}


def test_insertions_are_chosen_by(client_of: Clients, world: World) -> None:
    other = Subject.objects.create(nickname="M2", lab=world.lab, responsible_user=world.people["alice"])
    probe = make_probe(world.session)
    probe.model, probe.serial = ProbeModel.objects.get(probe_model="3A"), "19"
    probe.save()
    world.session.projects.add(Project.objects.create(name="wide"), Project.objects.create(name="wider"))
    make_probe(make_session(other, number=2, day=date(2024, 2, 1)), "probe01")
    client = client_of("alice")
    assert {query: names(client, f"/insertions?{query}") for query in FILTERS} == FILTERS


def test_insertions_are_chosen_by_their_datasets(client_of: Clients, world: World) -> None:
    probe, client = make_probe(world.session), client_of("alice")
    make_probe(world.session, "probe01")
    good = make_dataset(world.session, tag=Tag.objects.create(name="release_1"))
    critical = make_dataset(world.session, "bad.npy")
    Dataset.objects.filter(pk=critical.pk).update(qc=QC.CRITICAL)
    probe.datasets.add(good, critical)
    for query, count in {
        f"datasets={good.name}": 1,
        f"datasets={good.name},no.npy": 0,
        "datasets=bad.npy": 0,
        "datasets=bad.npy&dataset_qc_lte=critical": 1,
        "dataset_types=trials.table": 1,
        "dataset_types=trials.table,spikes.times": 0,
        "tag=RELEASE": 1,
        "dataset_qc_lte=PASS": 1,
        "dataset_qc_lte=PASS&dataset_types=trials.table": 1,
    }.items():
        assert len(names(client, f"/insertions?{query}")) == count, query
    assert client.get("/insertions?dataset_qc_lte=fine").status_code == 400


REGIONS = {
    "atlas_id=382": True,
    "atlas_id=1089": True,
    "atlas_id=997": True,
    "atlas_id=549": False,
    "atlas_id=1": False,
    "atlas_acronym=ca1": True,
    "atlas_acronym=HPF": True,
    "atlas_acronym=TH": False,
    "atlas_acronym=NOPE": False,
    "atlas_name=field ca": True,
    "atlas_name=hippocampal": True,
    "atlas_name=thalamus": False,
}


@pytest.mark.parametrize("path", ["insertions", "chronic-insertions", "sessions", "fields-of-view", "imaging-stack"])
def test_a_region_stands_for_all_within_it(client_of: Clients, world: World, path: str) -> None:
    if path in ("insertions", "sessions"):
        make_probe(world.session)
    make_chronic(world.session) if path == "chronic-insertions" else None
    if path in ("fields-of-view", "imaging-stack"):
        view = make_view(world.session)
        view.stack = ImagingStack.objects.create(name="stack")
        view.save()
    client = client_of("alice")
    found = {query: client.get(f"/{path}?{query}").json()["count"] for query in REGIONS}
    assert found == {query: int(expected) for query, expected in REGIONS.items()}
    assert client.get(f"/{path}?atlas_id=many").status_code == 400


def test_only_the_last_word_on_a_place_counts(client_of: Clients, world: World) -> None:
    make_probe(world.session, provenance=50)
    make_view(world.session, default=False)
    client = client_of("alice")
    for path in ("insertions", "sessions", "fields-of-view"):
        assert client.get(f"/{path}?atlas_id={CA1}").json()["count"] == 0


def test_a_session_is_listed_for_each_track_in_a_region_and_once_by_a_free_filter(
    client_of: Clients, world: World
) -> None:
    for i, region in enumerate((CA1, HIPPOCAMPUS, THALAMUS)):
        make_probe(world.session, f"probe0{i}", region=region)
    client = client_of("alice")
    assert client.get(f"/sessions?atlas_id={ROOT}").json()["count"] == 3
    assert client.get(f"/sessions?atlas_id={HIPPOCAMPUS}").json()["count"] == 2
    assert client.get(f"/sessions?atlas_id={ROOT}&django=number,1").json()["count"] == 1


def test_sessions_are_chosen_by_histology_of_their_subject(client_of: Clients, world: World) -> None:
    other = Subject.objects.create(nickname="M2", lab=world.lab)
    make_session(other)
    sliced = make_session(world.subject, number=2)
    sliced.procedures.add(ProcedureType.objects.get_or_create(name="Histology")[0])
    client = client_of("alice")
    found = {
        value: {row["subject"] for row in client.get(f"/sessions?histology={value}").json()["results"]}
        for value in ("true", "False")
    }
    assert found == {"true": {"KS014"}, "False": {"M2"}}


def test_a_chronic_insertion_lists_its_uses(client_of: Clients, world: World) -> None:
    client = client_of("alice")
    body = {"subject": "KS014", "serial": "S1", "model": "3B2", "name": "chronic00", "json": {"c": 1}}
    made = client.post("/chronic-insertions", body, format="json")
    assert made.status_code == 201
    assert (made.json()["model"], made.json()["lab"], made.json()["probe_insertion"]) == ("3B2", None, [])
    key = made.json()["id"]
    model = ProbeModel.objects.get(probe_model="3B2")
    probe = ProbeInsertion.objects.create(
        session=world.session, name="probe00", chronic_insertion_id=key, serial="S1", model=model
    )
    use = client.get(f"/chronic-insertions/{key}").json()["probe_insertion"][0]
    assert (use["id"], use["name"], use["model"], use["serial"]) == (str(probe.pk), "probe00", model.name, "S1")
    assert use["session_info"]["subject"] == "KS014"
    assert set(client.patch(f"/chronic-insertions/{key}", {"serial": "S2"}, format="json").json()) == {
        *("id", "name", "subject", "lab", "model", "start_time", "serial", "json", "probe_insertion")
    }
    assert client.delete(f"/chronic-insertions/{key}").status_code == 204
    assert ProbeInsertion.objects.get().chronic_insertion is None


def test_chronic_insertions_are_chosen_by(client_of: Clients, world: World) -> None:
    chronic, client = make_chronic(world.session), client_of("alice")
    probe = chronic.probe_insertion.get()
    for query, count in {
        "subject=KS014": 1,
        "subject=M2": 0,
        "lab=mainenlab": 1,
        "model=Neuropixel 3A": 0,
        f"probe={probe.pk}": 1,
        f"session={world.session.pk}": 1,
        f"session={probe.pk}": 0,
        "serial=S1": 1,
        "serial=S2": 0,
        "name=chronic00": 1,
        "narrative=x": 0,
        "django=probe_insertion__name,p_chronic00": 1,
    }.items():
        assert len(names(client, f"/chronic-insertions?{query}")) == count, query


@pytest.mark.parametrize("path", ["insertions", "chronic-insertions"])
def test_members_of_other_labs_may_not_write(client_of: Clients, world: World, path: str) -> None:
    chronic = make_chronic(world.session)
    key = chronic.pk if path == "chronic-insertions" else chronic.probe_insertion.get().pk
    for person, status in {"charlie": 403, "visitor": 403, "anonymous": 403, "bob": 200, "dora": 200}.items():
        answer = client_of(person).patch(f"/{path}/{key}", {"json": {}}, format="json")
        assert answer.status_code == status, person


def test_the_public_sees_what_hangs_on_sessions_that_it_sees(client_of: Clients, world: World) -> None:
    make_chronic(world.session)
    make_view(world.session)
    hidden = make_session(world.subject, number=2)
    make_chronic(hidden, "chronic01")
    make_view(hidden)
    paths = ("insertions", "chronic-insertions", "trajectories", "channels", "fields-of-view", "fov-location")
    visitor = client_of("visitor")
    assert {path: visitor.get(f"/{path}").json()["count"] for path in paths} == dict.fromkeys(paths, 0)
    make_dataset(world.session, tag=Tag.objects.create(name="open", public=True))
    assert {path: visitor.get(f"/{path}").json()["count"] for path in paths} == dict.fromkeys(paths, 1)
    assert {path: client_of("bob").get(f"/{path}").json()["count"] for path in paths} == dict.fromkeys(paths, 2)
