"""Sessions exported without a server: opened again, the same bytes, whole or not at all."""

import hashlib
import json
import os
import subprocess
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import pytest
from tests.alf_lab import AlfLab
from tests.web import serve

from bregma.alf import write_object
from bregma.one import ONE, FileNotDownloaded
from bregma.one.api import One
from bregma.one.errors import DatasetNotFound
from bregma.one.export import About, export_sessions
from bregma.one.export.packing import Entry
from bregma.one.lock import Lock
from bregma.store import HashMismatch

ABOUT = About("Two mice", "CC-BY-4.0", "Doe 2026", ["Jane Doe"])


@pytest.fixture
def lab(tmp_path) -> AlfLab:
    lab = AlfLab(tmp_path / "lab")
    for subject, number in (("KS-014", 1), ("KS015", 2)):
        folder = lab.add_session(subject, "2019-08-30", number)
        intervals = np.arange(6.0).reshape(3, 2)
        trials = {"intervals": intervals, "choice": np.array([1, -1, 0]), "contrastLeft": np.array([1, np.nan, 0.5])}
        write_object(folder / "alf", "trials", trials, namespace="ibl")
        write_object(folder / "alf" / "probe00", "spikes", {"times": np.arange(9.0)})
        write_object(folder / "alf" / "probe00" / "#2024-05-06#", "spikes", {"times": np.arange(9.0) + number})
        lab.add_insertion(lab.eid(number - 1), "probe00")
    lab.not_default = {"alf/probe00/spikes.times.npy"}
    lab.add_session("other", "2020-01-01")
    lab.write()
    return lab


def eids(lab: AlfLab) -> list:
    return [lab.eid(0), lab.eid(1)]


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_is_opened_as_if_it_were_the_lab(lab, tmp_path) -> None:
    made = export_sessions(lab.open(), eids(lab), tmp_path / "shared", about=ABOUT)
    one, here = One(cache_dir=made.path), lab.open()
    assert set(one.search()) == set(eids(lab))
    for eid in eids(lab):
        assert one.list_datasets(eid) == here.list_datasets(eid)
        assert one.eid2pid(eid) == here.eid2pid(eid)
        np.testing.assert_array_equal(one.load_object(eid, "spikes").times, here.load_object(eid, "spikes").times)
        np.testing.assert_array_equal(one.load_dataset(eid, "_ibl_trials.choice.npy"), [1, -1, 0])
    old = one.load_dataset(lab.eid(1), "spikes.times.npy", revision="2020-01-01")
    np.testing.assert_array_equal(old, np.arange(9.0))


def test_a_zip_is_opened_by_its_path(lab, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("BREGMA_HOME", str(tmp_path / "home"))
    made = export_sessions(lab.open(), eids(lab), tmp_path / "shared.zip")
    one = ONE(str(made.path))
    assert set(one.search()) == set(eids(lab))
    np.testing.assert_array_equal(one.load_dataset(lab.eid(1), "spikes.times.npy"), np.arange(9.0) + 2)


class RangesOfOneFile(BaseHTTPRequestHandler):
    """A web server of one file, by ranges, as the shops of data have them."""

    path_of_file: Path

    def do_HEAD(self) -> None:
        self.start(200, self.path_of_file.stat().st_size)

    def do_GET(self) -> None:
        content, header = self.path_of_file.read_bytes(), self.headers.get("Range", "")
        first, _, last = header.removeprefix("bytes=").partition("-")
        start = int(first) if first else len(content) - int(last or len(content))
        stop = int(last) + 1 if first and last else len(content)
        body = content[start:stop]
        extra = {"Content-Range": f"bytes {start}-{start + len(body) - 1}/{len(content)}"} if header else {}
        self.start(206 if header else 200, len(body), extra)
        self.wfile.write(body)

    def start(self, status: int, length: int, extra: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {"Content-Length": str(length), "Accept-Ranges": "bytes", **(extra or {})}.items():
            self.send_header(key, value)
        self.end_headers()


@pytest.fixture
def address(lab, tmp_path) -> Iterator[str]:
    made = export_sessions(lab.open(), eids(lab), tmp_path / "shared.zip")
    with serve(RangesOfOneFile, path_of_file=made.path) as url:
        yield f"{url}/shared.zip"


def test_a_zip_is_opened_by_its_address(lab, address, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("BREGMA_HOME", str(tmp_path / "home"))
    one = ONE(address)
    assert set(one.search()) == set(eids(lab))
    np.testing.assert_array_equal(one.load_dataset(lab.eid(1), "spikes.times.npy"), np.arange(9.0) + 2)


@pytest.mark.peer
def test_the_clients_of_ibl_open_the_folder(lab, tmp_path, one_api) -> None:
    made = export_sessions(lab.open(), eids(lab), tmp_path / "shared")
    command = [one_api, Path(__file__).with_name("one_api_shared_script.py"), made.path]
    home = {**os.environ, "HOME": str(tmp_path)}
    printed = subprocess.run(command, capture_output=True, text=True, check=True, env=home)
    found = json.loads(printed.stdout.splitlines()[-1])
    for number, eid in enumerate(eids(lab), start=1):
        assert found[str(eid)] == [lab.open().list_datasets(eid), (np.arange(9.0) + number).tolist()]


def test_the_same_sessions_give_the_same_bytes(lab, tmp_path) -> None:
    first = export_sessions(lab.open(), eids(lab), tmp_path / "a", about=ABOUT)
    again = export_sessions(lab.open(), reversed(eids(lab)), tmp_path / "b", about=ABOUT)
    assert tree(first.path) == tree(again.path)
    zips = [export_sessions(lab.open(), eids(lab), tmp_path / f"{name}.zip").path.read_bytes() for name in "cd"]
    assert zips[0] == zips[1]


def test_a_zip_holds_what_the_folder_holds_uncompressed(lab, tmp_path) -> None:
    folder = export_sessions(lab.open(), eids(lab), tmp_path / "a")
    with zipfile.ZipFile(export_sessions(lab.open(), eids(lab), tmp_path / "a.zip").path) as archive:
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {info.filename: archive.read(info) for info in archive.infolist()} == tree(folder.path)


def test_checksums_readme_and_lock_tell_what_is_there(lab, tmp_path) -> None:
    made = export_sessions(lab.open(), eids(lab), tmp_path / "shared", about=ABOUT)
    content = tree(made.path)
    sums = dict(reversed(line.split("  ", 1)) for line in content["md5sums.txt"].decode().splitlines())
    assert sums == {name: hashlib.md5(data).hexdigest() for name, data in content.items() if name != "md5sums.txt"}
    assert all(text in content["README.md"].decode() for text in ("Two mice", "CC-BY-4.0", "Doe 2026", "KS-014, KS015"))
    assert Lock.read(made.path / "one.lock") == made.lock
    assert made.n_files == len(content)
    assert made.size == sum(map(len, content.values()))


def test_only_chosen_files_are_exported(lab, tmp_path) -> None:
    made = export_sessions(lab.open(), eids(lab), tmp_path / "shared", datasets={"object": "trials"})
    assert all("trials" in path for path in One(cache_dir=made.path).list_datasets(lab.eid(0)))
    with pytest.raises(DatasetNotFound, match="no dataset to export"):
        export_sessions(lab.open(), eids(lab), tmp_path / "none", datasets="nothing.*")


def test_files_that_cannot_be_had_are_all_named_and_nothing_is_written(lab, tmp_path) -> None:
    folder = lab.folder(lab.sessions[0]) / "alf"
    (folder / "_ibl_trials.choice.npy").unlink()
    (folder / "_ibl_trials.intervals.npy").write_bytes(b"damaged")
    with pytest.raises(FileNotDownloaded, match=r"(?s)2 files cannot .*trials.choice.npy.*trials.intervals.npy"):
        export_sessions(lab.open(), eids(lab), tmp_path / "shared")
    assert not (tmp_path / "shared").exists()


def test_what_is_there_already_is_not_replaced(lab, tmp_path) -> None:
    (tmp_path / "shared").mkdir()
    with pytest.raises(FileExistsError, match="remove it"):
        export_sessions(lab.open(), eids(lab), tmp_path / "shared")


def test_an_interrupted_folder_is_continued(lab, tmp_path, monkeypatch) -> None:
    from bregma.one.export import packing

    copied: list[str] = []
    copy = packing._copy

    def copy_some(entry: Entry, file) -> None:
        if len(copied) == 4:
            raise OSError("disk full")
        copied.append(entry.name)
        copy(entry, file)

    monkeypatch.setattr(packing, "_copy", copy_some)
    with pytest.raises(OSError, match="disk full"):
        export_sessions(lab.open(), eids(lab), tmp_path / "shared")
    assert not (tmp_path / "shared").exists()
    (tmp_path / ".shared.part" / "stray").write_text("of an earlier attempt")
    done = copied.copy()
    monkeypatch.setattr(packing, "_copy", lambda entry, file: (copied.append(entry.name), copy(entry, file)))
    made = export_sessions(lab.open(), eids(lab), tmp_path / "shared")
    assert not set(copied[4:]) & set(done)
    assert tree(made.path) == tree(export_sessions(lab.open(), eids(lab), tmp_path / "other").path)


def test_a_file_that_changes_meanwhile_is_refused(tmp_path) -> None:
    from bregma.one.export.packing import write_zip

    (tmp_path / "file").write_bytes(b"now")
    with pytest.raises(HashMismatch, match="then export"):
        write_zip([Entry("file", tmp_path / "file", 3, "0" * 32)], tmp_path / "a.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_bids_names_lie_around_the_alf_files(lab, tmp_path) -> None:
    made = export_sessions(lab.open(), eids(lab), tmp_path / "bids", layout="bids", about=ABOUT)
    content = tree(made.path)
    assert json.loads(content["dataset_description.json"])["License"] == "CC-BY-4.0"
    assert content["participants.tsv"].decode().splitlines()[1].startswith("sub-KS014\tKS-014\t")
    stem = "sub-KS014/ses-20190830n1"
    events = content[f"{stem}/beh/sub-KS014_ses-20190830n1_task-ephysChoiceWorld_events.tsv"].decode().splitlines()
    assert events[0].split("\t")[:2] == ["onset", "duration"]
    assert "n/a" in events[2]
    assert f"{stem}/ephys/sub-KS014_ses-20190830n1_probes.tsv" in content
    assert ONE(made.path).search() == ONE(made.path / "sourcedata").search()
    one = One(cache_dir=made.path / "sourcedata")
    np.testing.assert_array_equal(one.load_object(lab.eid(0), "trials").choice, [1, -1, 0])


def test_tags_that_are_used_and_regions_come_along(lab, tmp_path) -> None:
    import polars as pl

    pl.DataFrame({"id": ["1", "2"], "name": ["2024_Q1", "unused"]}).write_parquet(lab.root / "tags.pqt")
    pl.DataFrame({"id": ["549"], "acronym": ["TH"]}).write_parquet(lab.root / "regions.pqt")
    datasets = pl.read_parquet(lab.root / "datasets.pqt")
    datasets.with_columns(pl.lit("2024_Q1").alias("tags")).write_parquet(lab.root / "datasets.pqt")
    made = export_sessions(lab.open(), eids(lab), tmp_path / "shared")
    assert pl.read_parquet(made.path / "tags.pqt")["name"].to_list() == ["2024_Q1"]
    assert pl.read_parquet(made.path / "regions.pqt")["acronym"].to_list() == ["TH"]
    assert set(pl.read_parquet(made.path / "datasets.pqt")["tags"]) == {"2024_Q1"}


def test_subjects_that_bids_cannot_tell_apart_are_refused(tmp_path) -> None:
    lab = AlfLab(tmp_path / "lab")
    for subject in ("KS-014", "KS_014"):
        write_object(lab.add_session(subject, "2019-08-30") / "alf", "wheel", {"position": np.arange(3.0)})
    lab.write()
    with pytest.raises(ValueError, match="both 'KS014' in BIDS"):
        export_sessions(lab.open(), eids(lab), tmp_path / "bids", layout="bids")


def test_a_server_is_exported_as_its_tables_are(alyx, one, tmp_path) -> None:
    (eid,) = one.search(subject="KS014", date="2019-08-30")
    made = export_sessions(one, [eid], tmp_path / "shared")
    here = One(cache_dir=made.path)
    assert here.list_datasets(eid) == one.list_datasets(eid)
    assert here.list_insertions(eid) == one.list_insertions(eid)
    assert made.lock.server == one.alyx.base_url


def test_a_session_named_by_its_path_keeps_its_protocol(alyx, one, tmp_path) -> None:
    path = "KS014/2019-08-30/001"
    made = export_sessions(one, [path], tmp_path / "shared")
    (session,) = One(cache_dir=made.path).find_sessions()
    (asked,) = one.find_sessions(subject="KS014", date="2019-08-30")
    assert asked.task_protocol
    assert (session.task_protocol, session.projects) == (asked.task_protocol, asked.projects)


def test_what_was_loaded_by_its_path_is_saved_with_its_protocol(alyx, one, tmp_path) -> None:
    one.list_datasets("KS014/2019-08-30/001")
    one.save_cache(tmp_path)
    (session,) = One(cache_dir=tmp_path).find_sessions()
    assert session.task_protocol
