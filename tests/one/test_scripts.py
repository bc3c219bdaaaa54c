"""What scripts for IBL's ONE rely on, beyond the values that are compared elsewhere."""

from collections.abc import Iterator
from functools import partialmethod
from hashlib import md5
from http.server import SimpleHTTPRequestHandler
from pathlib import Path, PureWindowsPath
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.web import serve

from bregma.alf import ALFPath, PurePosixALFPath
from bregma.alf import exceptions as alferr
from bregma.one import converters
from bregma.one.webclient import dataset_record_to_url, http_download_file
from bregma.store import StoreError

ID = "00059298-1b33-429c-a802-fa51bb662d72"
NAME = "channels.localCoordinates"
FOLDER = "mouse/2019-12-11/001/alf/probe00"
COPIES = [
    {"data_repository": "rig", "data_repository_path": "/mnt/s0/Subjects/", "data_url": None, "exists": True},
    {"data_repository": "lab", "data_repository_path": "lab/Subjects", "exists": True}
    | {"data_url": f"http://data.test/lab/Subjects/{FOLDER}/{NAME}.{ID}.npy"},
]
RECORD: dict[str, Any] = {
    "url": f"http://alyx.test/datasets/{ID}", "name": f"{NAME}.npy", "session": f"http://alyx.test/sessions/{ID}",
    "file_records": [{**copy, "relative_path": f"{FOLDER}/{NAME}.npy"} for copy in COPIES],
    "file_size": 6064, "hash": "bc74", "qc": "PASS", "default_dataset": True, "version": "1.5",
}  # fmt: skip


def test_what_is_not_found_is_caught_by_the_names_that_scripts_know(anywhere, eid):
    with pytest.raises(alferr.ALFObjectNotFound):
        anywhere.load_object(uuid4(), "trials")
    with pytest.raises(alferr.ALFObjectNotFound):
        anywhere.get_details(uuid4())
    with pytest.raises(alferr.ALFObjectNotFound):
        anywhere.load_object(eid, "nothing")
    with pytest.raises(alferr.ALFMultipleCollectionsFound):
        anywhere.load_dataset(eid, "spikes.clusters")


def test_a_name_that_is_none_is_refused_and_one_that_is_unknown_is_not(anywhere, eid):
    assert anywhere.eid2path([uuid4(), eid])[0] is None
    for wrong in ("fakeid", None):
        with pytest.raises(ValueError, match="does not name a session"):
            anywhere.eid2path(wrong)
    assert anywhere.path2eid([None, "/no/session"]) == [None, None]


def test_a_file_may_have_one_of_several_names(one, eid):
    path = one.load_dataset(eid, ["trials.table.pqt", "_ibl_trials.table"], download_only=True)
    assert path.name == "_ibl_trials.table.pqt"


def test_details_of_probes_are_the_records_of_the_server(one, alyx, eid):
    pids, details = one.search_insertions(details=True)
    assert [each["id"] for each in details] == [str(pid) for pid in pids]
    assert {each.session for each in details} == {str(eid)}
    assert {each["id"]: each for each in one.eid2pid(eid, details=True)[2]} == {each["id"]: each for each in details}


def test_records_of_datasets_lead_to_paths():
    path = converters.one_path_from_dataset([RECORD], "/one")
    assert path == [ALFPath(f"/one/lab/Subjects/{FOLDER}/{NAME}.npy")]
    path = converters.path_from_dataset(RECORD, PureWindowsPath("C:/one"), uuid=True)
    assert str(path).startswith("C:\\one\\lab\\Subjects\\mouse")
    assert path.name == f"{NAME}.{ID}.npy"
    path = converters.path_from_dataset(RECORD, repository="rig")
    assert path == PurePosixALFPath(f"/mnt/s0/Subjects/{FOLDER}/{NAME}.npy")
    with pytest.raises(alferr.ALFObjectNotFound, match="has no copy in moon"):
        converters.path_from_dataset(RECORD, repository="moon")
    assert dataset_record_to_url([RECORD]) == [COPIES[1]["data_url"]]


def test_records_of_datasets_become_rows():
    frame = converters.datasets2records(RECORD, additional=["version"])
    assert frame.index.tolist() == [(UUID(ID), UUID(ID))]
    row = frame.iloc[0]
    assert (row.rel_path, row.qc, row.file_size, row.version) == (f"alf/probe00/{NAME}.npy", "PASS", 6064, "1.5")
    hidden = {**RECORD, "file_records": RECORD["file_records"][:1]}
    assert converters.datasets2records([hidden]).empty


def test_records_of_sessions_become_rows_and_paths(one, eid):
    record = one.alyx.rest("sessions", "read", eid)
    session, files = converters.ses2records(record)
    assert (session.name, session.subject, session.projects) == (eid, "KS014", "learning")
    assert files.equals(one.list_datasets(eid, details=True, keep_eid_index=True))
    assert converters.session_record2path(record, one.cache_dir) == one.eid2path(eid)
    assert converters.session_record2path({"subject": "a", "date": "2020-01-02", "number": 3}).as_posix() == (
        "a/2020-01-02/003"
    )


def test_details_of_probes_in_tables_name_probe_and_session(offline, eid):
    pids, details = offline.search_insertions(details=True)
    assert [(each["id"], each.session) for each in details] == [(pid, eid) for pid in pids]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "atlas.nrrd").write_bytes(b"voxels")
    begin = partialmethod(SimpleHTTPRequestHandler.__init__, directory=str(tmp_path))
    with serve(SimpleHTTPRequestHandler, __init__=begin) as url:
        yield url


def test_any_address_is_downloaded_once(address, tmp_path):
    url, folder = f"{address}/atlas.nrrd", tmp_path / "here"
    known = folder / "atlas.nrrd", md5(b"voxels").hexdigest()
    assert http_download_file(url, target_dir=folder, silent=True, return_md5=True) == known
    known[0].write_bytes(b"mine")
    http_download_file(url, target_dir=folder)
    assert known[0].read_bytes() == b"mine"
    http_download_file(url, target_dir=folder, clobber=True)
    assert known[0].read_bytes() == b"voxels"
    with pytest.raises(StoreError, match="has no file"):
        http_download_file(f"{address}/nothing.txt", target_dir=folder)
