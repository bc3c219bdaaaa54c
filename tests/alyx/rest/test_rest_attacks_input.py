"""Attacks by what is sent: numbers beyond all bounds, and endless lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.alyx.factories import make_dataset

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.test import APIClient
    from tests.alyx.factories import World

    Clients = Callable[[str], APIClient]


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
