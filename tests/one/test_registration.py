"""Entering sessions and files: repeatable, checked before anything is sent."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import httpx
import numpy as np
import pytest

from bregma.alf import ALFPath, InvalidALFName, ObjectNotFound, write_object
from bregma.one import (
    MemberNotFound,
    ProtectedDataset,
    RegistrationClient,
    ResponseError,
    SubjectNotFound,
)
from bregma.one.registration import get_dataset_type
from bregma.one.registration.revisions import plan_revisions
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


FOLDER = "mylab/Subjects/KS014/2020-02-02/001"


def enter(registrar, folder=FOLDER, **options):
    return registrar.register_session(folder, file_list=False, **options)[0]


def test_a_session_is_entered_once(registrar, alyx, one):
    start = datetime(2020, 2, 2, 9, 8, 7)  # noqa: DTZ001
    record = enter(
        registrar, users="bob", task_protocol="t", start_time=start, projects="p", n_trials=10, json={"a": 1}
    )
    kept = alyx.sessions[record["id"]]
    assert (kept["lab"], kept["start_time"], kept["n_trials"]) == ("mylab", "2020-02-02T09:08:07", 10)
    assert (kept["users"], kept["projects"], kept["type"]) == (["bob"], ["p"], "Experiment")
    assert enter(registrar)["id"] == record["id"]
    assert str(one.to_eid("KS014/2020-02-02/001")) == record["id"]
    assert alyx.asked("POST") == ["POST /sessions"]
    assert alyx.asked("PATCH") == []


def test_entering_again_adds_what_is_new_and_keeps_the_start(registrar, alyx):
    record = enter(registrar, start_time="2020-02-02T09:08:07", task_protocol="t")
    enter(registrar, n_correct_trials=7)
    kept = alyx.sessions[record["id"]]
    assert (kept["start_time"], kept["task_protocol"], kept["n_correct_trials"]) == ("2020-02-02T09:08:07", "t", 7)


def test_without_a_start_a_session_begins_at_midnight_and_is_of_who_is_signed_in(registrar, alyx):
    record = enter(registrar, "KS014/2020-02-02/003")
    assert (record["start_time"], record["users"], record["lab"]) == ("2020-02-02T00:00:00", ["anna"], "mylab")


def test_an_unknown_subject_or_user_is_named(registrar, alyx):
    with pytest.raises(SubjectNotFound, match=r"no subject 'KS999'.*enter the subject first"):
        enter(registrar, "KS999/2020-02-02/001")
    with pytest.raises(MemberNotFound, match="no 'carl' among its users"):
        enter(registrar, users=["bob", "carl"])
    assert alyx.asked("POST") == []


@pytest.mark.parametrize(
    ("folder", "options", "words"),
    [
        (FOLDER, {"lab": "other"}, "of the lab mylab, not of other"),
        (FOLDER, {"start_time": "2020-02-03T00:00:00"}, "is of 2020-02-02"),
        ("nowhere", {}, "no session in path"),
    ],
)
def test_what_contradicts_the_path_is_refused(registrar, alyx, folder, options, words):
    with pytest.raises(ValueError, match=words):
        enter(registrar, folder, **options)
    assert alyx.asked("POST") == []


def test_a_session_that_another_rig_enters_meanwhile_is_taken(registrar, alyx):
    eid = alyx.add_session("KS014", "2020-02-02")
    empty = httpx.Response(200, json=[])
    subject = httpx.Response(200, json={"nickname": "KS014", "lab": "mylab"})
    alyx.answers = [subject, empty]
    record = enter(RegistrationClient(registrar.one), task_protocol="t")
    assert (record["id"], record["start_time"]) == (str(eid), "2020-02-02T10:36:10")


def test_all_files_that_have_a_type_are_registered_with_the_session(registrar, session_path, alyx):
    (session_path / "alf/notes.more.txt").touch()
    (session_path / "alf/other.thing.npy").touch()
    record, files = registrar.register_session(session_path)
    assert [file["name"] for file in files] == ["spikes.clusters.npy", "spikes.times.npy"]
    assert record["data_dataset_session_related"] == files
    body = json.loads(alyx.requests[-1].content)
    assert (body["exists"], body["created_by"], body["labs"], body["default"]) == (True, "anna", "mylab", True)
    assert alyx.asked("PUT") == []


def test_new_sessions_get_the_next_number_of_the_server(registrar, alyx, tmp_path):
    alyx.add_session("KS014", "2020-02-02", number=4)
    path, eid = registrar.create_new_session("KS014", tmp_path, "2020-02-02T10:00:00", task_protocol="t")
    assert path == ALFPath(tmp_path / "KS014/2020-02-02/005")
    assert path.is_dir()
    assert alyx.sessions[str(eid)]["number"] == 5
    assert alyx.sessions[str(eid)]["start_time"] == "2020-02-02T10:00:00"
    assert registrar.create_new_session("KS014", tmp_path, "2020-02-02")[0].name == "006"


def test_folders_that_nobody_entered_count_too(registrar, tmp_path):
    (tmp_path / "KS014/2020-02-02/007").mkdir(parents=True)
    assert registrar.create_new_session("KS014", tmp_path, date(2020, 2, 2))[0].name == "008"


def test_a_server_that_does_not_count_is_told_the_number(registrar, alyx, tmp_path):
    alyx.counts = False
    alyx.add_session("KS014", "2020-02-02", number=1)
    assert registrar.create_new_session("KS014", tmp_path, "2020-02-02")[0].name == "002"


def test_a_record_of_the_day_as_a_whole_takes_no_number(registrar, alyx, tmp_path):
    alyx.counts = False
    eid = alyx.add_session("KS014", "2020-02-02", number=9)
    alyx.sessions[str(eid)]["number"] = None
    assert registrar.create_new_session("KS014", tmp_path, "2020-02-02")[0].name == "001"
    assert registrar.one.find_sessions(id=eid)[0].number == 0


def test_without_the_server_each_process_gets_a_folder_of_its_own(registrar, alyx, tmp_path):
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(registrar.create_new_session, "KS014", tmp_path, "2020-02-02", False) for _ in range(16)]
    assert sorted(job.result()[0].name for job in jobs) == [f"{i:03d}" for i in range(1, 17)]
    assert {job.result()[1] for job in jobs} == {None}
    assert alyx.asked("POST") == []


def test_flagged_folders_become_sessions(registrar, session_path, alyx, tmp_path):
    flag = session_path / "create_me.flag"
    flag.touch()
    assert registrar.create_sessions(tmp_path, dry=True) == ([session_path], [])
    paths, records = registrar.create_sessions(tmp_path)
    assert paths == [session_path]
    assert records[0]["id"] in alyx.sessions
    assert not flag.exists()


def test_files_are_entered_sent_and_loaded_back(registrar, files, one):
    record = enter(registrar)
    records = registrar.send_files(files, qc="PASS", versions="1.0")
    assert [record["name"] for record in records] == ["spikes.clusters.npy", "spikes.times.npy"]
    np.testing.assert_array_equal(one.load_object(record["id"], "spikes").times, np.arange(3.0))


def test_what_the_server_is_told(registrar, session_path, files, alyx):
    registrar.send_files(files, qc=["PASS", 40], versions=["1", "2"])
    body = json.loads(next(one for one in alyx.requests if one.url.path == "/register-file").content)
    assert body["path"] == "KS014/2020-02-02/001"
    assert body["filenames"] == ["alf/spikes.clusters.npy", "alf/spikes.times.npy"]
    assert body["filesizes"] == [path.stat().st_size for path in files]
    assert [len(md5) for md5 in body["hashes"]] == [32, 32]
    assert (body["labs"], body["qc"], body["versions"], body["exists"]) == (["mylab"], [10, 40], ["1", "2"], False)


def test_files_that_are_there_are_not_sent_again(registrar, session_path, files, alyx):
    registrar.send_files(files)
    assert len(alyx.asked("PUT")) == 2
    registrar.send_files(files)
    assert len(alyx.asked("PUT")) == 2
    write_object(session_path / "alf", "spikes", {"times": np.arange(3.0) + 1})
    registrar.send_files(files)
    assert len(alyx.asked("PUT")) == 3


def test_an_interrupted_registration_is_repeated(registrar, session_path, files, alyx):
    registrar.send_files(files[:1])
    for record in alyx.datasets.values():
        record["sent"] = False
    registrar.send_files(files)
    assert all(record["sent"] for record in alyx.datasets.values() if record["eid"] != next(iter(alyx.sessions)))


def test_a_server_that_does_not_say_where_files_go_is_asked(registrar, session_path, files, alyx):
    alyx.tells_addresses = False
    registrar.send_files(files)
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
        registrar.send_files(files)
    assert alyx.asked("PUT") == []


def test_nothing_to_register_asks_nobody(registrar, session_path, alyx):
    assert registrar.send_files([]) == []
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
        registrar.send_files([*files, session_path / name])
    assert alyx.requests == []


def test_a_folder_outside_any_session_is_refused(registrar, tmp_path, alyx):
    with pytest.raises(InvalidALFName, match="no session in path"):
        registrar.send_files([tmp_path / "a.b.npy"])
    assert alyx.requests == []


def test_one_quality_for_each_file_or_one_for_all(registrar, session_path, files):
    with pytest.raises(ValueError, match="1 qc for 2 files"):
        registrar.send_files(files, qc=["PASS"])
    with pytest.raises(ValueError, match="no quality-control outcome"):
        registrar.send_files(files, qc="GOOD")


def protect(alyx, details):
    """Refuse what is registered without a revision of today, and tell the revisions."""
    words = "One or more datasets is protected"
    register, told = alyx.post_register_file, {"status_code": 403, "error": words, "details": details}

    def answer(request):
        names = json.loads(request.content)["filenames"]
        return httpx.Response(403, json=told) if any("#" not in name for name in names) else register(request)

    alyx.post_register_file = answer
    alyx.get_check_protected = lambda _: httpx.Response(200, json=told)


@pytest.mark.parametrize("way", ["register_files", "send_files"])
def test_a_released_file_becomes_a_revision_and_moves_when_the_server_agreed(registrar, files, alyx, way):
    names = ["alf/spikes.clusters.npy", "alf/spikes.times.npy"]
    protect(alyx, [{name: [{"": True}]} for name in names])
    records = getattr(registrar, way)(files)
    today = f"#{date.today()}#"  # noqa: DTZ011 - the day of the lab
    assert [record["file_records"][0]["relative_path"] for record in records] == [
        f"alf/{today}/spikes.clusters.npy",
        f"alf/{today}/spikes.times.npy",
    ]
    assert not any(path.exists() for path in files)
    assert all((path.parent / today / path.name).is_file() for path in files)


def test_nothing_moves_if_the_server_refuses_the_revision_too(registrar, files, alyx):
    details = [{"alf/spikes.clusters.npy": [{"": True}]}, {"alf/spikes.times.npy": [{"": True}]}]
    told = {"status_code": 403, "error": "One or more datasets is protected", "details": details}
    alyx.post_register_file = lambda _: httpx.Response(403, json=told)
    alyx.get_check_protected = lambda _: httpx.Response(200, json=told)
    with pytest.raises(ProtectedDataset, match="put the new ones into a revision of another name"):
        registrar.register_files(files)
    assert all(path.is_file() for path in files)
    assert not list(files[0].parent.glob("#*"))


@pytest.mark.parametrize(
    ("name", "known", "planned"),
    [
        ("alf/a.b.npy", [], "alf/a.b.npy"),
        ("alf/a.b.npy", [{"": False}], "alf/a.b.npy"),
        ("alf/a.b.npy", [{"": True}], "alf/#2024-05-06#/a.b.npy"),
        ("alf/a.b.npy", [{"2022-10-31": True}, {"": True}], "alf/#2024-05-06#/a.b.npy"),
        ("alf/a.b.npy", [{"2022-10-31": False}, {"": True}], "alf/#2022-10-31#/a.b.npy"),
        ("alf/a.b.npy", [{"mine": False}, {"": True}], "alf/#2024-05-06#/a.b.npy"),
        ("alf/a.b.npy", [{"2024-05-06": True}, {"": True}], "alf/#2024-05-06a#/a.b.npy"),
        ("alf/a.b.npy", [{"2024-05-06a": True}, {"2024-05-06": True}, {"": True}], "alf/#2024-05-06b#/a.b.npy"),
        ("alf/#x#/a.b.npy", [{"": True}], "alf/#x#/a.b.npy"),
        ("alf/#x#/a.b.npy", [{"x": True}, {"": True}], "alf/#xa#/a.b.npy"),
    ],
)
def test_the_revision_that_a_changed_file_goes_to(name, known, planned):
    assert plan_revisions([name], [{name: known}], today=date(2024, 5, 6)) == [planned]


def test_a_dry_run_tells_what_would_be_sent(registrar, files, alyx):
    bodies = registrar.register_files(files, dry=True, max_md5_size=1, versions=["1", "2"], repository="here")
    assert [body["path"] for body in bodies] == ["KS014/2020-02-02/001"]
    assert (bodies[0]["hashes"], bodies[0]["versions"], bodies[0]["name"]) == ([None, None], ["1", "2"], "here")
    assert registrar.register_files(files[0], dry=True)["filenames"] == ["alf/spikes.clusters.npy"]
    assert alyx.asked("POST") == []


def test_one_file_has_one_record_and_one_without_a_type_none(registrar, session_path, files):
    other = session_path / "alf/other.thing.npy"
    other.touch()
    assert registrar.register_files(files[0])["name"] == "spikes.clusters.npy"
    assert [record and record["name"] for record in registrar.register_files([other, files[1]])] == [
        None,
        "spikes.times.npy",
    ]


def test_files_of_no_session_are_named_from_what_they_belong_to(registrar, tmp_path, alyx):
    folder = tmp_path / "aggregates/Subjects/mylab/KS014"
    write_object(folder, "rows", {"table": np.arange(3)})
    file = next(folder.glob("*.npy"))
    (body,) = registrar.register_files([file], dry=True, content_type="subject", object_id="x")
    assert (body["path"], body["filenames"]) == ("Subjects/mylab/KS014", ["rows.table.npy"])


def test_a_file_of_several_types_or_none_says_so():
    types = [{"name": "a.b", "filename_pattern": "*a.b.*"}, {"name": "a.c", "filename_pattern": "*b.npy"}]
    with pytest.raises(ValueError, match=r"several dataset types for '_ns_a\.b\.npy': a\.b, a\.c"):
        get_dataset_type("x/_ns_a.b.npy", types)
    with pytest.raises(ValueError, match="no dataset type"):
        get_dataset_type("c.d.npy", types)
    assert get_dataset_type("_ns_c.d.npy", [{"name": "c.d", "filename_pattern": ""}])["name"] == "c.d"


def test_water_and_weights_are_entered(registrar, alyx, one):
    kept = []
    alyx.post_water_administrations = alyx.post_weighings = lambda request: (
        kept.append(json.loads(request.content)) or httpx.Response(201, json={"id": "1"})
    )
    registrar.register_water_administration("KS014", 1.23456, date_time="2020-02-02", session="KS014/2019-08-30/001")
    registrar.register_weight("KS014", 24.5, user="bob")
    eid = str(one.to_eid("KS014/2019-08-30/001"))
    assert kept[0] == {
        "subject": "KS014", "user": "anna", "date_time": "2020-02-02T00:00:00", "water_administered": 1.235,
        "water_type": "Water", "adlib": False, "session": eid,
    }  # fmt: skip
    assert (kept[1]["weight"], kept[1]["user"]) == (24.5, "bob")
    for wrong in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="more than 0 g"):
            registrar.register_weight("KS014", wrong)
    with pytest.raises(SubjectNotFound):
        registrar.register_weight("KS999", 20)


def test_a_note_carries_its_picture(registrar, alyx, tmp_path):
    kept = []
    alyx.post_notes = lambda request: kept.append(request.content) or httpx.Response(201, json={"id": "1"})
    (tmp_path / "plot.png").write_bytes(b"picture")
    registrar.register_note("11111111-1111-4111-8111-111111111111", "é", image=tmp_path / "plot.png")
    assert b'name="image"; filename="plot.png"' in kept[0]
    assert "é".encode() in kept[0]
    assert b"picture" in kept[0]


def test_quality_is_set_and_other_keys_stay(registrar, alyx):
    eid = alyx.add_session("KS014", "2020-02-02", extended_qc={"a": 1})
    registrar.register_session_qc(eid, "WARNING", {"b": 2})
    kept = alyx.sessions[str(eid)]
    assert (kept["qc"], kept["extended_qc"]) == ("WARNING", {"a": 1, "b": 2})
    with pytest.raises(ValueError, match="GOOD"):
        registrar.register_session_qc(eid, "GOOD")


def test_days_and_times_are_written_alike():
    write = RegistrationClient.ensure_ISO8601
    assert write("2020-01-01") == write(date(2020, 1, 1)) == "2020-01-01T00:00:00"
    assert write(datetime(2020, 1, 1, 9)) == "2020-01-01T09:00:00"  # noqa: DTZ001
    with pytest.raises(ValueError, match="Invalid"):
        write("tomorrow")


def test_other_refusals_are_passed_on(registrar, session_path, files, alyx):
    alyx.answers = [httpx.Response(400, json={"error": "no lab", "status_code": 400})]
    with pytest.raises(ResponseError, match="no lab"):
        registrar.send_files(files)


def test_bytes_that_change_on_the_way_are_refused_by_the_server(registrar, session_path, files, alyx):
    registrar.send_files(files)
    write_object(session_path / "alf", "spikes", {"times": np.arange(3.0) + 9})
    enter = alyx.enter

    def forget(eid, folder, rel_path, md5, size):
        record = enter(eid, folder, rel_path, md5, size)
        alyx.datasets[record["id"]]["hash"] = "0" * 32
        return record

    alyx.enter = forget
    with pytest.raises(HashMismatch, match="other bytes than registered"):
        registrar.send_files(files)
