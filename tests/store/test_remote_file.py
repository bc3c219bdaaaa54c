"""Files somewhere else that are read in parts."""

import io
import os
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.web import serve

from bregma.alf.lazy import open_lazily
from bregma.store import AccessDenied, LocalStore, RemoteFile, Source, StoreUnavailable, parse_range
from bregma.store.remote_file import BLOCK

CONTENT = np.random.default_rng(0).bytes(5 * BLOCK + 1234)


def reader(content: bytes = CONTENT) -> RemoteFile:
    def read(start: int, stop: int) -> Iterator[bytes]:
        piece = content[start:stop]
        yield from (piece[i : i + 10_000] for i in range(0, len(piece), 10_000))

    return RemoteFile(read, len(CONTENT), "somewhere")


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(CONTENT) + 10), st.integers(0, 3 * BLOCK)), max_size=5))
def test_any_part_is_that_of_the_file(ranges):
    file = reader()
    for start, length in ranges:
        file.seek(start)
        assert file.read(length) == CONTENT[start : start + length]


def test_it_is_a_file_like_any_other():
    file = reader()
    assert file.seek(-10, os.SEEK_END) == len(CONTENT) - 10
    assert file.read() == CONTENT[-10:]
    assert file.seek(-4, os.SEEK_CUR) == file.tell()
    assert io.BufferedReader(file).read(100) == CONTENT[-4:]
    with pytest.raises(ValueError, match="before the beginning"):
        file.seek(-1)


def test_what_was_fetched_is_kept_and_reading_on_fetches_ahead():
    file = reader()
    assert file.read(10) == CONTENT[:10]
    file.seek(0)
    file.read(100)
    assert file.requests == 1
    for _ in range(5 * BLOCK // 1000):
        file.read(1000)
    assert file.requests <= 3
    assert file.bytes_fetched <= len(CONTENT)


def test_a_file_that_ends_early_is_an_error():
    with pytest.raises(StoreUnavailable, match="ended at byte 100"):
        reader(CONTENT[:100]).read(200)


def test_files_of_a_store_are_read_in_parts(tmp_path):
    store = LocalStore(tmp_path)
    np.save(tmp_path / "obj.attr.npy", np.arange(100_000))
    file = RemoteFile.of(store, "obj.attr.npy")
    assert open_lazily(file)[77_777] == 77_777
    assert file.bytes_fetched < 3 * BLOCK


class SparseHandler(BaseHTTPRequestHandler):
    """Serves one large file by ranges, and counts the bytes it sends."""

    protocol_version = "HTTP/1.1"
    path_served: Path
    sent: list[int]
    connections = 0
    token = "Token new"

    def setup(self) -> None:
        super().setup()
        SparseHandler.connections += 1

    def do_GET(self) -> None:
        size = self.path_served.stat().st_size
        wanted = parse_range(self.headers.get("Range"), size)
        if self.headers.get("Authorization") != self.token or wanted is None:
            self.send_response(401 if wanted else 400)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.sent.append(len(wanted))
        self.send_response(206)
        self.send_header("Content-Range", wanted.content_range)
        self.send_header("Content-Length", str(len(wanted)))
        self.end_headers()
        with self.path_served.open("rb") as file:
            file.seek(wanted.start)
            self.wfile.write(file.read(len(wanted)))


@pytest.fixture
def gigabyte(tmp_path) -> Iterator[tuple[str, list[int]]]:
    """Serve an array of 1 GB that takes no space on disk; return its address and what was sent."""
    path = tmp_path / "_iblqc_ephysTimeRms.rms.npy"
    array = np.lib.format.open_memmap(path, "w+", np.float64, (1_250_000, 100))
    array[1_000_000, 7] = 42
    array.flush()
    sent: list[int] = []
    SparseHandler.connections = 0
    with serve(SparseHandler, path_served=path, sent=sent) as address:
        yield f"{address}/{path.name}", sent


def test_a_slice_of_a_gigabyte_fetches_less_than_a_hundredth(gigabyte, http_client: httpx.Client):
    url, sent = gigabyte
    renewals = []

    def renew(old):
        renewals.append(old)
        return {"Authorization": "Token new"}

    source = Source(url, {"Authorization": "Token old"}, renew=renew)
    file = RemoteFile.at(http_client, source, size=1_000_000_128)
    array = open_lazily(file, name="_iblqc_ephysTimeRms.rms.npy")
    assert array.nbytes == 1_000_000_000
    found = array[999_000:1_001_000]
    assert found[1000, 7] == 42
    assert found.sum() == 42
    assert sum(sent) == file.bytes_fetched < array.nbytes / 100
    assert renewals == [{"Authorization": "Token old"}]


def test_the_size_is_asked_for_where_it_is_not_known(gigabyte, http_client: httpx.Client):
    url, sent = gigabyte
    assert RemoteFile.at(http_client, Source(url, {"Authorization": "Token new"})).size == 1_000_000_128
    assert sum(sent) == 1
    with pytest.raises(AccessDenied):
        RemoteFile.at(http_client, Source(url), size=1000).read(10)


def test_one_connection_serves_all_ranges(gigabyte, http_client: httpx.Client):
    url, sent = gigabyte
    file = RemoteFile.at(http_client, Source(url, {"Authorization": "Token new"}), size=1_000_000_128)
    for start in range(0, file.size, 100_000_000):
        file.seek(start)
        file.read(10)
    assert len(sent) == file.requests == 11
    assert SparseHandler.connections == 1
