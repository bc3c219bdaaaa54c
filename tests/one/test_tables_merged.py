"""Cache tables that change: by what a server tells, by what was found, while others read and writers die."""

import io
import json
import multiprocessing
import os
import signal
import zipfile
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import httpx
import pandas as pd
import polars as pl
import pytest

from bregma.one import AlyxClient, Dataset, InvalidTables, Session, write_tables
from bregma.one.catalogue.found import Found, save_found
from bregma.one.catalogue.local import LocalCatalogue
from bregma.one.tables import TablesInfo
from bregma.one.tables.cache import fetch_tables
from bregma.one.tables.merging import changing_tables, merge_tables
from bregma.one.tables.opened import OpenedTables
from bregma.one.tables.snapshot import read_info

BASE = "http://alyx.test"
EIDS = [str(UUID(int=i, version=4)) for i in range(1, 4)]
DIDS = [str(UUID(int=100 + i, version=4)) for i in range(3)]


def sessions(n=1, subject="KS014"):
    row = {"lab": "mylab", "subject": subject, "date": date(2019, 8, 30), "task_protocol": "", "projects": ""}
    return pd.DataFrame([{"id": EIDS[i], "number": i + 1, **row} for i in range(n)])


def datasets(n=1, size=5):
    return pd.DataFrame(
        [{"eid": EIDS[i], "id": DIDS[i], "rel_path": "alf/a.b.npy", "file_size": size} for i in range(n)]
    )


class TablesServer:
    """Tables of a server that tells ETags and, if it can, what changed."""

    def __init__(self, folder, *, tells_changes=True):
        self.folder, self.tells_changes = folder, tells_changes
        self.asked = []
        self.info = {"date_created": "2026-01-01 00:00", "origin": "here", "min_api_version": "2.10"}
        self.put(sessions(), datasets(), "one")

    def put(self, all_sessions, all_datasets, etag, delta=None):
        write_tables(self.folder, all_sessions, all_datasets, origin="here")
        self.archive = zipped({path.name: path.read_bytes() for path in self.folder.glob("*.pqt")})
        self.etag, self.delta = etag, delta

    def __call__(self, request):
        path = request.url.path
        self.asked.append(path)
        if path.startswith("/cache/info"):
            if request.headers.get("If-None-Match") == f'"{self.etag}"':
                return httpx.Response(304)
            return httpx.Response(200, json=self.info, headers={"ETag": f'"{self.etag}"'} if self.tells_changes else {})
        if path == "/cache/delta":
            known = self.delta is not None and request.url.params["since"] == "one"
            return httpx.Response(200, content=self.delta) if known else httpx.Response(410, json={"detail": "old"})
        return httpx.Response(200, content=self.archive)


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def as_delta(folder, changed, gone, etag):
    """Write what changed as a server does."""
    members = {}
    for name, frame in {**changed, "deleted": pl.DataFrame(gone, schema=["table", "id"], orient="row")}.items():
        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        members[f"{name}.pqt"] = buffer.getvalue()
    told = {"date_created": "2026-02-02 00:00", "origin": "here", "etag": etag}
    return zipped({**members, "delta.json": json.dumps(told).encode()})


@pytest.fixture
def server(tmp_path):
    return TablesServer(tmp_path / "server")


@pytest.fixture
def client(server):
    with AlyxClient(BASE, token="t", transport=httpx.MockTransport(server)) as made:
        yield made


def test_tables_of_a_known_etag_are_not_sent_again(client, server, tmp_path):
    fetch_tables(client, tmp_path / "here")
    fetch_tables(client, tmp_path / "here")
    assert server.asked == ["/cache/info/", "/cache.zip", "/cache/info/"]
    fetch_tables(client, tmp_path / "here", clobber=True)
    assert server.asked[3:] == ["/cache/info/", "/cache.zip"]


def test_only_what_changed_is_sent_and_takes_its_place(client, server, tmp_path):
    fetch_tables(client, tmp_path / "here")
    changed = {"sessions": pl.from_pandas(sessions(2)[1:]), "datasets": pl.from_pandas(datasets(2)[1:])}
    delta = as_delta(tmp_path, changed, [("datasets", DIDS[0])], "two")
    server.put(sessions(2), datasets(2)[1:], "two", delta)
    info = fetch_tables(client, tmp_path / "here")
    assert (server.asked[3:], info.date_created) == (["/cache/delta"], "2026-02-02 00:00")
    local = LocalCatalogue(tmp_path / "here")
    assert {one.number for one in local.search({})} == {1, 2}
    assert local.datasets(UUID(EIDS[0]))[1] == []
    assert [str(one.id) for one in local.datasets(UUID(EIDS[1]))[1]] == [DIDS[1]]
    server.asked.clear()
    fetch_tables(client, tmp_path / "here")
    assert server.asked == ["/cache/info/"]


def test_all_tables_come_when_changes_are_not_known_any_more(client, server, tmp_path):
    fetch_tables(client, tmp_path / "here")
    server.put(sessions(3), datasets(3), "three")
    fetch_tables(client, tmp_path / "here")
    assert server.asked[2:] == ["/cache/info/", "/cache/delta", "/cache.zip"]
    assert len(LocalCatalogue(tmp_path / "here").search({})) == 3


def test_tables_that_somebody_replaced_are_fetched_whole(client, server, tmp_path):
    fetch_tables(client, tmp_path / "here")
    write_tables(tmp_path / "here", sessions(2), datasets(2), origin="me")
    fetch_tables(client, tmp_path / "here")
    assert server.asked[2:] == ["/cache/info/", "/cache.zip"]
    assert len(LocalCatalogue(tmp_path / "here").search({})) == 1


def test_tables_of_another_origin_are_replaced_on_a_server_without_etags(client, server, tmp_path):
    server.tells_changes = False
    write_tables(tmp_path / "here", sessions(2), datasets(2), origin="me", date_created=datetime.now(UTC))
    assert fetch_tables(client, tmp_path / "here").origin == "here"
    fetch_tables(client, tmp_path / "here")
    assert server.asked == ["/cache/info/", "/cache.zip", "/cache/info/"]


def test_tables_for_clients_to_come_are_left_with_a_warning(client, server, tmp_path):
    write_tables(tmp_path / "here", sessions(), datasets(), origin="me")
    server.info["min_api_version"] = "9.0"
    with pytest.warns(UserWarning, match=r"ONE 9\.0"):
        assert fetch_tables(client, tmp_path / "here").origin == "me"
    with pytest.raises(InvalidTables, match=r"ONE 9\.0"):
        fetch_tables(client, tmp_path / "empty")


def test_merged_rows_replace_those_of_the_same_id_and_keep_other_columns(tmp_path):
    write_tables(tmp_path, sessions().assign(mine=["x"]), datasets(), origin="me", tags=("t",))
    merge_tables(tmp_path, sessions=pl.from_pandas(sessions(2, "NEW")), datasets=pl.from_pandas(datasets(2, 7)))
    frame = pd.read_parquet(tmp_path / "sessions.pqt")
    assert list(frame["subject"]) == ["NEW", "NEW"]
    assert [*frame] == ["lab", "subject", "date", "number", "task_protocol", "projects", "mine"]
    assert list(pd.read_parquet(tmp_path / "datasets.pqt")["file_size"]) == [7, 7]
    assert read_info(tmp_path / "sessions.pqt").database_tags == ("t",)


def test_a_handle_keeps_the_tables_of_its_moment(tmp_path):
    write_tables(tmp_path, sessions(), datasets(), origin="me")
    local = LocalCatalogue(tmp_path)
    assert len(local.search({})) == 1
    merge_tables(tmp_path, sessions=pl.from_pandas(sessions(2)), datasets=pl.from_pandas(datasets(2)))
    assert len(local.search({})) == 1
    assert local.table("datasets").collect().height == 1
    assert len(LocalCatalogue(tmp_path).search({})) == 2


def test_tables_whose_placing_was_interrupted_are_read_as_new_and_placed_by_the_next(tmp_path):
    write_tables(tmp_path, sessions(), datasets(), origin="me")
    write_tables(tmp_path / ".one_tables-ready", sessions(2), datasets(2), origin="me")
    (tmp_path / ".one_tables-ready" / "datasets.pqt").replace(tmp_path / "datasets.pqt")  # and then it was killed
    local = LocalCatalogue(tmp_path)
    assert (len(local.search({})), local.table("datasets").collect().height) == (2, 2)
    with changing_tables(tmp_path):
        pass
    assert not (tmp_path / ".one_tables-ready").exists()
    assert len(pd.read_parquet(tmp_path / "sessions.pqt")) == 2


def keep_changing(folder, n):
    for i in range(n):
        k = 1 + i % 3
        info = TablesInfo("2026-01-01 00:00", f"{k}")
        gone = {"sessions": pl.Series(EIDS), "datasets": pl.Series(DIDS)}
        merge_tables(
            folder, deleted=gone, info=info,
            sessions=pl.from_pandas(sessions(k, f"S{k}")), datasets=pl.from_pandas(datasets(k)),
        )  # fmt: skip


def test_readers_never_see_tables_of_two_moments(tmp_path):
    write_tables(tmp_path, sessions(), datasets(), origin="1")
    context = multiprocessing.get_context("spawn")
    writer = context.Process(target=keep_changing, args=(str(tmp_path), 25))
    writer.start()
    seen = set()
    while writer.is_alive():
        opened = OpenedTables(tmp_path)
        counts = {name: pl.read_parquet(file).height for name, file in opened.files.items()}
        opened.close()
        assert counts["sessions"] == counts["datasets"]
        seen.add(counts["sessions"])
    writer.join()
    assert writer.exitcode == 0
    assert len(seen) > 1


def test_a_killed_writer_leaves_tables_that_others_read_and_change(tmp_path):
    write_tables(tmp_path, sessions(), datasets(), origin="1")
    context = multiprocessing.get_context("spawn")
    writer = context.Process(target=keep_changing, args=(str(tmp_path), 10_000))
    writer.start()
    while read_info(tmp_path / "sessions.pqt").origin == "1":
        writer.join(0.01)
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    local = LocalCatalogue(tmp_path)
    assert len(local.search({})) == local.table("datasets").collect().height
    keep_changing(tmp_path, 1)
    assert len(LocalCatalogue(tmp_path).search({})) == 1


def test_what_was_found_is_saved_and_then_searched_offline(tmp_path):
    write_tables(tmp_path / "a", sessions(), datasets(), origin="me")
    found, eid = Found(), uuid4()
    session = Session(eid, "lab2", "KS099", date(2024, 1, 2), 3, "proto", ("p", "q"))
    found.add([session, Dataset(uuid4(), eid, "alf/c.d.npy", 9, "a" * 32)])
    save_found(found, LocalCatalogue(tmp_path / "a"), tmp_path / "a")
    local = LocalCatalogue(tmp_path / "a")
    assert len(local.search({})) == 2
    assert local.session(eid).projects == ("p", "q")
    assert [one.file_size for one in local.datasets(eid)[1]] == [9]


def test_saving_elsewhere_takes_the_tables_along_and_clobbers_only_if_asked(tmp_path):
    write_tables(tmp_path / "a", sessions(2), datasets(2), origin="me")
    write_tables(tmp_path / "b", sessions(3), datasets(3), origin="me")
    local = LocalCatalogue(tmp_path / "a")
    save_found(Found(), local, tmp_path / "b")
    assert len(LocalCatalogue(tmp_path / "b").search({})) == 3
    save_found(Found(), local, tmp_path / "b", clobber=True)
    assert len(LocalCatalogue(tmp_path / "b").search({})) == 2
    save_found(Found(), LocalCatalogue(tmp_path / "none"), tmp_path / "c")
    assert list((tmp_path / "c").glob("*.pqt")) == []


def test_what_a_server_answered_is_saved_for_offline_use(one, alyx):
    eid = one.search(subject="KS014", date="2019-08-30")[0]
    listed = one.list_datasets(eid)
    one.save_cache()
    one.mode = "local"
    assert one.list_datasets(eid) == listed
    assert [str(each) for each in one.search(subject="KS014", date="2019-08-30")] == [str(eid)]
