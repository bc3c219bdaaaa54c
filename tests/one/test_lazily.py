"""Datasets that are opened where they are, and read in parts."""

import json
import zlib
from pathlib import Path

import httpx
import numpy as np
import pytest

from bregma.alf import UnreadableFile, write_object
from bregma.alf.lazy import LazyTable, Traces
from bregma.one import DatasetNotFound, FileNotDownloaded
from bregma.store import parse_range

N = 300_000


@pytest.fixture
def eid(alyx, tmp_path):
    """Return a session with a long array, compressed traces and flat binary, on a server that knows ranges."""
    folder = tmp_path / "raw" / "raw_ephys_data"
    write_object(folder, "lfp", {"times": np.arange(N) / 2500})
    traces = np.arange(60, dtype=np.int16).reshape(20, 3)
    chunks = [zlib.compress(part.tobytes(order="F")) for part in (traces[:10], traces[10:])]
    header = {
        "chunk_bounds": [0, 10, 20], "chunk_offsets": np.cumsum([0, *map(len, chunks)]).tolist(), "n_channels": 3,
        "dtype": "int16", "sample_rate": 10, "chunk_order": "F",
    }  # fmt: skip
    (folder / "_spikeglx_ephysData_g0_t0.imec0.ap.cbin").write_bytes(b"".join(chunks))
    (folder / "_spikeglx_ephysData_g0_t0.imec0.ap.ch").write_text(json.dumps(header))
    traces.tofile(folder / "lfp.raw.bin")
    (folder / "lfp.raw.metadata.json").write_text(json.dumps({"dtype": "int16", "columns": ["a", "b", "c"]}))
    eid = next(iter(alyx.sessions))
    alyx.add_files(eid, tmp_path / "raw")
    whole = alyx.store

    def store(request: httpx.Request, path: str) -> httpx.Response:
        response = whole(request, path)
        wanted = parse_range(request.headers.get("Range"), len(response.content))
        if request.method != "GET" or response.status_code != 200 or wanted is None:
            return response
        content = response.content[wanted.start : wanted.stop]
        return httpx.Response(206, content=content, headers={"Content-Range": wanted.content_range})

    alyx.store = store
    return eid


def fetched(alyx) -> list[str]:
    return [Path(one.url.path).name.split(".")[1] for one in alyx.requests if one.url.path.startswith("/store/")]


def test_a_part_of_an_array_is_read_without_downloading_it(one, eid, alyx):
    times = one.open_dataset(eid, "lfp.times.npy")
    assert times.shape == (N,)
    assert times[N // 2 : N // 2 + 3].tolist() == [60, 60.0004, 60.0008]
    asked = [one.headers["Range"] for one in alyx.requests if "lfp.times" in one.url.path]
    assert len(asked) == 2
    assert not list(one.cache_dir.rglob("lfp.*"))


def test_a_file_that_is_here_is_mapped(one, eid, alyx):
    one.load_dataset(eid, "lfp.times.npy")
    asked = len(fetched(alyx))
    assert isinstance(one.open_dataset(eid, "lfp.times"), np.memmap)
    assert len(fetched(alyx)) == asked


def test_what_explains_a_file_is_found_and_fetched(one, eid):
    with one.open_dataset(eid, "*.ap.cbin", "raw_ephys_data") as traces:
        assert isinstance(traces, Traces)
        assert traces.between(1.2, 1.3).tolist() == [[36, 37, 38]]
    assert one.open_dataset(eid, "lfp.raw.bin")[5:7, 1].tolist() == [16, 19]
    assert sorted(path.name for path in one.cache_dir.glob("*/Subjects/*/*/*/raw_ephys_data/*")) == [
        "_spikeglx_ephysData_g0_t0.imec0.ap.ch",
        "lfp.raw.metadata.json",
    ]
    one.load_object(eid, "lfp", "raw_ephys_data")
    assert one.open_dataset(eid, "lfp.raw.bin")[5:7, 1].tolist() == [16, 19]


def test_columns_of_a_table_are_read(one, eid):
    table = one.open_dataset(eid, "_ibl_trials.table.pqt")
    assert isinstance(table, LazyTable)
    assert table["goCue_times"].tolist() == list(range(20))


def test_an_object_is_opened_with_what_has_no_parts_loaded(one, eid):
    lfp = one.open_object(eid, "lfp")
    assert lfp.times[5] == 0.002
    assert lfp["raw.metadata"]["dtype"] == "int16"
    assert lfp.raw[0, 2] == 2


def test_what_was_opened_is_recorded(one, eid):
    one.record_loaded = True
    one.open_dataset(eid, "lfp.times.npy")
    assert [dataset.name for _, dataset in one.recorder.entries] == ["lfp.times.npy"]


def test_what_is_not_there_and_has_no_parts_is_refused(one, eid):
    with pytest.raises(DatasetNotFound, match=r"did you mean lfp\.times\.npy"):
        one.open_dataset(eid, "lfp.time.npy")
    with pytest.raises(UnreadableFile, match="load it with read_file"):
        one.open_dataset(eid, "lfp.raw.metadata.json")


def test_offline_only_what_is_here_is_opened(offline, alyx):
    eid = next(iter(alyx.sessions))
    with pytest.raises(FileNotDownloaded):
        offline.open_dataset(eid, "_ibl_wheel.position.npy")
    assert alyx.requests == []
