"""Cache tables over REST: types, rights, ETags, ranges, and what happens when making them fails."""

import io
import json
import os
import re
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from django.db import connection, transaction
from tests.alyx.factories import Clients, World, make_dataset, make_world
from tests.alyx.rest.archives import body, etag, load, mix_rights

from bregma.alyx.actions.models import Session
from bregma.alyx.data.models import DataRepository, Dataset, FileRecord, Tag
from bregma.alyx.data.tables import archive, load_tables, scope_of
from bregma.alyx.data.tables.marks import WATCHED, is_current, read_floor, read_mark
from bregma.alyx.experiments.models import BrainRegion, ProbeInsertion, ProbeModel
from bregma.alyx.history.triggers import watched_models
from bregma.alyx.subjects.models import Project, Subject
from bregma.one import ONE
from bregma.one.tables import MORE


@pytest.fixture
def filled(world: World) -> World:
    """Return the collaboration with a dataset without and one with revision, an insertion and a project."""
    project = Project.objects.create(name="ibl_a")
    world.session.projects.add(Project.objects.create(name="ibl_b"), project)
    world.subject.projects.add(project)
    make_dataset(world.session, revision="2024-02-02")
    unsized = make_dataset(world.session, "_ibl_wheel.position.npy")
    Dataset.objects.filter(pk=unsized.pk).update(file_size=None, hash=None, qc=40, collection="")
    ProbeInsertion.objects.create(session=world.session, name="probe00", model=ProbeModel.objects.create(name="3B2"))
    BrainRegion.objects.get_or_create(id=315, defaults={"acronym": "Isocortex", "name": "Isocortex"})
    return world


def test_columns_types_and_indexes_are_those_of_one(client_of: Clients, filled: World) -> None:
    tables = load(client_of("alice"))
    sessions, datasets = tables["sessions"], tables["datasets"]
    assert (list(sessions.index.names), list(datasets.index.names)) == (["id"], ["eid", "id"])
    assert list(sessions) == ["lab", "subject", "date", "number", "task_protocol", "projects", *MORE["sessions"]]
    assert sessions["number"].dtype == "uint16"
    assert sessions["date"].iloc[0] == date(2024, 1, 31)
    assert sessions["projects"].iloc[0] == "ibl_a,ibl_b"
    assert {name: str(datasets[name].dtype) for name in ("file_size", "exists", "default_revision", "qc")} == {
        "file_size": "UInt64", "exists": "bool", "default_revision": "bool", "qc": "category",
    }  # fmt: skip
    assert list(datasets["qc"].cat.categories) == ["NOT_SET", "PASS", "WARNING", "FAIL", "CRITICAL"]
    assert datasets["qc"].cat.ordered
    assert datasets.index.is_monotonic_increasing
    assert all(type(key) is str for key in (*sessions.index, *datasets.index.get_level_values("id")))


def test_what_is_missing_is_empty_and_never_the_word_nan(client_of: Clients, filled: World) -> None:
    datasets = load(client_of("alice"))["datasets"].set_index("rel_path")
    assert set(datasets.index) == {"_ibl_wheel.position.npy", "alf/#2024-02-02#/_ibl_trials.table.pqt"}
    unsized = datasets.loc["_ibl_wheel.position.npy"]
    assert unsized["file_size"] is pd.NA
    assert (unsized["hash"], unsized["qc"], unsized["exists"]) == ("", "FAIL", True)


def test_other_tables_tell_of_subjects_insertions_tags_and_regions(client_of: Clients, filled: World) -> None:
    Tag.objects.create(name="release", public=True).datasets.add(*Dataset.objects.all())
    tables = load(client_of("alice"))
    subject = tables["subjects"].loc[str(filled.subject.pk)]
    assert (subject["nickname"], subject["lab"], subject["sex"], subject["projects"]) == (
        "KS014", "mainenlab", "M", "ibl_a",
    )  # fmt: skip
    assert tables["insertions"][["name", "model", "serial"]].values.tolist() == [["probe00", "3B2", ""]]
    assert tables["tags"][["name", "public", "datasets"]].values.tolist() == [["release", True, 2]]
    assert tables["regions"].loc["315", "acronym"] == "Isocortex"


def test_each_table_says_where_it_comes_from(client_of: Clients, filled: World) -> None:
    content = body(client_of("alice").get("/cache.zip"))
    info = client_of("alice").get("/cache/info/").json()
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        for name, told in info["tables"].items():
            metadata = pq.read_schema(io.BytesIO(zipped.read(f"{name}.pqt"))).metadata
            said = json.loads(metadata[b"one_metadata"])
            assert said == {key: info[key] for key in ("date_created", "origin", "min_api_version")}
            assert told["size"] == zipped.getinfo(f"{name}.pqt").file_size
    assert info["tables"]["datasets"]["nrecs"] == 2
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", info["date_created"])


def test_tables_can_be_searched_offline(client_of: Clients, filled: World, tmp_path: Path) -> None:
    zipfile.ZipFile(io.BytesIO(body(client_of("alice").get("/cache.zip")))).extractall(tmp_path)
    one = ONE(mode="local", tables_dir=tmp_path, cache_dir=tmp_path)
    assert one.search(subject="KS014", datasets="_ibl_trials.table.pqt") == [filled.session.pk]
    assert [each["name"] for each in one.search_insertions(subject="KS014", details=True)[1]] == ["probe00"]


RIGHTS = {
    "root": 3, "stock": 3, "alice": 3, "bob": 3, "charlie": 3, "guest": 2, "elsewhere": 0, "visitor": 1,
}  # fmt: skip


@pytest.fixture
def mixed(world: World) -> World:
    """Return the collaboration with data that some may read and others not."""
    return mix_rights(world)


def test_everybody_gets_what_they_may_read(client_of: Clients, mixed: World) -> None:
    found = {name: len(load(client_of(name))["datasets"]) for name in RIGHTS}
    assert found == RIGHTS
    assert {name: len(load(client_of(name))["sessions"]) for name in RIGHTS} == RIGHTS
    assert set(load(client_of("visitor"))["tags"]["name"]) == {"release"}


def test_people_of_the_same_rights_share_tables_and_others_do_not(client_of: Clients, mixed: World) -> None:
    tags = {name: etag(client_of(name)) for name in RIGHTS}
    assert tags["alice"] == tags["bob"] == tags["charlie"] == tags["root"] == tags["stock"]
    assert len(set(tags.values())) == 4


@pytest.mark.parametrize("path", ["/cache/info/", "/cache/info/release/", "/cache.zip", "/cache/delta?since=x"])
def test_whoever_did_not_log_in_gets_nothing(client_of: Clients, mixed: World, path: str) -> None:
    assert client_of("anonymous").get(path).status_code == 403


def test_a_tag_that_one_may_not_see_is_nowhere(client_of: Clients, mixed: World) -> None:
    for path in ("/cache/info/internal/", "/cache/info/?tag=internal", "/cache.zip?tag=internal"):
        answer = client_of("visitor").get(path)
        assert (answer.status_code, answer.content) == (404, b"Tag matching query does not exist.")
    assert client_of("visitor").get("/cache/delta?since=x&tag=internal").status_code == 404


def test_the_tables_of_a_tag_hold_what_belongs_to_it(client_of: Clients, mixed: World) -> None:
    tables = load(client_of("alice"), "?tag=internal")
    assert {name: len(tables[name]) for name in ("sessions", "datasets", "subjects", "tags")} == {
        "sessions": 1, "datasets": 1, "subjects": 1, "tags": 1,
    }  # fmt: skip
    assert tables["sessions"]["number"].tolist() == [2]


def _change(world: World) -> Iterator[Callable[[], Any]]:
    yield lambda: make_dataset(world.session, "_ibl_wheel.position.npy")
    yield lambda: Dataset.objects.filter(name="_ibl_wheel.position.npy").update(qc=50)
    yield lambda: FileRecord.objects.filter(dataset__name="_ibl_wheel.position.npy").update(exists=False)
    yield lambda: Dataset.objects.filter(name="_ibl_wheel.position.npy").delete()
    yield lambda: Tag.objects.create(name="release")
    yield lambda: Tag.objects.get(name="release").datasets.add(*Dataset.objects.all())
    yield lambda: Tag.objects.filter(name="release").update(public=True)
    yield lambda: Tag.objects.get(name="release").datasets.clear()
    yield lambda: Session.objects.update(task_protocol="habituation")
    yield lambda: world.session.projects.add(Project.objects.create(name="ibl_a"))
    yield lambda: Project.objects.update(name="ibl_b")
    yield lambda: Subject.objects.update(nickname="KS015")
    yield lambda: DataRepository.objects.update(globus_is_personal=True)
    yield lambda: ProbeInsertion.objects.create(session=world.session, name="probe00")
    yield lambda: world.session.delete()


def test_each_change_makes_another_etag(client_of: Clients, world: World) -> None:
    make_dataset(world.session)
    client, seen = client_of("alice"), []
    for change in _change(world):
        change()
        seen.append(etag(client))
    assert len(set(seen)) == len(seen)


def test_what_is_not_in_the_tables_changes_no_etag(client_of: Clients, world: World) -> None:
    dataset = make_dataset(world.session)
    known = etag(client_of("alice"))
    Session.objects.update(narrative="It slept.", json={"a": 1}, auto_datetime=datetime.now(UTC))
    Dataset.objects.filter(pk=dataset.pk).update(version="1.2")
    Subject.objects.update(description="White whiskers")
    assert etag(client_of("alice")) == known


def test_the_columns_that_are_watched_are_columns(world: World) -> None:
    there = {model._meta.db_table: {field.column for field in model._meta.fields} for model in watched_models()}
    assert all(set(columns) <= there[table] for table, columns in WATCHED.items())


def test_a_known_etag_is_answered_without_a_body(
    client_of: Clients, world: World, django_assert_max_num_queries: Any
) -> None:
    client = client_of("alice")
    known = etag(client)
    for path in ("/cache/info/", "/cache.zip"):
        with django_assert_max_num_queries(6):
            answer = client.get(path, headers={"If-None-Match": f'W/{known}, "other"'})
        assert (answer.status_code, body(answer), answer.headers["ETag"]) == (304, b"", known)
        assert body(client.get(path, headers={"If-None-Match": '"other"'}))


def test_an_archive_is_sent_in_parts(client_of: Clients, world: World) -> None:
    client = client_of("alice")
    whole = client.get("/cache.zip")
    content, known = body(whole), whole.headers["ETag"]
    assert (whole.headers["Content-Length"], whole.headers["Accept-Ranges"]) == (str(len(content)), "bytes")
    part = client.get("/cache.zip", headers={"Range": "bytes=10-19", "If-Range": known})
    assert (part.status_code, body(part)) == (206, content[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(content)}"
    assert body(client.get("/cache.zip", headers={"Range": "bytes=10-19", "If-Range": '"old"'})) == content
    assert client.get("/cache.zip", headers={"Range": f"bytes={len(content)}-"}).status_code == 416
    head = client.head("/cache.zip")
    assert (head.status_code, head.headers["Content-Length"], body(head)) == (200, str(len(content)), b"")


def test_making_tables_that_fails_leaves_the_old_ones(
    client_of: Clients, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = scope_of(world.people["alice"])
    before = load_tables(scope)
    make_dataset(world.session)
    with monkeypatch.context() as patched:
        patched.setattr("bregma.alyx.data.tables.columns.write_parquet", _fail)
        with pytest.raises(OSError, match="disk"):
            load_tables(scope)
    assert before.archive.exists()
    assert not list(scope.folder.glob("*.part"))
    assert load_tables(scope).info["tables"]["datasets"]["nrecs"] == 1


def _fail(*_: Any) -> int:
    raise OSError("the disk is full")


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_tables_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    scope = scope_of(make_world().people["alice"])
    made, found = [], []
    make = archive._make
    monkeypatch.setattr(archive, "_make", lambda scope: made.append(scope) or make(scope))

    def ask() -> None:
        found.append(load_tables(scope).etag)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(set(found)), len(found)) == (1, 1, 4)


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_still_under_way_is_seen_when_it_ends() -> None:
    world = make_world()
    marks = []

    def look() -> None:
        marks.append(read_mark(read_floor()))
        connection.close()

    with transaction.atomic():
        make_dataset(world.session)
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert not is_current(marks[0])


SEARCH = """
import json, sys
from one.api import One
one = One(cache_dir=sys.argv[1])
(eid,) = one.search(subject="KS014", datasets="_ibl_trials.table.pqt")
(probe,) = one._cache["insertions"].loc[eid, "name"]
print(json.dumps([str(eid), one.list_datasets(eid), probe]))
one.save_cache(clobber=True)
print(json.dumps([str(each) for each in One(cache_dir=sys.argv[1]).search(lab="mainenlab")]))
"""


@pytest.mark.peer
def test_the_real_client_works_offline_with_the_tables(
    client_of: Clients, filled: World, tmp_path: Path, one_api: Path
) -> None:
    zipfile.ZipFile(io.BytesIO(body(client_of("alice").get("/cache.zip")))).extractall(tmp_path)
    command = [one_api, "-c", SEARCH, tmp_path]
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    found, again = map(json.loads, done.stdout.splitlines()[-2:])
    key = str(filled.session.pk)
    assert found == [key, ["_ibl_wheel.position.npy", "alf/#2024-02-02#/_ibl_trials.table.pqt"], "probe00"]
    assert again == [key]
