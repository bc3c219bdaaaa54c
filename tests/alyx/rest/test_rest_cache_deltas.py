"""What changed in the cache tables, over REST: rows as they are now, keys that went, and who is told of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from tests.alyx.factories import Clients, World, make_dataset, make_session
from tests.alyx.rest.archives import Tables, changes, etag, load, mix_rights

from bregma.alyx.data.models import Dataset, FileRecord, Tag
from bregma.alyx.subjects.models import Subject


@pytest.fixture
def mixed(world: World) -> World:
    """Return the collaboration with data that some may read and others not."""
    return mix_rights(world)


def test_a_delta_holds_what_changed_and_what_went(client_of: Clients, world: World) -> None:
    gone, kept = make_dataset(world.session), make_dataset(world.session, "_ibl_wheel.position.npy")
    client = client_of("alice")
    known = etag(client)
    assert client.get("/cache/delta", {"since": known}).status_code == 204
    Dataset.objects.filter(pk=kept.pk).update(qc=50)
    key = str(gone.pk)
    gone.delete()
    told, tables = changes(client, known)
    assert tables["deleted"].values.tolist() == [["datasets", key]]
    assert tables["datasets"].loc[(str(world.session.pk), str(kept.pk)), "qc"] == "CRITICAL"
    assert f'"{told["etag"]}"' == etag(client)
    assert client.get("/cache/delta", {"since": told["etag"]}).status_code == 204


@pytest.mark.parametrize("name", ["alice", "visitor", "guest"])
def test_deltas_lead_to_the_tables_of_now(client_of: Clients, mixed: World, name: str) -> None:
    client, release = client_of(name), Tag.objects.get(name="release")
    here, known = load(client), etag(client)
    for change in (
        lambda: make_dataset(mixed.session, "_ibl_wheel.position.npy", tag=release),
        lambda: Subject.objects.filter(pk=mixed.subject.pk).update(nickname="KS015"),
        lambda: release.datasets.add(*Dataset.objects.all()),
        lambda: FileRecord.objects.filter(dataset__name="_ibl_wheel.position.npy").update(exists=False),
        lambda: Tag.objects.filter(pk=release.pk).update(public=False),
    ):
        change()
        told, changed = changes(client, known)
        known, here = told["etag"], apply(here, changed)
        now = load(client)
        for table in ("sessions", "datasets", "insertions", "subjects", "tags"):
            assert set(here[table].index) == set(now[table].index)
            if len(now[table]):  # a file without rows has no categories
                pd.testing.assert_frame_equal(here[table].sort_index(), now[table], check_index_type=False)


def apply(here: Tables, changed: Tables) -> Tables:
    """Do what a client does with a delta."""
    gone = changed["deleted"]
    result = {}
    for name, table in here.items():
        keys = set(gone.loc[gone["table"] == name, "id"])
        new = changed.get(name, table.iloc[:0])
        keys |= set(new.index.get_level_values("id"))
        result[name] = pd.concat([table[~table.index.get_level_values("id").isin(keys)], new])
    return result


def test_the_public_is_told_of_no_key_that_it_never_had(client_of: Clients, mixed: World) -> None:
    client = client_of("visitor")
    known = etag(client)
    make_dataset(make_session(mixed.subject, number=3))
    Dataset.objects.filter(tags__name="internal").delete()
    Dataset.objects.filter(tags__name="release").update(qc=10)
    _, tables = changes(client, known)
    assert tables["deleted"].empty
    assert len(tables["datasets"]) == 1


def test_tables_of_others_are_unknown(client_of: Clients, mixed: World) -> None:
    known = etag(client_of("alice"))
    make_dataset(mixed.session, "_ibl_wheel.position.npy")
    for name in ("visitor", "guest"):
        assert client_of(name).get("/cache/delta", {"since": known}).status_code == 410


def test_members_may_ask_since_a_moment(client_of: Clients, world: World) -> None:
    dataset = make_dataset(world.session)
    moment = datetime.now(UTC) - timedelta(hours=1)
    _, tables = changes(client_of("alice"), moment.isoformat())
    assert str(dataset.pk) in tables["datasets"].index.get_level_values("id")
    assert client_of("visitor").get("/cache/delta", {"since": moment.isoformat()}).status_code == 410


@pytest.mark.parametrize(("since", "status"), [("", 400), ("../x", 400), ("yesterday", 410), ("2024-13-01", 400)])
def test_since_what_cannot_be_read_is_refused(client_of: Clients, world: World, since: str, status: int) -> None:
    answer = client_of("alice").get("/cache/delta", {"since": since})
    assert answer.status_code == status
    assert answer.json()["status_code"] == status


def test_too_many_changes_are_not_told(client_of: Clients, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    known = etag(client_of("alice"))
    monkeypatch.setattr("bregma.alyx.data.tables.changes.MOST", 1)
    for number in range(3):
        make_dataset(world.session, f"_ibl_wheel.position{number}.npy")
    answer = client_of("alice").get("/cache/delta", {"since": known})
    assert (answer.status_code, "cache.zip" in answer.json()["detail"]) == (410, True)


def test_a_delta_costs_a_constant_number_of_queries(
    client_of: Clients, world: World, django_assert_max_num_queries: Any
) -> None:
    client = client_of("alice")
    known = etag(client)
    for number in range(20):
        make_dataset(world.session, f"_ibl_wheel.position{number}.npy")
    with django_assert_max_num_queries(30):
        changes(client, known)
