"""Cache tables: what they hold, and for whom."""

import io
import zipfile
from typing import Any

import pandas as pd
import pytest
from rest_framework.test import APIClient
from tests.alyx.factories import Clients, World, make_dataset, make_session

from bregma.alyx.data.models import FileRecord, Tag
from bregma.alyx.experiments.models import ProbeInsertion


def load(client: APIClient, query: str = "") -> dict[str, pd.DataFrame]:
    answer = client.get(f"/cache.zip{query}")
    content = b"".join(answer.streaming_content)
    assert int(answer.headers["Content-Length"]) == len(content)
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        return {name.removesuffix(".pqt"): pd.read_parquet(io.BytesIO(zipped.read(name))) for name in zipped.namelist()}


def test_tables_hold_sessions_datasets_and_insertions(client_of: Clients, world: World) -> None:
    dataset, revised = make_dataset(world.session), make_dataset(world.session, revision="2024-02-02")
    ProbeInsertion.objects.create(session=world.session, name="probe00")
    tables = load(client_of("alice"))
    session = tables["sessions"].loc[str(world.session.pk)]
    assert (session["lab"], session["subject"], session["number"]) == ("mainenlab", "KS014", 1)
    assert session["date"].isoformat() == "2024-01-31"
    paths = tables["datasets"]["rel_path"]
    assert paths[(str(world.session.pk), str(dataset.pk))] == "alf/_ibl_trials.table.pqt"
    assert paths[(str(world.session.pk), str(revised.pk))] == "alf/#2024-02-02#/_ibl_trials.table.pqt"
    assert tables["datasets"]["default_revision"].sum() == 1
    assert list(tables["insertions"]["name"]) == ["probe00"]


def test_tables_are_made_anew_only_when_something_changed(
    client_of: Clients, world: World, django_assert_max_num_queries: Any
) -> None:
    client = client_of("alice")
    assert len(load(client)["datasets"]) == 0
    with django_assert_max_num_queries(6):
        client.get("/cache/info/")
    make_dataset(world.session)
    assert len(load(client)["datasets"]) == 1
    FileRecord.objects.update(exists=False)
    assert len(load(client)["datasets"]) == 0


def test_the_public_gets_tables_of_what_is_public(client_of: Clients, world: World) -> None:
    make_dataset(make_session(world.subject, number=2))
    make_dataset(world.session, tag=Tag.objects.create(name="release", public=True))
    for name, n in (("alice", 2), ("visitor", 1)):
        tables = load(client_of(name))
        assert (len(tables["datasets"]), len(tables["sessions"])) == (n, n)


def test_info_says_when_and_where(client_of: Clients, world: World) -> None:
    client = client_of("alice")
    assert client.get("/cache/info").headers["Location"] == "/cache/info/"
    info = client.get("/cache/info/").json()
    assert info["location"] == "http://testserver/cache.zip"
    assert {"date_created", "origin", "min_api_version"} <= set(info)


def test_a_tag_has_tables_of_its_own(client_of: Clients, world: World) -> None:
    client = client_of("alice")
    make_dataset(make_session(world.subject, number=2))
    make_dataset(world.session, tag=Tag.objects.create(name="release"))
    assert client.get("/cache/info/release/").json()["database_tags"] == ["release"]
    assert len(load(client, "?tag=release")["sessions"]) == 1
    missing = client.get("/cache/info/nosuchtag/")
    assert (missing.status_code, missing.content) == (404, b"Tag matching query does not exist.")


@pytest.mark.parametrize("name", ["alice", "visitor"])
def test_a_tag_that_one_may_not_see_is_not_there(client_of: Clients, world: World, name: str) -> None:
    Tag.objects.create(name="internal")
    assert client_of(name).get("/cache/info/internal/").status_code == (200 if name == "alice" else 404)
