"""What old clients write, in the corners: what must be there, what may be left out, and what stands for it then."""

from typing import Any

import pytest
from tests.alyx.factories import Clients, World, make_dataset

from bregma.alyx.data.models import DataRepository
from bregma.alyx.misc.models import LabLocation

REQUIRED = ["This field is required."]
WHEEL = "alf/_ibl_wheel.position.npy"


@pytest.mark.parametrize(
    ("path", "body", "missing"),
    [
        ("/datasets", {}, {"name", "dataset_type"}),
        ("/data-formats", {"name": "new"}, {"file_extension"}),
        ("/fields-of-view", {}, {"name", "session"}),
    ],
)
def test_a_row_says_what_it_lacks(client_of: Clients, path: str, body: Any, missing: set[str]) -> None:
    answer = client_of("root").post(path, body, format="json")
    assert answer.status_code == 400
    assert answer.json() == {**dict.fromkeys(missing, REQUIRED), "status_code": 400}


def test_a_dataset_without_a_format_has_the_unknown_one(client_of: Clients, world: World) -> None:
    body = {"name": "a.b.npy", "dataset_type": "trials.table", "session": f"http://h/sessions/{world.session.pk}"}
    answer = client_of("alice").post("/datasets", body, format="json")
    assert (answer.status_code, answer.json()["data_format"]) == (201, "unknown")


def test_a_field_of_view_may_be_of_no_type(client_of: Clients, world: World) -> None:
    body = {"name": "FOV_00", "session": str(world.session.pk)}
    answer = client_of("alice").post("/fields-of-view", body, format="json")
    assert (answer.status_code, answer.json()["imaging_type"]) == (201, None)


def test_a_place_keeps_its_lab_when_none_is_named(client_of: Clients, world: World) -> None:
    LabLocation.objects.create(name="rig", lab=world.lab)
    answer = client_of("root").put("/locations/rig", {"name": "rig_2"}, format="json")
    assert (answer.status_code, answer.json()["lab"]) == (200, "mainenlab")


def test_a_download_names_its_datasets(client_of: Clients, world: World) -> None:
    alice = client_of("alice")
    answer = alice.post("/new-download", {"projects": []}, format="json")
    assert answer.status_code == 400
    assert "datasets" in answer.json()["detail"]
    assert alice.post("/new-download", {"datasets": []}, format="json").json() == {"download": [], "count": []}
    made = make_dataset(world.session)
    assert alice.post("/new-download", {"datasets": str(made.pk)}, format="json").json()["count"] == [1]


def test_a_personal_repository_that_is_named_gets_a_copy_beside_those_on_servers(
    client_of: Clients, world: World
) -> None:
    for name, personal in (("server", False), ("desk", True), ("other_desk", True)):
        url = None if personal else "https://example.org/"
        world.lab.repositories.add(DataRepository.objects.create(name=name, globus_is_personal=personal, data_url=url))
    body = {"path": "KS014/2024-01-31/001", "filenames": [WHEEL], "name": "desk", "server_only": True}
    records = client_of("alice").post("/register-file", body, format="json").json()[0]["file_records"]
    assert sorted((row["data_repository"], row["exists"]) for row in records) == [("desk", True), ("server", True)]


def test_no_file_is_smaller_than_nothing(client_of: Clients) -> None:
    body = {"path": "KS014/2024-01-31/001", "filenames": [WHEEL], "filesizes": [-1]}
    answer = client_of("alice").post("/register-file", body, format="json")
    assert answer.json() == {"status_code": 400, "detail": f"'-1' is not the size of {WHEEL} in bytes"}


def test_a_changed_dataset_of_no_session_shows_all_its_columns(client_of: Clients) -> None:
    root = client_of("root")
    url = root.post("/datasets", {"name": "a.b.npy", "dataset_type": "trials.table"}, format="json").json()["url"]
    before = root.get(url).json()
    after = root.patch(url, {"qc": "PASS"}, format="json").json()
    assert list(after) == list(before)
    assert after["experiment_number"] is None
