"""What members could do to each other's data, their names and the installation, and may not."""

from typing import Any

import pytest
from django.db import connection
from tests.alyx.factories import Clients, World, make_dataset, make_session

from bregma.alyx.data.models import DataRepository, Dataset, DatasetType, FileRecord, Tag
from bregma.alyx.misc.models import Lab, LabMember
from bregma.alyx.subjects.models import Subject

NEW = {"dataset_type": "trials.table", "data_format": "parquet"}


@pytest.fixture
def protected(world: World) -> Dataset:
    return make_dataset(world.session, tag=Tag.objects.create(name="release", protected=True))


def test_nobody_renames_or_deletes_an_account_but_a_superuser(client_of: Clients, world: World) -> None:
    bob = client_of("bob")
    assert bob.patch("/users/bob", {"username": "alice2"}).status_code == 403
    assert bob.delete("/users/bob").status_code == 403
    assert bob.patch("/users/bob", {"username": "bob", "email": "bob@example.org"}).status_code == 200
    assert client_of("root").delete("/users/bob").status_code == 204
    assert not LabMember.objects.filter(username="bob").exists()


def test_a_lab_with_a_protected_dataset_stays(client_of: Clients, protected: Dataset) -> None:
    assert client_of("root").delete("/labs/mainenlab").status_code == 403
    assert Dataset.objects.filter(pk=protected.pk).exists()
    protected.tags.clear()
    connection.check_constraints()  # as at the end of that change
    assert client_of("root").delete("/labs/mainenlab").status_code == 204
    assert not Lab.objects.filter(name="mainenlab").exists()
    assert LabMember.objects.filter(username="alice").exists()


@pytest.mark.parametrize(("name", "status"), [("bob", 403), ("alice", 403), ("root", 200)])
def test_only_superusers_take_off_a_tag_that_protects(
    client_of: Clients, protected: Dataset, name: str, status: int
) -> None:
    other = Tag.objects.create(name="other")
    url = f"/datasets/{protected.pk}"
    assert client_of(name).patch(url, {"tags": ["release", other.name]}, format="json").status_code == 200
    assert client_of(name).patch(url, {"tags": [other.name]}, format="json").status_code == status


@pytest.mark.parametrize(("name", "status"), [("bob", 403), ("alice", 403), ("root", 200)])
def test_only_superusers_publish_and_take_back(client_of: Clients, world: World, name: str, status: int) -> None:
    public = Tag.objects.create(name="open", public=True)
    dataset = make_dataset(world.session)
    url = f"/datasets/{dataset.pk}"
    assert client_of(name).patch(url, {"tags": [public.name]}, format="json").status_code == status
    dataset.tags.set([public])
    assert client_of(name).patch(url, {"tags": []}, format="json").status_code == status
    assert client_of(name).patch(url, {"qc": "PASS"}, format="json").status_code == 200


@pytest.mark.parametrize(("name", "kept"), [("bob", True), ("root", False)])
def test_the_admin_keeps_protected_datasets_too(world: World, protected: Dataset, name: str, kept: bool) -> None:
    from bregma.alyx.data.admin import DatasetAdmin

    request: Any = type("Request", (), {"user": world.people[name]})()
    fields = DatasetAdmin(Dataset, None).get_readonly_fields(request, protected)
    assert {"hash", "file_size", "session", "name"} <= set(fields)
    assert ("tags" in fields, "created_by" in fields) == (kept, kept)


def test_copies_count_as_missing_when_other_bytes_are_recorded(client_of: Clients, world: World) -> None:
    dataset = make_dataset(world.session)
    url = f"/datasets/{dataset.pk}"
    assert client_of("alice").patch(url, {"version": "2"}).status_code == 200
    assert FileRecord.objects.get().exists
    assert client_of("alice").patch(url, {"hash": "f" * 32}).status_code == 200
    assert not FileRecord.objects.get().exists


@pytest.mark.parametrize(("name", "status"), [("alice", 403), ("root", 201)])
def test_only_superusers_record_files_under_the_name_of_another(
    client_of: Clients, world: World, name: str, status: int
) -> None:
    body = {"path": "KS014/2024-01-31/001", "filenames": ["_ibl_trials.choice.npy"], "created_by": "bob"}
    assert client_of(name).post("/register-file", body, format="json").status_code == status
    new = {**NEW, "name": "_ibl_trials.table.pqt", "session": str(world.session.pk), "created_by": "bob"}
    assert client_of(name).post("/datasets", new, format="json").status_code == status


@pytest.mark.parametrize(
    "place",
    [
        {"name": "../../x.pqt"},
        {"name": "/etc/x.pqt"},
        {"name": ".."},
        {"name": "a.b.npy", "collection": "../.."},
        {"name": "a.b.npy", "collection": "/etc"},
    ],
)
def test_a_dataset_cannot_lead_out_of_its_session(client_of: Clients, world: World, place: dict[str, str]) -> None:
    answer = client_of("alice").post("/datasets", {**NEW, **place, "session": str(world.session.pk)}, format="json")
    assert (answer.status_code, Dataset.objects.count()) == (400, 0)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("KS014/2024-01-31/001/alf/_ibl_trials.table.pqt", 201),
        ("../../KS014/2024-01-31/001/alf/_ibl_trials.table.pqt", 400),
        ("KS014/2024-01-31/002/alf/_ibl_trials.table.pqt", 400),
        ("KS999/2024-01-31/001/alf/_ibl_trials.table.pqt", 400),
    ],
)
def test_a_copy_is_in_the_folder_of_its_session(client_of: Clients, world: World, path: str, status: int) -> None:
    dataset = make_dataset(world.session)
    DataRepository.objects.create(name="other")
    new = {"dataset": str(dataset.pk), "data_repository": "other", "relative_path": path}
    assert client_of("alice").post("/files", new).status_code == status
    url = f"/files/{dataset.file_records.get(data_repository__name='local_mainenlab').pk}"
    changed = client_of("alice").patch(url, {"relative_path": path})
    assert changed.status_code == (200 if status == 201 else 400)


@pytest.mark.parametrize("pattern", ["*", "*.npy", "TRIALS.*"])
def test_a_dataset_type_may_not_take_the_files_of_others(client_of: Clients, pattern: str) -> None:
    alice = client_of("alice")
    answer = alice.post("/dataset-types", {"name": "greedy.type", "filename_pattern": pattern})
    assert (answer.status_code, DatasetType.objects.filter(name="greedy.type").count()) == (400, 0)
    assert alice.post("/dataset-types", {"name": "modest.type", "filename_pattern": "*modest.type*"}).status_code == 201
    assert alice.patch("/dataset-types/modest.type", {"filename_pattern": pattern}).status_code == 400


def test_a_session_with_files_keeps_its_lab(client_of: Clients, world: World) -> None:
    url = f"/sessions/{make_session(world.subject, number=2).pk}"
    assert client_of("alice").patch(url, {"lab": "otherlab"}).status_code == 200
    make_dataset(world.session)
    assert client_of("alice").patch(f"/sessions/{world.session.pk}", {"lab": "otherlab"}).status_code == 400
    assert client_of("alice").patch(f"/sessions/{world.session.pk}", {"lab": "mainenlab"}).status_code == 200


@pytest.mark.parametrize("name", ["root", "alice", "visitor"])
def test_what_old_clients_read_of_a_repository_is_shown(client_of: Clients, name: str) -> None:
    DataRepository.objects.create(name="cloud", json={"bucket_name": "gold"})
    assert client_of(name).get("/data-repository/cloud").json()["json"] == {"bucket_name": "gold"}


def test_deleting_a_person_deletes_no_data(client_of: Clients, world: World) -> None:
    dataset = make_dataset(world.session)
    Dataset.objects.update(created_by=world.people["alice"])
    assert client_of("root").delete("/users/alice").status_code == 204
    dataset.refresh_from_db()
    assert (dataset.created_by, Subject.objects.get().responsible_user) == (None, None)
