"""Locks: what was loaded is loaded again, whatever came since."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from tests.alf_lab import AlfLab

from bregma.alf import write_object
from bregma.one import ONE, DatasetNotFound
from bregma.one.api import One
from bregma.one.errors import InvalidLock, LockBroken
from bregma.one.lock import Lock

TOKEN = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("BREGMA_HOME", str(tmp_path / "home"))


@pytest.fixture
def lab(tmp_path) -> AlfLab:
    lab = AlfLab(tmp_path / "lab")
    folder = lab.add_session("KS014", "2019-08-30")
    write_object(folder / "alf", "wheel", {"position": np.arange(5.0)}, namespace="ibl")
    write_object(folder / "alf" / "probe00", "spikes", {"times": np.arange(9.0), "clusters": np.arange(9)})
    lab.add_insertion(lab.eid(), "probe00")
    lab.add_session("KS015", "2019-08-31")
    lab.write()
    return lab


def recorded(one: ONE, lab: AlfLab, path: Path) -> Path:
    one.record_loaded = True
    one.load_object(lab.eid(), "spikes")
    return one.write_lock(path)


def add_revision(lab: AlfLab) -> None:
    """Release new spike times, as the default."""
    folder = lab.folder(lab.sessions[0]) / "alf" / "probe00"
    write_object(folder / "#2026-01-01#", "spikes", {"times": np.arange(9.0) + 100})
    lab.not_default = {"alf/probe00/spikes.times.npy"}
    lab.write()


def test_a_newer_default_revision_does_not_change_the_result(lab, tmp_path) -> None:
    path = recorded(lab.open(), lab, tmp_path / "one.lock")
    add_revision(lab)
    assert lab.open().load_dataset(lab.eid(), "spikes.times.npy")[0] == 100
    one = One.from_lock(path, cache_dir=lab.root)
    np.testing.assert_array_equal(one.load_object(lab.eid(), "spikes").times, np.arange(9.0))


def test_only_what_is_locked_is_there(lab, tmp_path) -> None:
    one = One.from_lock(recorded(lab.open(), lab, tmp_path / "one.lock"), cache_dir=lab.root)
    assert one.search() == [lab.eid()]
    assert one.list_datasets(lab.eid()) == ["alf/probe00/spikes.clusters.npy", "alf/probe00/spikes.times.npy"]
    assert one.eid2pid(lab.eid()) == lab.open().eid2pid(lab.eid())
    with pytest.raises(DatasetNotFound):
        one.load_dataset(lab.eid(), "_ibl_wheel.position.npy")


def test_a_lock_reads_back_equal_and_is_written_the_same(lab, tmp_path) -> None:
    one = lab.open()
    first = recorded(one, lab, tmp_path / "one.lock")
    lock = Lock.read(first)
    assert lock == one.make_lock()
    assert lock.write(tmp_path / "again.lock").read_bytes() == first.read_bytes()
    assert len([line for line in first.read_text().splitlines() if '"md5"' in line]) == 2
    assert json.loads(first.read_text())["tables_date"]


def test_a_lock_without_records_is_refused(lab, tmp_path) -> None:
    with pytest.raises(ValueError, match=r"one\.record_loaded = True"):
        lab.open().write_lock(tmp_path / "one.lock")


def test_missing_and_changed_files_are_all_named(lab, tmp_path) -> None:
    path = recorded(lab.open(), lab, tmp_path / "one.lock")
    folder = lab.folder(lab.sessions[0]) / "alf" / "probe00"
    (folder / "spikes.times.npy").unlink()
    np.save(folder / "spikes.clusters.npy", np.arange(9) + 1)
    with pytest.raises(LockBroken, match=r"(?s)2 of 2 .*spikes.clusters.npy.*spikes.times.npy"):
        lab.open().restore(path)


def test_restoring_brings_every_file(lab, tmp_path) -> None:
    path = recorded(lab.open(), lab, tmp_path / "one.lock")
    assert [one.name for one in lab.open().restore(path)] == ["spikes.clusters.npy", "spikes.times.npy"]


def test_a_lock_of_a_server_is_restored_into_an_empty_cache(alyx, one, make_client, tmp_path) -> None:
    one.record_loaded = True
    (eid,) = one.search(subject="KS014", date="2019-08-30")
    times = one.load_object(eid, "spikes", collection="alf/probe00").times
    path = one.write_lock(tmp_path / "one.lock")
    assert Lock.read(path).server == one.alyx.base_url
    for record in alyx.datasets.values():
        record["default_revision"] = "False"
    cold = ONE.from_lock(path, client=make_client(token=TOKEN), cache_dir=tmp_path / "cold")
    np.testing.assert_array_equal(cold.load_object(eid, "spikes").times, times)
    offline = ONE.from_lock(path, client=make_client(), cache_dir=tmp_path / "cold", mode="local")
    asked = len(alyx.requests)
    np.testing.assert_array_equal(offline.load_object(eid, "spikes").times, times)
    assert len(alyx.requests) == asked


def test_bytes_replaced_on_the_server_are_noticed(alyx, one, make_client, tmp_path) -> None:
    one.record_loaded = True
    (eid,) = one.search(subject="KS014", date="2019-08-30")
    one.load_dataset(eid, "_ibl_wheel.position.npy")
    path = one.write_lock(tmp_path / "one.lock")
    for name in [name for name in alyx.files if "wheel" in name]:
        alyx.files[name] = alyx.files[name][:-8] + b"12345678"
    cold = ONE(client=make_client(token=TOKEN), cache_dir=tmp_path / "cold")
    with pytest.raises(LockBroken, match=r"(?s)1 of 1 .*_ibl_wheel\.position\.npy"):
        cold.restore(path)


def test_locks_of_two_people_compare_file_by_file(lab, tmp_path) -> None:
    mine = Lock.read(recorded(lab.open(), lab, tmp_path / "mine.lock"))
    folder = lab.folder(lab.sessions[0]) / "alf"
    np.save(folder / "probe00" / "spikes.clusters.npy", np.arange(9) + 1)
    lab.write()
    one = lab.open(tables_dir=lab.root)
    one.record_loaded = True
    one.load_dataset(lab.eid(), "spikes.clusters.npy")
    one.load_dataset(lab.eid(), "_ibl_wheel.position.npy")
    found = mine.compare(one.make_lock())
    stem = "mylab/Subjects/KS014/2019-08-30/001/alf"
    assert found.added == (f"{stem}/_ibl_wheel.position.npy",)
    assert found.removed == (f"{stem}/probe00/spikes.times.npy",)
    assert list(found.changed) == [f"{stem}/probe00/spikes.clusters.npy"]
    assert str(found).splitlines()[0].startswith("- mylab")
    assert not mine.compare(mine)
    assert str(mine.compare(mine)) == "the same files"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is damaged"),
        ("[]", "is damaged"),
        ('{"format": "poetry"}', "is no lock"),
        ('{"format": "one.lock", "version": 99}', "version 99"),
        ('{"format": "one.lock", "version": 1, "server": "", "tables_date": "", "sessions": [{}]}', "is damaged"),
    ],
)
def test_what_is_no_lock_is_refused(text: str, message: str, tmp_path) -> None:
    (tmp_path / "one.lock").write_text(text)
    with pytest.raises(InvalidLock, match=message):
        Lock.read(tmp_path / "one.lock")


def test_a_lock_of_a_folder_needs_the_folder(lab, tmp_path) -> None:
    with pytest.raises(ValueError, match="cache_dir="):
        ONE.from_lock(recorded(lab.open(), lab, tmp_path / "one.lock"))


def test_a_locked_one_can_be_pickled(lab, tmp_path) -> None:
    one = One.from_lock(recorded(lab.open(), lab, tmp_path / "one.lock"), cache_dir=lab.root)
    assert pickle.loads(pickle.dumps(one)).list_datasets(lab.eid()) == one.list_datasets(lab.eid())


def test_tables_of_a_lock_that_were_interrupted_are_made_again(lab, tmp_path, monkeypatch) -> None:
    from bregma.one.tables import parquet

    path, write = recorded(lab.open(), lab, tmp_path / "one.lock"), parquet.write_tables

    def fail(folder: Path, *frames: object, **more: object) -> None:
        write(folder, *frames[:2], **more)
        raise OSError("disk full")

    monkeypatch.setattr(parquet, "write_tables", fail)
    with pytest.raises(OSError, match="disk full"):
        One.from_lock(path, cache_dir=lab.root)
    assert not list((tmp_path / "home").rglob("*.pqt"))
    monkeypatch.setattr(parquet, "write_tables", write)
    assert One.from_lock(path, cache_dir=lab.root).eid2pid(lab.eid())[1] == ["probe00"]
