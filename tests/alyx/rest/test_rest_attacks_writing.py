"""Attacks on rows of others: through links, moves and fields beside those that the policy looks at first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.alyx.factories import Clients, make_dataset, make_session

from bregma.alyx.access.tokens import create_token
from bregma.alyx.data.models import DataRepository, Dataset, FileRecord, Tag
from bregma.alyx.experiments.models import ChronicInsertion, ProbeInsertion
from bregma.alyx.misc.models import LabMembership
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from tests.alyx.factories import World


FILES = {"content_type": "subject", "filenames": ["_ibl_trials.table.pqt"], "path": "KS014"}


@pytest.fixture
def own(world: World) -> Any:
    """Return a session of charlie's own subject, in the other lab."""
    subject = Subject.objects.create(
        nickname="CH001", lab=world.other_lab, responsible_user=world.people["charlie"], sex="F"
    )
    return make_session(subject)


def test_a_probe_is_not_linked_to_the_chronic_insertion_of_another(client_of: Clients, world: World, own: Any) -> None:
    theirs = ChronicInsertion.objects.create(subject=world.subject, lab=world.lab, name="chronic", serial="S1")
    body = {"session": str(own.pk), "name": "probe00", "serial": "S1", "chronic_insertion": str(theirs.pk)}
    assert client_of("charlie").post("/insertions", body, format="json").status_code == 400
    mine = ProbeInsertion.objects.create(session=own, name="probe01", serial="S1")
    link = {"chronic_insertion": str(theirs.pk)}
    assert client_of("charlie").patch(f"/insertions/{mine.pk}", link, format="json").status_code == 400
    assert not theirs.probe_insertion.exists()


@pytest.mark.parametrize("endpoint", ["insertions", "fields-of-view"])
def test_a_probe_or_view_has_no_datasets_of_other_sessions(
    client_of: Clients, world: World, own: Any, endpoint: str
) -> None:
    theirs = make_dataset(world.session)
    body = {"session": str(own.pk), "name": "x", "imaging_type": "mesoscope", "datasets": [str(theirs.pk)]}
    assert client_of("charlie").post(f"/{endpoint}", body, format="json").status_code == 400


def test_only_a_superuser_moves_a_public_dataset(client_of: Clients, world: World) -> None:
    published = make_dataset(world.session, tag=Tag.objects.create(name="paper", public=True))
    hidden = make_session(world.subject, 2)
    move = {"session": str(hidden.pk)}
    assert client_of("alice").patch(f"/datasets/{published.pk}", move, format="json").status_code == 403
    assert client_of("visitor").get(f"/sessions/{hidden.pk}").status_code == 404
    assert client_of("root").patch(f"/datasets/{published.pk}", move, format="json").status_code == 200


def test_a_subject_is_not_brought_into_a_lab_of_others(client_of: Clients, world: World, own: Any) -> None:
    answer = client_of("charlie").patch("/subjects/CH001", {"lab": "mainenlab"}, format="json")
    assert answer.status_code == 403
    assert Subject.objects.get(pk=own.subject_id).lab == world.other_lab


def test_a_technician_registers_no_files_of_a_subject(client_of: Clients, world: World) -> None:
    LabMembership.objects.filter(user=world.people["bob"]).update(role="technician")
    Subject.objects.create(nickname="BOB1", lab=world.lab, responsible_user=world.people["bob"])
    body = {**FILES, "object_id": str(world.subject.pk)}
    assert client_of("bob").post("/register-file", body, format="json").status_code == 403
    assert not Dataset.objects.exists()


def test_a_token_that_registers_registers_files_of_a_subject(client_of: Clients, world: World) -> None:
    _, text = create_token(world.people["alice"], name="rig", days=1, scopes=["register"])
    client = client_of("anonymous")
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    answer = client.post("/register-file", {**FILES, "object_id": str(world.subject.pk)}, format="json")
    assert answer.status_code == 201, answer.content


@pytest.mark.parametrize(("name", "status"), [("alice", 200), ("bob", 200), ("charlie", 403), ("visitor", 403)])
def test_a_dataset_of_a_subject_is_written_as_the_subject_lets(
    client_of: Clients, world: World, name: str, status: int
) -> None:
    made = client_of("root").post("/register-file", {**FILES, "object_id": str(world.subject.pk)}, format="json")
    path = f"/datasets/{made.json()[0]['id']}"
    assert client_of(name).patch(path, {"version": "2"}, format="json").status_code == status
    assert client_of(name).delete(path).status_code == (204 if status == 200 else status)


def test_nobody_is_believed_that_a_copy_elsewhere_is_in_the_own_store(client_of: Clients, world: World) -> None:
    dataset = make_dataset(world.session)
    own_store = dataset.file_records.get()
    own_store.delete()
    elsewhere = DataRepository.objects.create(name="cloud", data_url="https://files.example.org/")
    copy = FileRecord.objects.create(
        dataset=dataset, data_repository=elsewhere, relative_path=own_store.relative_path, exists=True
    )
    move = {"data_repository": own_store.data_repository.name}
    assert client_of("alice").patch(f"/files/{copy.pk}", move, format="json").status_code == 400
    assert client_of("alice").patch(f"/files/{copy.pk}", {**move, "exists": False}, format="json").status_code == 200
