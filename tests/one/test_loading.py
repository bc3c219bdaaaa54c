"""Loading: what is missing is fetched, what is wrong is refused."""

import multiprocessing
import os
import stat
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from uuid import UUID

import httpx
import numpy as np
import pytest
from tests.web import serve

from bregma.alf import QC, ALFPath, ObjectNotFound, UnreadableFile
from bregma.one import (
    ONE,
    AlyxClient,
    AmbiguousCollection,
    AmbiguousDataset,
    Dataset,
    DatasetNotFound,
    FileNotDownloaded,
    RevisionWarning,
)
from bregma.one.files import DatasetFiles
from bregma.one.files.mirrors import escape_url
from bregma.one.records import Session
from bregma.store import Fingerprint, HashMismatch


def test_an_object_is_fetched_once_and_then_read_here(one, alyx, eid):
    trials = one.load_object(eid, "trials")
    np.testing.assert_array_equal(trials.goCue_times, np.arange(20))
    assert trials.intervals.shape == (20, 2)
    assert len(alyx.asked("GET")) == 2
    one.load_object(eid, "trials")
    assert len([path for path in alyx.asked("GET") if "/store/" in path]) == 1


def test_files_lie_as_in_the_lab_without_ids(one, eid, tmp_path):
    path = one.load_dataset(eid, "_ibl_trials.table.pqt", download_only=True)
    assert path == ALFPath(tmp_path / "cache/mylab/Subjects/KS014/2019-08-30/001/alf/_ibl_trials.table.pqt")
    assert path.is_file()
    assert one.load_object(eid, "trials", download_only=True) == [path]


def test_a_dataset_is_named_in_several_ways(one, eid):
    for name in ("_ibl_wheel.position.npy", "_ibl_wheel.position", "alf/_ibl_wheel.position.npy", "*wheel*"):
        np.testing.assert_array_equal(one.load_dataset(eid, name), np.arange(5))


def test_the_default_revision_is_loaded_unless_another_is_named(one, eid, alyx):
    for record in alyx.datasets.values():
        if record["name"] == "spikes.times.npy" and record["collection"] == "alf/probe00":
            record["default_revision"] = str("#" in record["data_url"])
    load = lambda **kwargs: one.load_dataset(eid, "spikes.times", "alf/probe00", **kwargs)[0]  # noqa: E731
    assert load() == 100
    assert load(revision="2024-05-06") == 100
    assert load(revision="2099") == 100
    assert load(revision="2024-01-01") == 0
    with pytest.warns(RevisionWarning, match="several revisions"):
        bunch = one.load_object(eid, "spikes", collection="alf/probe00")
    assert bunch.times[0] == 100
    assert bunch.is_consistent
    assert one.load_dataset(eid, "alf/probe00/spikes.times.npy")[0] == 0


def test_attributes_can_be_chosen(one, eid):
    assert set(one.load_object(eid, "spikes", "alf/probe01", attribute="times")) == {"times"}
    with pytest.raises(ValueError, match="no part 'colour'"):
        one.load_object(eid, "spikes", colour="red")


def test_an_object_in_two_collections_is_ambiguous(one, eid):
    with pytest.raises(AmbiguousDataset, match="'alf/probe00', 'alf/probe01'; name one"):
        one.load_object(eid, "spikes")
    with pytest.raises(AmbiguousCollection, match="several collections: 'alf/probe00', 'alf/probe01'; name one"):
        one.load_dataset(eid, "spikes.clusters.npy")
    with pytest.raises(AmbiguousDataset, match="matches 2 datasets"):
        one.load_dataset(eid, "spikes.*", "alf/probe01")


def test_what_is_missing_is_said_with_what_there_is(one, eid):
    with pytest.raises(DatasetNotFound, match=r"did you mean _ibl_wheel\.position\.npy"):
        one.load_dataset(eid, "_ibl_wheel.positions.npy")
    with pytest.raises(DatasetNotFound, match="there are alf/probe00/spikes, alf/probe01/spikes, alf/trials"):
        one.load_object(eid, "licks")
    with pytest.raises(ObjectNotFound):
        one.load_object(eid, "licks")


def test_a_collection_is_loaded_whole(one, eid):
    loaded = one.load_collection(eid, "alf/probe01")
    assert set(loaded) == {"spikes"}
    assert set(loaded["spikes"]) == {"times", "clusters"}
    with pytest.raises(DatasetNotFound, match="probe07"):
        one.load_collection(eid, "alf/probe07")


def test_a_collection_of_an_exact_one_is_no_pattern(make_client, tmp_path, eid):
    exact = ONE(
        client=make_client(token="0123456789abcdef0123456789abcdef01234567"), cache_dir=tmp_path, wildcards=False
    )
    assert set(exact.load_collection(eid, "alf/probe01")) == {"spikes"}
    with pytest.raises(DatasetNotFound, match=r"probe\*"):
        exact.load_collection(eid, "alf/probe*", attribute="times")


def test_critical_files_are_loaded_only_when_asked_for(one, alyx, eid):
    for record in alyx.datasets.values():
        record["qc"] = "CRITICAL"
    with pytest.raises(DatasetNotFound):
        one.load_dataset(eid, "_ibl_wheel.position.npy")
    assert len(one.load_dataset(eid, "_ibl_wheel.position.npy", qc=QC.CRITICAL)) == 5


def wheel_file(alyx) -> str:
    return next(path for path in alyx.files if "wheel.position" in path)


def test_corrupted_bytes_are_refused_and_not_kept(one, alyx, eid, tmp_path):
    place = wheel_file(alyx)
    alyx.files[place] = alyx.files[place][:-1] + b"!"
    with pytest.raises(HashMismatch) as caught:
        one.load_dataset(eid, "_ibl_wheel.position.npy")
    record = next(one for one in alyx.datasets.values() if "wheel" in one["name"])
    assert record["hash"] in str(caught.value)
    assert "wheel.position" in str(caught.value)
    assert [path for path in (tmp_path / "cache").rglob("*wheel*") if path.is_file()] == []


def test_a_damaged_file_here_is_fetched_again(one, alyx, eid):
    path = one.load_dataset(eid, "_ibl_wheel.position.npy", download_only=True)
    good = path.read_bytes()
    path.write_bytes(good[:-1] + b"!")
    os.utime(path, ns=(1, 1))
    np.testing.assert_array_equal(one.load_dataset(eid, "_ibl_wheel.position.npy"), np.arange(5))
    assert path.read_bytes() == good


def test_a_file_is_hashed_once_as_long_as_it_does_not_change(one, eid, monkeypatch):
    one.load_dataset(eid, "_ibl_wheel.position.npy")
    monkeypatch.setattr(Fingerprint, "of", lambda _: pytest.fail("hashed again"))
    np.testing.assert_array_equal(one.load_dataset(eid, "_ibl_wheel.position.npy"), np.arange(5))


def test_offline_a_good_file_is_loaded_and_a_damaged_one_refused(one, offline, alyx, eid):
    path = one.load_dataset(eid, "_ibl_wheel.position.npy", download_only=True)
    alyx.requests.clear()
    assert len(offline.load_dataset(eid, "_ibl_wheel.position.npy")) == 5
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    os.utime(path, ns=(1, 1))
    with pytest.raises(HashMismatch, match="Remove the file and load it again"):
        offline.load_dataset(eid, "_ibl_wheel.position.npy")
    path.unlink()
    with pytest.raises(FileNotDownloaded, match="mode='remote'"):
        offline.load_dataset(eid, "_ibl_wheel.position.npy")
    assert alyx.requests == []


def test_a_dataset_found_in_tables_is_fetched_from_the_server(one, alyx, eid, tmp_path):
    alyx.make_tables(tmp_path / "cache")
    assert len(one.load_dataset(eid, "_ibl_wheel.position.npy", query_type="local")) == 5


def test_a_file_that_was_not_sent_yet_is_said_so(one, alyx, eid, tmp_path):
    alyx.make_tables(tmp_path / "cache")
    for record in alyx.datasets.values():
        record["sent"] = False
    with pytest.raises(FileNotDownloaded, match="not on its server yet"):
        one.load_dataset(eid, "_ibl_wheel.position.npy", query_type="local")


def test_a_file_with_python_objects_is_never_unpickled(one, alyx, eid, tmp_path):
    np.save(tmp_path / "lab/alf/evil.objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    alyx.add_files(eid, tmp_path / "lab")
    with pytest.raises(UnreadableFile, match="could run code"):
        one.load_dataset(eid, "evil.objects.npy")


@pytest.mark.parametrize("rel_path", ["../../../../../etc/passwd", "/etc/passwd", "alf/../../x.y.npy"])
def test_a_path_that_leads_out_of_the_cache_is_refused(tmp_path, rel_path):
    session = Session(UUID(int=1), "mylab", "KS014", __import__("datetime").date(2020, 1, 1), 1)
    dataset = Dataset(UUID(int=2), UUID(int=1), rel_path, url="http://x")
    with pytest.raises(FileNotDownloaded, match="unsafe path"):
        DatasetFiles(tmp_path).path(session, dataset)


def test_a_hostile_lab_or_subject_does_not_lead_out_of_the_cache(tmp_path):
    for lab, subject in (("..", "KS014"), ("mylab", ".."), ("/etc", "x")):
        session = Session(UUID(int=1), lab, subject, __import__("datetime").date(2020, 1, 1), 1)
        with pytest.raises(FileNotDownloaded, match="unsafe path"):
            DatasetFiles(tmp_path).path(session, Dataset(UUID(int=2), UUID(int=1), "a.b.npy"))


def test_revisions_are_escaped_in_addresses_once():
    assert escape_url("http://x/a/#r#/b.c.npy") == "http://x/a/%23r%23/b.c.npy"
    assert escape_url("http://x/a/%23r%23/b.c.npy?x=1") == "http://x/a/%23r%23/b.c.npy?x=1"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to any folder")
def test_a_read_only_cache_of_another_user_serves_what_it_has(one, eid, tmp_path):
    one.load_dataset(eid, "_ibl_wheel.position.npy")
    lock_down(tmp_path / "cache")
    assert len(one.load_dataset(eid, "_ibl_wheel.position.npy")) == 5
    with pytest.raises(FileNotDownloaded, match="cannot be written to"):
        one.load_object(eid, "trials")


def test_a_read_only_cache_serves_what_it_has_and_says_what_it_cannot(one, eid, tmp_path, monkeypatch):
    one.load_dataset(eid, "_ibl_wheel.position.npy")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert len(one.load_dataset(eid, "_ibl_wheel.position.npy")) == 5
    with pytest.raises(FileNotDownloaded, match="cannot be written to"):
        one.load_object(eid, "trials")


def lock_down(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(stat.S_IRUSR | stat.S_IXUSR)


class SharedHandler(BaseHTTPRequestHandler):
    """Serves one session to several processes, and counts how often each file was fetched."""

    alyx: httpx.MockTransport
    fetched: list[str]

    def do_GET(self) -> None:
        request = httpx.Request("GET", f"http://alyx.test{self.path}", headers=dict(self.headers))
        answer = self.alyx.handle_request(request)
        body = answer.content
        if "/store/" in self.path:
            self.fetched.append(self.path)
        else:
            body = body.replace(b"http://alyx.test", f"http://{self.headers['Host']}".encode())
        self.send_response(answer.status_code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def load_in_a_process(one: ONE, eid: UUID, results: "multiprocessing.Queue[float]") -> None:
    bunch = one.load_object(eid, "spikes", collection="alf/probe01")
    results.put(float(bunch.times.sum()))


def test_several_processes_share_one_cache_and_fetch_each_file_once(alyx, eid, tmp_path):
    fetched: list[str] = []
    context = multiprocessing.get_context("forkserver")
    results = context.Queue()
    with serve(SharedHandler, alyx=httpx.MockTransport(alyx), fetched=fetched) as url:
        client = AlyxClient(url, token="0123456789abcdef0123456789abcdef01234567")
        one = ONE(client=client, cache_dir=tmp_path / "shared")
        workers = [context.Process(target=load_in_a_process, args=(one, eid, results)) for _ in range(4)]
        for worker in workers:
            worker.start()
        sums = [results.get(timeout=60) for _ in workers]
        for worker in workers:
            worker.join()
    assert sums == [float(np.sum(np.arange(30.0) + 1))] * 4
    assert sorted(fetched) == sorted(set(fetched))
    assert len(fetched) == 2
