"""Trajectories and channels over REST."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.alyx.recordings import ALIGNED, CA1, make_chronic, make_probe

from bregma.alyx.experiments.models import Channel, TrajectoryEstimate
from bregma.alyx.subjects.models import Project

if TYPE_CHECKING:
    from tests.alyx.factories import Clients, World


PLACE = {"x": 1500, "y": -2000, "depth": 4500, "phi": 0, "theta": 0, "provenance": "Histology track"}
CHOICES = "Ephys aligned histology track, Histology track, Micro-manipulator, Planned"


def test_a_trajectory_tells_of_its_session(client_of: Clients, world: World) -> None:
    probe = make_probe(world.session)
    made = client_of("alice").post("/trajectories", {**PLACE, "probe_insertion": str(probe.pk)}, format="json")
    assert made.status_code == 201
    found = made.json()
    assert (found["probe_name"], found["provenance"], found["x"]) == ("probe00", "Histology track", 1500.0)
    assert (found["z"], found["roll"], found["coordinate_system"], found["json"]) == (None, None, None, None)
    assert found["session"]["subject"] == "KS014"
    assert set(found) == {
        *("id", "probe_insertion", "chronic_insertion", "x", "y", "z", "depth", "theta", "phi", "roll", "json"),
        *("provenance", "session", "probe_name", "coordinate_system", "datetime"),
    }


def test_a_trajectory_of_a_chronic_insertion_has_no_session(client_of: Clients, world: World) -> None:
    chronic = make_chronic(world.session)
    found = client_of("alice").get("/trajectories").json()["results"][0]
    assert (found["chronic_insertion"], found["session"], found["probe_name"]) == (str(chronic.pk), None, "chronic00")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"provenance": "bad"}, {"provenance": [f"Invalid provenance, choices are: {CHOICES}"]}),
        ({"provenance": 70}, {"provenance": [f"Invalid provenance, choices are: {CHOICES}"]}),
        ({"x": "far"}, {"x": ["A valid number is required."]}),
        ({"coordinate_system": "moon"}, {"coordinate_system": ["Object with name=moon does not exist."]}),
        ({"probe_insertion": "x"}, {"probe_insertion": ["Object with id=x does not exist."]}),
    ],
)
def test_bad_values_are_named(client_of: Clients, world: World, change: dict[str, Any], error: dict[str, Any]) -> None:
    probe = make_probe(world.session)
    refused = client_of("alice").post(
        "/trajectories", {**PLACE, "probe_insertion": str(probe.pk), **change}, format="json"
    )
    assert refused.status_code == 400
    assert refused.json() == {**error, "status_code": 400}


def test_what_a_trajectory_needs_is_named(client_of: Clients, world: World) -> None:
    body = {"probe_insertion": str(make_probe(world.session).pk), "provenance": "planned"}
    refused = client_of("alice").post("/trajectories", body, format="json").json()
    assert set(refused) == {"x", "y", "depth", "theta", "phi", "status_code"}


@pytest.mark.parametrize("owner", ["probe_insertion", "chronic_insertion"])
def test_an_insertion_has_one_trajectory_of_a_provenance(client_of: Clients, world: World, owner: str) -> None:
    row = make_probe(world.session) if owner == "probe_insertion" else make_chronic(world.session)
    client, body = client_of("alice"), {**PLACE, owner: str(row.pk)}
    address = f"/trajectories/{client.post('/trajectories', body, format='json').json()['id']}"
    again = client.post("/trajectories", body, format="json")
    assert again.status_code == 400
    assert "has a trajectory 'Histology track' already" in again.json()["non_field_errors"][0]
    assert client.put(address, body, format="json").status_code == 200
    aligned = client.patch(address, {owner: str(row.pk), "provenance": "ephys ALIGNED histology track"}, format="json")
    assert aligned.status_code == 400
    assert TrajectoryEstimate.objects.filter(provenance=ALIGNED).count() == 1


def test_every_write_names_the_insertion(client_of: Clients, world: World) -> None:
    probe = make_probe(world.session)
    track = probe.trajectory_estimate.get()
    address = f"/trajectories/{track.pk}"
    refused = client_of("alice").patch(address, {"json": {"k": 1}}, format="json")
    assert refused.status_code == 400
    assert "name the insertion" in refused.json()["detail"]
    kept = client_of("alice").patch(address, {"json": {"k": 1}, "probe_insertion": str(probe.pk)}, format="json")
    assert (kept.json()["json"], kept.json()["probe_insertion"]) == ({"k": 1}, str(probe.pk))
    freed = client_of("root").patch(address, {"x": 1.5}, format="json").json()
    assert (freed["x"], freed["probe_insertion"], freed["session"], freed["probe_name"]) == (1.5, None, None, None)


def test_an_angle_is_kept_as_it_was_sent(client_of: Clients, world: World) -> None:
    body = {**PLACE, "theta": 400, "probe_insertion": str(make_probe(world.session).pk)}
    assert client_of("alice").post("/trajectories", body, format="json").json()["theta"] == 400.0


FILTERS = {
    "provenance=Planned": 1,
    "provenance=EPHYS aligned histology track": 2,
    "subject=KS014": 2,
    "project=wide": 2,
    "project=wid": 0,
    "date=2024-01-31": 2,
    "experiment_number=1": 2,
    "probe=probe00": 1,
    "x=1": 3,
    "theta=5": 2,
    "django=provenance,70": 2,
    "django=channels__brain_region__acronym,CA1": 3,
    "django=x__gt,-1495.5,provenance__lt,50": 1,
}


def test_trajectories_are_chosen_by(client_of: Clients, world: World) -> None:
    world.session.projects.add(Project.objects.create(name="wide"))
    make_probe(world.session)
    make_probe(world.session, "probe01", provenance=10)
    make_chronic(world.session)
    client = client_of("alice")
    assert {query: client.get(f"/trajectories?{query}").json()["count"] for query in FILTERS} == FILTERS


def test_trajectories_are_chosen_by_keys(client_of: Clients, world: World) -> None:
    probe, client = make_probe(world.session), client_of("alice")
    chronic = make_chronic(world.session)
    for query in (f"probe_insertion={probe.pk}", f"chronic_insertion={chronic.pk}", f"session={world.session.pk}"):
        assert client.get(f"/trajectories?{query}").json()["count"] == 1
    for query in (f"probe_insertion={world.session.pk}", "provenance=70", "provenance=nothing", "date=yesterday"):
        assert client.get(f"/trajectories?{query}").status_code == 400


def channel(track: TrajectoryEstimate, axial: float, **more: Any) -> dict[str, Any]:
    return {"x": 0, "y": 0, "z": 0, "axial": axial, "lateral": 8, "trajectory_estimate": str(track.pk), **more}


def test_channels_come_one_by_one_or_as_a_list(client_of: Clients, world: World) -> None:
    track, client = make_probe(world.session).trajectory_estimate.get(), client_of("alice")
    before = track.datetime
    one = client.post("/channels", channel(track, 0), format="json")
    assert one.status_code == 201
    assert (one.json()["brain_region"], one.json()["name"], one.json()["axial"]) == (0, "", 0.0)
    many = client.post("/channels", [channel(track, i, brain_region=CA1) for i in (1, 2)], format="json")
    assert many.status_code == 201
    assert [row["axial"] for row in many.json()] == [1.0, 2.0]
    assert {row["brain_region"] for row in many.json()} == {CA1}
    track.refresh_from_db()
    assert track.datetime > before


def test_channels_are_recorded_all_or_none(client_of: Clients, world: World) -> None:
    track, client = make_probe(world.session).trajectory_estimate.get(), client_of("alice")
    for items in (
        [channel(track, 0), channel(track, 20)],
        [channel(track, 0), channel(track, 0)],
        [channel(track, 0), channel(track, 1, brain_region=987654321)],
        [channel(track, 0), {"axial": 1}],
    ):
        assert client.post("/channels", items, format="json").status_code == 400
    assert Channel.objects.count() == 2


def test_a_place_that_is_taken_is_named(client_of: Clients, world: World) -> None:
    track, client = make_probe(world.session).trajectory_estimate.get(), client_of("alice")
    refused = client.post("/channels", channel(track, 20), format="json").json()
    assert "has a channel at axial 20, lateral 8 already" in refused["non_field_errors"][0]
    row = track.channels.get(axial=20)
    assert client.patch(f"/channels/{row.pk}", {"axial": 40}, format="json").status_code == 400
    assert client.patch(f"/channels/{row.pk}", {"x": 7}, format="json").json()["x"] == 7.0


def test_many_channels_cost_as_many_queries_as_few(
    client_of: Clients, world: World, django_assert_max_num_queries: Any
) -> None:
    track, client = make_probe(world.session).trajectory_estimate.get(), client_of("alice")
    with django_assert_max_num_queries(16):
        made = client.post("/channels", [channel(track, 100 + i, brain_region=CA1) for i in range(384)], format="json")
    assert made.status_code == 201
    assert Channel.objects.count() == 386


def test_channels_are_chosen_by(client_of: Clients, world: World) -> None:
    probe, client = make_probe(world.session), client_of("alice")
    make_chronic(world.session)
    for query, count in {
        f"session={world.session.pk}": 2,
        f"probe_insertion={probe.pk}": 2,
        "subject=KS014": 2,
        "lab=mainenlab": 2,
        "lateral=8": 3,
        "axial=40": 1,
        f"brain_region={CA1}": 3,
        f"trajectory_estimate={probe.trajectory_estimate.get().pk}": 2,
        "django=axial__gt,30": 1,
        "django=brain_region__acronym,CA1": 3,
    }.items():
        assert client.get(f"/channels?{query}").json()["count"] == count, query


@pytest.mark.parametrize(("person", "status"), [("bob", 201), ("dora", 201), ("charlie", 403), ("visitor", 403)])
def test_channels_are_for_those_who_write_the_session(
    client_of: Clients, world: World, person: str, status: int
) -> None:
    track = make_probe(world.session).trajectory_estimate.get()
    assert client_of(person).post("/channels", [channel(track, 0)], format="json").status_code == status


def test_a_lab_writes_the_trajectories_of_its_chronic_insertions(client_of: Clients, world: World) -> None:
    body = {**PLACE, "chronic_insertion": str(make_chronic(world.session).pk)}
    assert client_of("charlie").post("/trajectories", body, format="json").status_code == 403
    assert client_of("bob").post("/trajectories", body, format="json").status_code == 201
