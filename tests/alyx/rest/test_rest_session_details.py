"""What a session shows of itself over REST, and how sessions are found by their datasets and people."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils.timezone import now
from tests.alyx.factories import Clients, make_dataset, make_session

from bregma.alyx.actions.models import Session
from bregma.alyx.data.models import DataRepository, Dataset, FileRecord
from bregma.alyx.experiments.models import FOV, ImagingType, ProbeInsertion
from bregma.alyx.misc.models import LabLocation
from bregma.alyx.notebook.notes.services import write_note
from bregma.alyx.subjects.models import Project, Subject

if TYPE_CHECKING:
    from tests.alyx.factories import World


def test_a_session_shows_its_insertions_fields_of_view_and_notes(client_of: Clients, world: World) -> None:
    insertion = ProbeInsertion.objects.create(session=world.session, name="probe00", serial="1")
    view = FOV.objects.create(
        session=world.session, name="FOV_00", imaging_type=ImagingType.objects.get_or_create(name="mesoscope")[0]
    )
    write_note(world.session, "well done", by=world.people["alice"])
    write_note(world.subject, "of the subject", by=world.people["alice"])
    found = client_of("bob").get(f"/sessions/{world.session.pk}").json()
    assert [(row["id"], row["session_info"]["subject"]) for row in found["probe_insertion"]] == [
        (str(insertion.pk), "KS014")
    ]
    assert [(row["id"], row["imaging_type"]) for row in found["field_of_view"]] == [(str(view.pk), "mesoscope")]
    assert [(note["text"], note["content_type"], note["user"]) for note in found["notes"]] == [
        ("well done", "actions.session", "alice")
    ]


def test_a_download_comes_from_the_last_repository_that_is_no_computer_of_a_person(
    client_of: Clients, world: World
) -> None:
    dataset = make_dataset(world.session)
    for name, personal in (("aws", False), ("zlaptop", True)):
        repository = DataRepository.objects.create(name=name, data_url=f"https://{name}/", globus_is_personal=personal)
        FileRecord.objects.create(dataset=dataset, data_repository=repository, exists=True, relative_path="a/b.npy")
    urls = [row["data_url"] for row in _datasets(client_of, world)]
    assert urls == [
        f"http://testserver/store/mainenlab/Subjects/KS014/2024-01-31/001/alf/_ibl_trials.table.{dataset.pk}.pqt"
    ]
    FileRecord.objects.filter(data_repository__name__startswith="local").update(exists=False)
    assert [row["data_url"] for row in _datasets(client_of, world)] == [f"https://aws/a/b.{dataset.pk}.npy"]


def _datasets(client_of: Clients, world: World) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (
        client_of("alice").get(f"/sessions/{world.session.pk}").json()["data_dataset_session_related"]
    )
    return rows


@pytest.fixture
def recorded(world: World) -> Session:
    """A session with two datasets that pass, one critical, and one that no server has."""
    session = world.session
    session.users.add(world.people["alice"], world.people["bob"])
    session.projects.add(Project.objects.create(name="brainwide"))
    Session.objects.filter(pk=session.pk).update(
        location=LabLocation.objects.create(name="rig_upstairs", lab=world.lab),
        extended_qc={"tracing": 1},
        json={"a": {"b": 2}},
        n_trials=3,
        n_correct_trials=2,
        type="Experiment",
    )
    for name, qc in (("a.b.npy", 10), ("c.d.npy", 10), ("e.f.npy", 50), ("g.h.npy", 10)):
        Dataset.objects.filter(pk=make_dataset(session, name).pk).update(qc=qc)
    FileRecord.objects.filter(dataset__name="g.h.npy").update(exists=False)
    return session


FILTERS = {
    "users=alice,bob": 1,
    "users=alice,dora": 0,
    "lab=MainenLab": 1,
    "location=UPSTAIRS": 1,
    "datasets=a.b.npy,c.d.npy": 1,
    "datasets=e.f.npy": 0,
    "datasets=e.f.npy&dataset_qc_lte=CRITICAL": 1,
    "datasets=g.h.npy": 0,
    "dataset_types=trials.table": 1,
    "dataset_types=trials.table&dataset_qc_lte=pass": 1,
    "dataset_types=trials.table&dataset_qc_lte=NOT_SET": 0,
    "dataset_qc_lte=PASS": 3,
    "dataset_qc_lte=NOT_SET": 0,
    "performance_lte=66&performance_gte=66": 1,
    "performance_gte=66.5": 0,
    "type=experiment": 1,
    "project=wide": 1,
    "projects=wide&number=1": 1,
    "n_trials=3": 1,
    "n_correct_trials=3": 0,
    "narrative=": 1,
    "start_time=2024-01-31T10:00:00": 1,
    "extended_qc=tracing,1": 1,
    "extended_qc=tracing__gt,1": 0,
    "json=a__b,2": 1,
}


@pytest.mark.usefixtures("recorded")
def test_sessions_are_found_as_the_wire_says(client_of: Clients) -> None:
    client = client_of("alice")
    assert {query: client.get(f"/sessions?{query}").json()["count"] for query in FILTERS} == FILTERS


def test_a_list_by_quality_names_a_session_once_for_each_of_its_datasets(client_of: Clients, recorded: Session) -> None:
    rows = client_of("alice").get("/sessions?dataset_qc_lte=PASS&limit=2").json()
    assert [row["id"] for row in rows["results"]] == [str(recorded.pk)] * 2
    assert rows["count"] == 3


@pytest.mark.parametrize("query", ["dataset_qc_lte=nice", "extended_qc=bad", "json=bad", "parent_session=x"])
def test_parameters_of_sessions_that_make_no_sense_are_refused(client_of: Clients, query: str) -> None:
    assert client_of("alice").get(f"/sessions?{query}").status_code == 400


def test_a_session_that_is_moved_past_its_end_keeps_its_length(client_of: Clients, world: World) -> None:
    start = world.session.start_time
    Session.objects.filter(pk=world.session.pk).update(end_time=start + timedelta(hours=1))
    body = {"subject": "KS014", "start_time": "2024-02-05T09:00:00", "number": 2}
    moved = client_of("alice").put(f"/sessions/{world.session.pk}", body, format="json").json()
    assert (moved["number"], moved["start_time"]) == (2, "2024-02-05T09:00:00")
    assert (moved["end_time"], moved["task_protocol"]) == ("2024-02-05T10:00:00", "trainingChoiceWorld")
    told = client_of("alice").patch(moved["url"], {"start_time": "2024-02-05T09:30:00"}, format="json").json()
    assert told["end_time"] == "2024-02-05T10:00:00"


def test_a_session_needs_only_a_subject(client_of: Clients, world: World) -> None:
    made = client_of("alice").post("/sessions", {"subject": "KS014"}, format="json").json()
    assert (made["users"], made["lab"], made["number"], made["type"]) == (["alice"], "mainenlab", None, None)
    assert abs(now() - Session.objects.get(pk=made["id"]).start_time) < timedelta(minutes=5)


def test_a_list_of_sessions_has_the_newest_first(client_of: Clients, world: World) -> None:
    subject = Subject.objects.create(nickname="KS015", lab=world.lab)
    newer = make_session(subject, day=world.session.start_time.date() + timedelta(days=1))
    rows = client_of("alice").get("/sessions").json()["results"]
    assert [row["id"] for row in rows] == [str(newer.pk), str(world.session.pk)]
    assert list(rows[0]) == ["id", "subject", "start_time", "number", "lab", "projects", "url", "task_protocol"]
