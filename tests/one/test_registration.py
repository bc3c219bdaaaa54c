"""Entering sessions and files: repeatable, checked before anything is sent."""

import json
from datetime import date, datetime

import httpx
import numpy as np
import pytest

from bregma.alf import ALFPath, InvalidALFName, ObjectNotFound, write_object
from bregma.one import (
    ProtectedDataset,
    RegistrationClient,
    ResponseError,
    SubjectNotFound,
)
from bregma.store import HashMismatch, StoreUnavailable


@pytest.fixture
def registrar(one) -> RegistrationClient:
    return RegistrationClient(one)


@pytest.fixture
def session_path(tmp_path) -> ALFPath:
    folder = ALFPath(tmp_path / "rig/mylab/Subjects/KS014/2020-02-02/001")
    write_object(folder / "alf", "spikes", {"times": np.arange(3.0), "clusters": np.arange(3)})
    return folder


@pytest.fixture
def files(session_path) -> list[ALFPath]:
    return sorted(session_path.rglob("*.npy"))


def test_a_session_is_entered_once(registrar, alyx, one):
    eid = registrar.register_session(
        "KS014", date(2020, 2, 2), 1, task_protocol="t", start_time=datetime(2020, 2, 2, 9, 8, 7),  # noqa: DTZ001
        projects=["p"], n_trials=10, json={"a": 1},
    )  # fmt: skip
    record = alyx.sessions[str(eid)]
    assert (record["lab"], record["start_time"], record["n_trials"]) == ("mylab", "2020-02-02T09:08:07", 10)
    assert registrar.register_session("KS014", "2020-02-02", 1) == eid
    assert one.to_eid("KS014/2020-02-02/001") == eid
    assert alyx.asked("POST") == ["POST /sessions"]
    assert alyx.asked("PATCH") == []


def test_entering_again_adds_what_is_new_and_keeps_the_start(registrar, alyx):
    eid = registrar.register_session("KS014", "2020-02-02", start_time="2020-02-02T09:08:07", task_protocol="t")
    registrar.register_session("KS014", "2020-02-02", n_correct_trials=7)
    record = alyx.sessions[str(eid)]
    assert (record["start_time"], record["task_protocol"], record["n_correct_trials"]) == (
        "2020-02-02T09:08:07",
        "t",
        7,
    )


def test_without_a_start_a_session_begins_at_midnight(registrar, alyx):
    eid = registrar.register_session("KS014", "2020-02-02", 3)
    assert alyx.sessions[str(eid)]["start_time"] == "2020-02-02T00:00:00"


def test_an_unknown_subject_is_named(registrar, alyx):
    with pytest.raises(SubjectNotFound, match=r"no subject 'KS999'.*enter the subject first"):
        registrar.register_session("KS999", "2020-02-02")
    assert alyx.asked("POST") == []


def test_files_are_entered_sent_and_loaded_back(registrar, session_path, files, one):
    eid = registrar.register_session("KS014", "2020-02-02")
    records = registrar.register_files(session_path, files, lab="mylab", qc="PASS", versions="1.0")
    assert [record["name"] for record in records] == ["spikes.clusters.npy", "spikes.times.npy"]
    np.testing.assert_array_equal(one.load_object(eid, "spikes").times, np.arange(3.0))


def test_what_the_server_is_told(registrar, session_path, files, alyx):
    registrar.register_files(session_path, files, lab="mylab", qc=["PASS", 40], versions=["1", "2"])
    body = json.loads(next(one for one in alyx.requests if one.url.path == "/register-file").content)
    assert body["path"] == "KS014/2020-02-02/001"
    assert body["filenames"] == ["alf/spikes.clusters.npy", "alf/spikes.times.npy"]
    assert body["filesizes"] == [path.stat().st_size for path in files]
    assert [len(md5) for md5 in body["hashes"]] == [32, 32]
    assert (body["labs"], body["qc"], body["versions"], body["exists"]) == (["mylab"], [10, 40], ["1", "2"], False)


def test_files_that_are_there_are_not_sent_again(registrar, session_path, files, alyx):
    registrar.register_files(session_path, files, lab="mylab")
    assert len(alyx.asked("PUT")) == 2
    registrar.register_files(session_path, files, lab="mylab")
    assert len(alyx.asked("PUT")) == 2
    write_object(session_path / "alf", "spikes", {"times": np.arange(3.0) + 1})
    registrar.register_files(session_path, files, lab="mylab")
    assert len(alyx.asked("PUT")) == 3


def test_an_interrupted_registration_is_repeated(registrar, session_path, files, alyx):
    registrar.register_files(session_path, files[:1], lab="mylab")
    for record in alyx.datasets.values():
        record["sent"] = False
    registrar.register_files(session_path, files, lab="mylab")
    assert all(record["sent"] for record in alyx.datasets.values() if record["eid"] != next(iter(alyx.sessions)))


def test_a_server_that_does_not_say_where_files_go_is_asked(registrar, session_path, files, alyx):
    alyx.tells_addresses = False
    registrar.register_files(session_path, files, lab="mylab")
    assert alyx.asked("GET") == ["GET /datasets"]
    assert len(alyx.asked("PUT")) == 2


def test_a_lab_without_a_place_for_files_is_said_so(registrar, session_path, files, alyx):
    enter = alyx.enter

    def elsewhere(*row):
        record = enter(*row)
        record["file_records"][0]["data_url"] = "https://other.test/store/x"
        return record

    alyx.enter = elsewhere
    with pytest.raises(StoreUnavailable, match="no repository on"):
        registrar.register_files(session_path, files, lab="mylab")
    assert alyx.asked("PUT") == []


def test_files_may_be_named_relative_to_the_session(registrar, session_path, alyx):
    registrar.register_files(session_path, ["alf/spikes.times.npy"], lab="mylab")
    assert len(alyx.asked("PUT")) == 1


def test_nothing_to_register_asks_nobody(registrar, session_path, alyx):
    assert registrar.register_files(session_path, [], lab="mylab") == []
    assert alyx.requests == []


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("alf/notes.txt", InvalidALFName),
        ("alf/my-spikes.times.npy", InvalidALFName),
        ("alf/spikes.missing.npy", FileNotFoundError),
        ("../002/alf/spikes.times.npy", ObjectNotFound),
        ("/etc/a.b.npy", ObjectNotFound),
    ],
)
def test_a_bad_file_is_refused_before_anything_is_sent(registrar, session_path, files, alyx, name, error):
    (session_path / "alf/notes.txt").touch()
    (session_path / "alf/my-spikes.times.npy").touch()
    with pytest.raises(error, match=r"notes|my-spikes|missing|not in the session"):
        registrar.register_files(session_path, [*files, name], lab="mylab")
    assert alyx.requests == []


def test_a_folder_outside_any_session_is_refused(registrar, tmp_path, alyx):
    with pytest.raises(InvalidALFName, match="no session in path"):
        registrar.register_files(tmp_path, ["a.b.npy"], lab="mylab")
    assert alyx.requests == []


def test_one_quality_for_each_file_or_one_for_all(registrar, session_path, files):
    with pytest.raises(ValueError, match="1 qc for 2 files"):
        registrar.register_files(session_path, files, lab="mylab", qc=["PASS"])
    with pytest.raises(ValueError, match="no quality-control outcome"):
        registrar.register_files(session_path, files, lab="mylab", qc="GOOD")


def test_a_released_file_is_protected_and_the_way_out_named(registrar, session_path, files, alyx):
    words = "One or more datasets is protected"
    alyx.answers = [
        httpx.Response(403, json={"error": words, "status_code": 403, "details": [{"alf/x": [{"": True}]}]})
    ]
    with pytest.raises(ProtectedDataset, match="put the new ones into a revision"):
        registrar.register_files(session_path, files, lab="mylab")


def test_other_refusals_are_passed_on(registrar, session_path, files, alyx):
    alyx.answers = [httpx.Response(400, json={"error": "no lab", "status_code": 400})]
    with pytest.raises(ResponseError, match="no lab"):
        registrar.register_files(session_path, files, lab="mylab")


def test_bytes_that_change_on_the_way_are_refused_by_the_server(registrar, session_path, files, alyx):
    registrar.register_files(session_path, files, lab="mylab")
    write_object(session_path / "alf", "spikes", {"times": np.arange(3.0) + 9})
    enter = alyx.enter

    def forget(eid, folder, rel_path, md5, size):
        record = enter(eid, folder, rel_path, md5, size)
        alyx.datasets[record["id"]]["hash"] = "0" * 32
        return record

    alyx.enter = forget
    with pytest.raises(HashMismatch, match="other bytes than registered"):
        registrar.register_files(session_path, files, lab="mylab")
