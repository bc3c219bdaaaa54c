"""Fields of view, their locations and stacks over REST."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from rest_framework.test import APIClient
from tests.alyx.factories import PASSWORD, Clients, make_dataset, make_session
from tests.alyx.recordings import CA1, HIPPOCAMPUS, make_view

from bregma.alyx.accounts import create_user
from bregma.alyx.data.models import Dataset
from bregma.alyx.experiments.models import FOV, ImagingStack
from bregma.alyx.misc.models import LabMembership
from bregma.alyx.subjects.models import Project

if TYPE_CHECKING:
    from tests.alyx.factories import World


LISTED = {*("id", "brain_region", "coordinate_system", "provenance", "x", "y", "z", "n_xyz"), "default_provenance"}
LISTED |= {"auto_datetime"}


def place(view: FOV, **more: Any) -> dict[str, Any]:
    corners = {"x": [0, 1, 0, 1], "y": [0, 0, 1, 1], "z": [0, 0, 0, 0], "n_xyz": [5, 5, 1]}
    found = {"field_of_view": str(view.pk), "coordinate_system": "IBL-Allen", "provenance": "L", **corners}
    return {**found, **more}


def test_a_field_of_view_shows_its_locations(client_of: Clients, world: World) -> None:
    dataset = make_dataset(world.session)
    Dataset.objects.filter(pk=dataset.pk).update(collection="alf/FOV_00")
    client = client_of("alice")
    body = {"session": str(world.session.pk), "name": "FOV_00", "imaging_type": "mesoscope"}
    made = client.post("/fields-of-view", body, format="json")
    assert made.status_code == 201
    key = made.json()["id"]
    rest = {"location": [], "json": None, "stack": None, "datasets": [str(dataset.pk)]}
    assert made.json() == {**body, "id": key, **rest}
    assert client.post("/fields-of-view", body, format="json").status_code == 400
    assert client.patch(f"/fields-of-view/{key}", {"name": "FOV_01"}, format="json").json()["datasets"] == []


def test_the_location_of_a_field_of_view(client_of: Clients, world: World) -> None:
    view, client = make_view(world.session), client_of("alice")
    made = client.post("/fov-location", place(view, brain_region=[HIPPOCAMPUS, CA1]), format="json")
    assert made.status_code == 201
    assert set(made.json()) == {*LISTED, "json", "field_of_view"}
    assert (made.json()["x"], made.json()["n_xyz"]) == ([0.0, 1.0, 0.0, 1.0], [5, 5, 1])
    assert made.json()["brain_region"] == [HIPPOCAMPUS, CA1]
    listed = client.get("/fov-location").json()["results"]
    assert set(listed[0]) == LISTED
    inside = client.get(f"/fields-of-view/{view.pk}").json()["location"]
    assert [row["default_provenance"] for row in inside] == [True, False]
    assert set(inside[0]) == LISTED


def test_a_new_default_takes_the_place_of_the_old(client_of: Clients, world: World) -> None:
    view, client = make_view(world.session), client_of("alice")
    old = view.location.get()
    made = client.post("/fov-location", place(view, provenance="landmark", default_provenance=True), format="json")
    assert (made.status_code, made.json()["provenance"]) == (201, "L")
    assert list(view.location.filter(default_provenance=True).values_list("provenance", flat=True)) == ["L"]
    client.patch(f"/fov-location/{old.pk}", {"default_provenance": True}, format="json")
    assert list(view.location.filter(default_provenance=True).values_list("provenance", flat=True)) == ["E"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"provenance": "X"}, "provenance"),
        ({"provenance": "Estimate"}, "non_field_errors"),
        ({"x": [1, "a"]}, "x"),
        ({"x": 1}, "x"),
        ({"n_xyz": [1, 2, 3, 4]}, "n_xyz"),
        ({"brain_region": [987654321]}, "brain_region"),
        ({"coordinate_system": None}, "coordinate_system"),
    ],
)
def test_bad_values_of_a_location_are_named(
    client_of: Clients, world: World, change: dict[str, Any], field: str
) -> None:
    refused = client_of("alice").post("/fov-location", place(make_view(world.session), **change), format="json")
    assert refused.status_code == 400
    assert field in refused.json()


def test_a_location_names_its_coordinate_system(client_of: Clients, world: World) -> None:
    body = place(make_view(world.session))
    del body["coordinate_system"]
    refused = client_of("alice").post("/fov-location", body, format="json")
    assert refused.json()["coordinate_system"] == ["Name the coordinate system, such as IBL-Allen."]


def test_locations_are_chosen_by(client_of: Clients, world: World) -> None:
    view, client = make_view(world.session), client_of("alice")
    for query, count in {
        "provenance=estimate": 1,
        "provenance=E": 1,
        "provenance=Landmark": 0,
        "default_provenance=true": 1,
        "default_provenance=False": 0,
        f"field_of_view={view.pk}": 1,
        "coordinate_system=IBL-Allen": 1,
        "coordinate_system=Needles-Allen": 0,
        f"brain_region={CA1}": 1,
        f"brain_region={HIPPOCAMPUS}": 0,
        "z=0.5": 1,
        "z=2": 0,
        "n_xyz=5": 1,
        "django=provenance,E": 1,
        "django=brain_region__acronym,CA1": 1,
    }.items():
        assert client.get(f"/fov-location?{query}").json()["count"] == count, query
    assert client.get("/fov-location?provenance=nothing").status_code == 400


def test_fields_of_view_are_chosen_by(client_of: Clients, world: World) -> None:
    view, client = make_view(world.session), client_of("alice")
    view.datasets.add(make_dataset(world.session))
    world.session.projects.add(Project.objects.create(name="wide"))
    for query, count in {
        "subject=KS014": 1,
        "lab=MAINENLAB": 1,
        "project=wide": 1,
        "project=wid": 0,
        "date=2024-01-31": 1,
        "experiment_number=2": 0,
        "imaging_type=MESO": 1,
        f"session={world.session.pk}": 1,
        "name=FOV_00": 1,
        f"id={view.pk}": 1,
        "dataset_types=trials.table": 1,
        "dataset_types=trials.table,spikes.times": 0,
        "datasets=_ibl_trials.table.pqt": 1,
        "django=location__provenance,E": 1,
        "django=name__endswith,_00": 1,
    }.items():
        assert client.get(f"/fields-of-view?{query}").json()["count"] == count, query
    assert client.get(f"/fields-of-view?session={view.pk}").status_code == 400


def test_the_slices_of_a_stack_are_of_one_session(client_of: Clients, world: World) -> None:
    view, client = make_view(world.session), client_of("alice")
    made = client.post("/imaging-stack", {"name": "stack"}, format="json")
    assert made.json() == {"id": made.json()["id"], "slices": [], "name": "stack", "json": None}
    key = made.json()["id"]
    assert client.patch(f"/fields-of-view/{view.pk}", {"stack": key}, format="json").json()["stack"] == key
    other = make_session(world.subject, number=2)
    body = {"session": str(other.pk), "name": "FOV_01", "imaging_type": "mesoscope", "stack": key}
    refused = client.post("/fields-of-view", body, format="json")
    assert refused.status_code == 400
    assert "Stack fields of view must belong to the same session" in refused.json()["non_field_errors"][0]
    listed = client.get("/imaging-stack").json()["results"]
    assert [set(row) for row in listed] == [{"id", "slices"}]
    assert [row["name"] for row in listed[0]["slices"]] == ["FOV_00"]
    assert client.get(f"/imaging-stack/{key}").json()["slices"][0]["location"][0]["brain_region"] == [CA1]
    assert client.delete(f"/imaging-stack/{key}").status_code == 405


@pytest.mark.parametrize(("person", "status"), [("bob", 200), ("charlie", 403), ("visitor", 403), ("anonymous", 403)])
def test_imaging_is_written_by_those_who_write_the_session(
    client_of: Clients, world: World, person: str, status: int
) -> None:
    view = make_view(world.session)
    client = client_of(person)
    assert client.patch(f"/fields-of-view/{view.pk}", {"json": {}}, format="json").status_code == status
    address = f"/fov-location/{view.location.get().pk}"
    assert client.patch(address, {"json": {}}, format="json").status_code == status


def test_a_stack_is_seen_by_those_who_see_a_slice(client_of: Clients, world: World) -> None:
    view = make_view(world.session)
    view.stack = ImagingStack.objects.create(name="stack")
    view.save()
    for name, lab in (("guest", world.lab), ("other guest", world.other_lab)):
        world.people[name] = create_user(name.replace(" ", "_"), PASSWORD)
        LabMembership.objects.create(user=world.people[name], lab=lab, role="guest")
    found = {}
    for person, user in world.people.items():
        client = APIClient()
        client.force_authenticate(user)
        found[person] = client.get("/imaging-stack").json()["count"]
    assert {person for person, count in found.items() if not count} == {"visitor", "other guest"}
