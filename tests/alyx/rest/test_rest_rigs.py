"""What a rig does through our own client: new sessions, files, released files, water, weights, notes, quality."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.alyx.factories import make_dataset
from tests.alyx.in_process import make_client

from bregma.alf import ALFPath, write_object
from bregma.alyx.actions.models import Session
from bregma.alyx.data.models import Dataset, Tag
from bregma.one import RegistrationClient, SubjectNotFound

if TYPE_CHECKING:
    from pathlib import Path

    from tests.alyx.factories import World

    from bregma.store import LocalStore


@pytest.fixture
def rig(world: World, store: LocalStore, tmp_path: Path) -> RegistrationClient:
    """Return a rig's client, signed in as alice."""
    token = world.token("alice")["Authorization"].removeprefix("Token ")
    return RegistrationClient(make_client(tmp_path, token=token))


@pytest.fixture
def folder(tmp_path: Path) -> ALFPath:
    """Return the folder of the session of the world, on a rig."""
    return ALFPath(tmp_path / "rig/mainenlab/Subjects/KS014/2024-01-31/001")


def test_new_sessions_are_numbered_by_the_server(rig: RegistrationClient, world: World, tmp_path: Path) -> None:
    path, eid = rig.create_new_session("KS014", tmp_path, "2024-01-31T12:00:00", task_protocol="t")
    assert path == ALFPath(tmp_path / "KS014/2024-01-31/002")
    session = Session.objects.get(pk=eid)
    assert (session.number, session.task_protocol, session.lab) == (2, "t", world.lab)
    assert [user.username for user in session.users.all()] == ["alice"]
    (tmp_path / "KS014/2024-01-31/005").mkdir()
    assert rig.create_new_session("KS014", tmp_path, "2024-01-31")[0].name == "006"
    with pytest.raises(SubjectNotFound):
        rig.create_new_session("NOBODY", tmp_path)


def test_a_session_that_is_there_keeps_what_is_not_said(rig: RegistrationClient, world: World, folder: ALFPath) -> None:
    record, none = rig.register_session(folder, file_list=False, n_trials=7)
    assert (record["id"], none) == (str(world.session.pk), None)
    after = Session.objects.get(pk=world.session.pk)
    assert (after.n_trials, after.start_time, after.task_protocol) == (
        7,
        world.session.start_time,
        world.session.task_protocol,
    )


def test_files_are_registered_and_sent(rig: RegistrationClient, folder: ALFPath) -> None:
    write_object(folder / "alf", "spikes", {"times": np.arange(3.0), "clusters": np.arange(3)})
    (folder / "alf/nothing.known.npy").touch()
    _, records = rig.register_session(folder)
    assert records is not None
    assert [record["name"] for record in records] == ["spikes.clusters.npy", "spikes.times.npy"]
    again = rig.send_files(sorted((folder / "alf").glob("spikes*")), versions="1.1")
    assert [record["id"] for record in again] == [record["id"] for record in records]


def test_a_released_file_becomes_a_revision(rig: RegistrationClient, world: World, folder: ALFPath) -> None:
    make_dataset(world.session, "_ibl_trials.table.pqt", tag=Tag.objects.create(name="out", protected=True))
    file = folder / "alf/_ibl_trials.table.pqt"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"PAR1")
    assert rig.check_protected_files(file)["status_code"] == 403
    assert rig.check_protected_files([file])[0]["details"] == [{"alf/_ibl_trials.table.pqt": [{"": True}]}]
    record = rig.register_files(file)
    today = date.today().isoformat()  # noqa: DTZ011 - the day of the lab
    assert record["revision"] == today
    assert not file.exists()
    moved = file.parent / f"#{today}#" / file.name
    assert moved.read_bytes() == b"PAR1"
    assert Dataset.objects.filter(session=world.session).count() == 2
    moved.write_bytes(b"PAR2")
    assert rig.register_files(moved)["id"] == record["id"]


def test_entries_are_made(rig: RegistrationClient, world: World) -> None:
    assert rig.register_water_administration("KS014", 1.23456)["water_administered"] == 1.235
    assert rig.register_weight("KS014", 24.5, "2024-02-01T09:00:00")["weight"] == 24.5
    note = rig.register_note(world.session.pk, "It slept.")
    assert (note["text"], note["user"]) == ("It slept.", "alice")
    rig.register_session_qc(world.session.pk, "WARNING", {"one": 1})
    rig.register_session_qc(world.session.pk, "FAIL", {"two": 2})
    session = Session.objects.get(pk=world.session.pk)
    assert (session.qc, session.extended_qc) == (40, {"one": 1, "two": 2})
    dataset = make_dataset(world.session)
    rig.register_dataset_qc(dataset.pk, "PASS")
    dataset.refresh_from_db()
    assert dataset.qc == 10


def test_the_server_describes_itself_to_the_client(world: World, tmp_path: Path) -> None:
    client = make_client(tmp_path, token=world.token("alice")["Authorization"].removeprefix("Token "))
    assert {"sessions", "subjects", "register-file"} <= set(client.rest())
    assert client.rest("subjects")[:2] == ["list", "create"]
    assert "nickname" in client.rest_schemes.field_names("subjects", "create")
    assert client.user == "alice"
