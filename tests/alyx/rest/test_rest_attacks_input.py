"""Attacks by what is sent: numbers beyond all bounds, and endless lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.alyx.factories import Clients, make_dataset
from tests.alyx.rest import doors

from bregma.alyx.experiments.models import Channel, ChronicInsertion, ProbeInsertion, TrajectoryEstimate

if TYPE_CHECKING:
    from tests.alyx.factories import World


@pytest.mark.parametrize("since", ["0001-01-01", "9999-12-31T23:59:59-23:00"])
def test_changes_since_a_moment_at_the_end_of_time_are_refused(client_of: Clients, since: str) -> None:
    assert client_of("alice").get("/cache/delta", {"since": since}).status_code == 400


@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson", "application/vnd.apache.arrow.stream"])
def test_a_key_that_no_column_can_hold_is_refused(client_of: Clients, kind: str) -> None:
    body = {"ids": ["9" * 60]}
    answer = client_of("alice").post("/query/brain-regions", body, format="json", HTTP_ACCEPT=kind)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("endpoint", "name"),
    [("sessions", "datasets"), ("sessions", "dataset_types"), ("sessions", "users"), ("insertions", "datasets")],
)
def test_a_filter_takes_no_endless_list_of_names(client_of: Clients, world: World, endpoint: str, name: str) -> None:
    make_dataset(world.session)
    client = client_of("alice")
    many = {"filters": {name: [f"name{i}" for i in range(5000)]}}
    answer = client.post(f"/query/{endpoint}", many, format="json")
    assert answer.status_code == 400, answer.content[:200]
    assert "5000" in answer.json()["detail"]
    same = client.get(f"/{endpoint}", {"datasets": ",".join(["_ibl_trials.table.pqt"] * 200)})
    assert same.status_code == 200


def test_a_list_is_no_change_of_a_channel(client_of: Clients, world: World) -> None:
    insertion = ProbeInsertion.objects.create(session=world.session, name="probe00")
    channel = Channel.objects.create(trajectory_estimate=TrajectoryEstimate.objects.create(probe_insertion=insertion))
    for body in ([], [{}]):
        assert client_of("alice").patch(f"/channels/{channel.pk}", body, format="json").status_code == 400


def test_every_list_has_pages_by_cursor(client_of: Clients) -> None:
    client, wrong = client_of("alice"), []
    for endpoint in [door.route for door in doors.doors() if door.name.endswith("-list")]:
        asked = client.get(f"/{endpoint}?cursor=&limit=1"), client.post(f"/query/{endpoint}", {}, format="json")
        wrong += [endpoint] * any(answer.status_code != 200 for answer in asked)
    assert not wrong


def test_the_pages_of_a_table_that_extends_another_go_on(client_of: Clients, world: World) -> None:
    made = {str(ChronicInsertion.objects.create(subject=world.subject, lab=world.lab, name=f"c{i}").pk) for i in "123"}
    page, found = client_of("alice").get("/chronic-insertions?cursor=&limit=1").json(), []
    while page["next"]:
        found += page["results"]
        page = client_of("alice").get(page["next"]).json()
    assert {row["id"] for row in [*found, *page["results"]]} == made
    assert len(found) == 2
