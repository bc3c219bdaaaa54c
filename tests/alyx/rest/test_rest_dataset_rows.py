"""Datasets, their copies, notices and downloads over REST."""

from pathlib import Path
from typing import Any

import pytest
from tests.alyx.factories import Clients, World, make_dataset, make_session

from bregma.alyx.data import own_store
from bregma.alyx.data.addresses import store_key
from bregma.alyx.data.models import (
    DataFormat,
    DataRepository,
    Dataset,
    DatasetType,
    Download,
    FileRecord,
    Revision,
    Tag,
)
from bregma.alyx.subjects.models import Project
from bregma.store import LocalStore

NEW = {"name": "spikes.times.npy", "dataset_type": "spikes.times", "data_format": "npy", "collection": "alf"}


@pytest.fixture
def dataset(world: World) -> Dataset:
    return make_dataset(world.session)


def test_a_dataset_finds_its_session_by_subject_date_and_number(client_of: Clients, world: World) -> None:
    make_session(world.subject, number=2)
    client = client_of("alice")
    words = {**NEW, "subject": "KS014", "date": "2024-01-31"}
    second = client.post("/datasets", {**words, "number": 2, "created_by": "alice"}, format="json").json()
    assert (second["experiment_number"], second["created_by"]) == (2, None)
    assert client.post("/datasets", words, format="json").json()["experiment_number"] == 1
    missing = client.post("/datasets", {**words, "date": "2020-01-01"}, format="json")
    assert (missing.status_code, "A base session for KS014" in missing.json()["error"]) == (400, True)


@pytest.mark.parametrize(
    ("who", "author", "status"), [("alice", "alice", 201), ("alice", "bob", 403), ("root", "bob", 201)]
)
def test_a_dataset_has_the_author_it_is_given(
    client_of: Clients, world: World, who: str, author: str, status: int
) -> None:
    content = {**NEW, "session": f"/sessions/{world.session.pk}", "created_by": author}
    answer = client_of(who).post("/datasets", content, format="json")
    assert answer.status_code == status
    assert answer.json().get("created_by") == (author if status == 201 else None)


def test_the_public_asks_for_a_dataset_of_a_public_session_but_not_for_its_bytes(
    client_of: Clients, world: World, dataset: Dataset
) -> None:
    visitor, url = client_of("visitor"), f"/datasets/{dataset.pk}"
    assert visitor.get(url).status_code == 404
    public = make_dataset(world.session, "_ibl_trials.table.csv", tag=Tag.objects.create(name="p", public=True))
    assert visitor.get(url).json()["name"] == dataset.name
    assert [row["name"] for row in visitor.get("/datasets").json()["results"]] == [public.name]
    assert visitor.get(f"/files/{dataset.file_records.get().pk}").status_code == 404
    assert visitor.patch(url, {"qc": "PASS"}, format="json").status_code == 403


def test_every_column_of_a_dataset_is_a_filter(client_of: Clients, world: World, dataset: Dataset) -> None:
    tag, revision = Tag.objects.create(name="t"), Revision.objects.create(name="v1")
    dataset.tags.add(tag)
    other = make_dataset(world.session, "_ibl_trials.table.csv", revision="v2")
    other.provenance_directory = dataset
    other.save()
    terms = {
        "id": dataset.pk,
        "name": dataset.name,
        "file_size": 10,
        "collection": "alf",
        "tags": tag.pk,
        "default_dataset": "true",
        "session": world.session.pk,
        "subject": "KS014",
        "lab": "mainenlab",
        "dataset_type": "trials.table",
        "data_format": DataFormat.objects.get(name="parquet").pk,
        "hash": dataset.hash,
        "date": "2024-01-31",
        "experiment_number": 1,
        "exists": "true",
        "qc": "not_set",
        "created_date_gte": "2024-01-01",
        "tag": "T",
        "protected": "false",
        "public": "false",
        "django": "name__startswith,_ibl",
    }
    client = client_of("alice")
    for name, value in terms.items():
        found = [row["url"][-36:] for row in client.get("/datasets", {name: value}).json()["results"]]
        assert str(dataset.pk) in found, name
    nothing = {"provenance_directory": other.pk, "revision": revision.name, "version": "9", "created_by": "bob"}
    for name, value in nothing.items():
        assert client.get("/datasets", {name: value}).json()["count"] == 0, name
    assert client.get("/datasets", {"provenance_directory": dataset.pk}).json()["count"] == 1
    for name in ("session", "data_format", "content_type", "tags", "md5", "file_size"):
        assert client.get("/datasets", {name: "bad"}).status_code == 400, name


@pytest.mark.parametrize(
    ("place", "path", "status"),
    [
        ("elsewhere", "a/b/c.npy", 201),
        ("elsewhere", "/a/b/c.npy", 400),
        ("elsewhere", "a/../../c.npy", 400),
        ("local_mainenlab", "KS014/2024-01-31/002/x.y.npy", 400),
        ("local_mainenlab", "a/b/c.npy", 400),
    ],
)
def test_a_copy_elsewhere_has_any_path_and_one_in_the_own_store_that_of_its_session(
    client_of: Clients, dataset: Dataset, place: str, path: str, status: int
) -> None:
    DataRepository.objects.create(name="elsewhere", data_url="https://e.example.org/")
    content = {"dataset": f"/datasets/{dataset.pk}", "data_repository": place, "relative_path": path}
    assert client_of("alice").post("/files", content, format="json").status_code == status


def test_files_are_found_by_lab_repository_and_flags(client_of: Clients, dataset: Dataset) -> None:
    client, record = client_of("alice"), dataset.file_records.get()
    terms = {"lab": "mainenlab", "data_repository": "local_mainenlab", "dataset": dataset.pk, "exists": "true"}
    terms |= {"globus_is_personal": "false", "id": record.pk, "relative_path": record.relative_path}
    for name, value in terms.items():
        assert client.get("/files", {name: value}).json()["count"] == 1, name
    assert client.get("/files", {"lab": "otherlab"}).json()["count"] == 0


def test_a_notice_tells_of_datasets_the_most_important_first(
    client_of: Clients, world: World, dataset: Dataset
) -> None:
    client = client_of("alice")
    dataset.tags.add(Tag.objects.create(name="release"))
    text = "**x** <script>alert(1)</script>"
    content = {"name": "a", "description": text, "importance": 50, "datasets": [str(dataset.pk)], "created_by": "alice"}
    made = client.post("/data-notices", content, format="json").json()
    assert made["description_html"].startswith("<p><strong>x</strong> &lt;script&gt;")
    plain = client.post("/data-notices", {"name": "b", "description": "y"}, format="json").json()
    assert (plain["created_by"], plain["importance"], plain["datasets"]) == (None, 20, [])
    assert [row["name"] for row in client.get("/data-notices").json()["results"]] == ["a", "b"]
    keys = f"{dataset.pk},00000000-0000-4000-8000-000000000000"
    for terms in ({"datasets": keys}, {"dataset_tag": "release"}, {"importance": 50}, {"created_by": "alice"}):
        assert [row["name"] for row in client.get("/data-notices", terms).json()["results"]] == ["a"]
    bad = client.get("/data-notices", {"datasets": "bad"})
    assert (bad.status_code, bad.json()["datasets"]) == (400, ["Enter a valid UUID."])
    assert client.patch(f"/data-notices/{made['id']}", {"name": "c"}, format="json").json()["name"] == "c"
    assert client_of("bob").patch(f"/data-notices/{made['id']}", {"name": "d"}, format="json").status_code == 403
    assert client.post("/data-notices", {**content, "created_by": "bob"}, format="json").status_code == 403
    assert client.delete(f"/data-notices/{made['id']}").status_code == 204


def test_downloads_are_counted_for_each_person(client_of: Clients, world: World, dataset: Dataset) -> None:
    project, client = Project.objects.create(name="p1"), client_of("bob")
    second = make_dataset(world.session, "_ibl_trials.table.csv")
    for count in (1, 2):
        content = {"datasets": [str(dataset.pk), str(second.pk)], "projects": ["p1"]}
        answer = client.post("/new-download", content, format="json")
        assert (answer.status_code, answer.json()["count"]) == (201, [count, count])
    row = Download.objects.get(dataset=dataset)
    assert (row.user, list(row.projects.all())) == (world.people["bob"], [project])
    listed = client.get("/downloads", {"dataset_type": "trials.table", "user": "bob", "dataset": dataset.pk}).json()
    assert listed["results"] == [
        {"id": str(row.pk), "user": "bob", "dataset": str(dataset.pk), "count": 2, "json": None}
    ]
    assert client_of("alice").get("/downloads").json()["count"] == 0
    assert client_of("root").get("/downloads", {"count": 2, "dataset": second.name}).json()["count"] == 1
    assert client.patch(f"/downloads/{row.pk}", {"json": {"a": 1}}, format="json").json()["json"] == {"a": 1}
    assert client.delete(f"/downloads/{row.pk}").status_code == 405


@pytest.mark.parametrize(
    ("who", "content", "status"),
    [
        ("bob", {"datasets": "bad"}, 400),
        ("bob", {"datasets": "00000000-0000-4000-8000-000000000000"}, 400),
        ("bob", {"datasets": [], "projects": "nowhere"}, 400),
        ("bob", {"datasets": [], "user": "alice"}, 403),
        ("bob", [], 400),
        ("root", {"datasets": [], "user": "alice"}, 201),
        ("root", {"datasets": [], "user": "nobody"}, 400),
        ("visitor", {"datasets": []}, 403),
        ("anonymous", {"datasets": []}, 403),
    ],
)
def test_downloads_that_cannot_be_counted_are_refused(client_of: Clients, who: str, content: Any, status: int) -> None:
    assert client_of(who).post("/new-download", content, format="json").status_code == status


def test_what_a_server_lacks_is_told_and_queued(
    client_of: Clients, world: World, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_store, "local_store", lambda: LocalStore(tmp_path))
    arrived = dataset.file_records.get()
    FileRecord.objects.update(exists=False)
    key = store_key(arrived, arrived.dataset)
    assert key is not None
    (tmp_path / key).parent.mkdir(parents=True)
    (tmp_path / key).write_bytes(b"x" * 10)
    rig = DataRepository.objects.create(name="rig", globus_is_personal=True)
    server = DataRepository.objects.create(name="server", data_url="https://s.example.org/")
    other = make_dataset(world.session, "_ibl_trials.table.csv")
    other.file_records.all().delete()
    for repository, exists in ((rig, True), (server, False)):
        FileRecord.objects.create(dataset=other, data_repository=repository, relative_path="a/b.c", exists=exists)
    assert client_of("alice").get("/sync-file-status").json() == ["a/b.c"]
    assert client_of("alice").post("/sync-file-status").status_code == 403
    answer = client_of("root").post("/sync-file-status")
    assert (answer.status_code, answer.json()) == (200, "ok")
    arrived.refresh_from_db()
    assert arrived.exists is True
    assert other.file_records.get(data_repository=server).json == {"transfer_pending": True}


def test_vocabulary_is_asked_for_by_name(client_of: Clients) -> None:
    client, root = client_of("alice"), client_of("root")
    Revision.objects.create(name="v1")
    DataRepository.objects.create(name="one")
    assert client.get("/revisions", {"name": "v1"}).json()["count"] == 1
    assert client.get("/tags", {"name": "none"}).json()["count"] == 0
    assert client.get("/data-repository", {"name": "one"}).json()["count"] == 1
    assert client.get("/dataset-types", {"name": "none"}).json()["count"] == DatasetType.objects.count()
    assert client.get("/data-formats/npy").json()["file_extension"] == ".npy"
    made = client.post("/dataset-types", {"name": "new.type", "filename_pattern": "New.Type*"}, format="json").json()
    assert (made["created_by"], made["filename_pattern"]) == ("alice", "new.type*")
    named = {"name": "other.type", "created_by": "bob"}
    assert client.post("/dataset-types", named, format="json").status_code == 403
    assert root.post("/dataset-types", named, format="json").json()["created_by"] == "bob"
