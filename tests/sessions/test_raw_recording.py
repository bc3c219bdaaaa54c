"""Raw recordings read by time: over HTTP ranges, and from files of this machine, with the same result."""

import json
import zlib
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pytest
from tests.alf_lab import AlfLab
from tests.one.conftest import BASE_URL, TOKEN, FakeAlyx

from bregma.brainbox.lfp.recording import Recording
from bregma.one import ONE
from bregma.one.client import AlyxClient
from bregma.one.server.login import SavedLogins
from bregma.sessions import AmbiguousCollection, DataMissing, InconsistentData, SpikeSortingLoader
from bregma.store import parse_range

N_SAMPLES, N_CHUNK, RATE = 300_000, 3000, 30_000
TRACES = np.random.default_rng(8).integers(-500, 500, (N_SAMPLES, 3)).astype(np.int16)
BOUNDS = list(range(0, N_SAMPLES + 1, N_CHUNK))
CHUNKS = [
    zlib.compress(np.diff(TRACES[low : low + N_CHUNK], axis=0, prepend=np.int16(0)).tobytes(order="F"), 1)
    for low in BOUNDS[:-1]
]
STEP = 0.6 / 512 / 500
META = {
    "typeThis": "imec", "imDatPrb_type": 0, "imDatPrb_port": 1, "imDatPrb_slot": 2, "imSampRate": RATE,
    "imAiRangeMax": 0.6, "fileSizeBytes": 2 * TRACES.size, "snsApLfSy": "2,0,1", "acqApLfSy": "384,384,1",
    "snsSaveChanSubset": "0:1,768", "imroTbl": "(0,384)" + "".join(f"({i} 0 0 500 250 1)" for i in range(384)),
}  # fmt: skip


def write_recording(folder: Path, run: str = "g0_t0", meta: dict[str, Any] | None = META) -> None:
    """Compress made-up traces as recordings are, with their metadata and the clock of the probe."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"_spikeglx_ephysData_{run}.imec0"
    header = {
        "chunk_bounds": BOUNDS, "chunk_offsets": np.cumsum([0, *map(len, CHUNKS)]).tolist(), "n_channels": 3,
        "dtype": "int16", "sample_rate": RATE, "chunk_order": "F", "do_time_diff": True,
    }  # fmt: skip
    (folder / f"{stem}.ap.cbin").write_bytes(b"".join(CHUNKS))
    (folder / f"{stem}.ap.ch").write_text(json.dumps(header))
    np.save(folder / f"{stem}.timestamps.npy", np.array([[0, 100.0], [RATE, 101.0]]))
    if meta is not None:
        (folder / f"{stem}.ap.meta").write_text("\n".join(f"{key}={value}" for key, value in meta.items()))


@pytest.fixture
def server(tmp_path) -> FakeAlyx:
    """A server that knows ranges, with one session with a recording."""
    fake = FakeAlyx()
    eid = fake.add_session("KS014", "2019-08-30")
    write_recording(tmp_path / "raw" / "raw_ephys_data" / "probe00")
    fake.add_files(eid, tmp_path / "raw")
    whole = fake.store

    def store(request: httpx.Request, path: str) -> httpx.Response:
        response = whole(request, path)
        wanted = parse_range(request.headers.get("Range"), len(response.content))
        if request.method != "GET" or wanted is None:
            return response
        content = response.content[wanted.start : wanted.stop]
        return httpx.Response(206, content=content, headers={"Content-Range": wanted.content_range})

    fake.store = store  # type: ignore[method-assign]
    return fake


@pytest.fixture
def online(server, tmp_path) -> SpikeSortingLoader:
    logins = SavedLogins(tmp_path / "config" / "logins.json")
    client = AlyxClient(BASE_URL, token=TOKEN, logins=logins, transport=httpx.MockTransport(server))
    one = ONE(client=client, cache_dir=tmp_path / "cache")
    return SpikeSortingLoader(one, eid=next(iter(server.sessions)), probe="probe00")


@pytest.fixture
def lab(tmp_path) -> AlfLab:
    lab = AlfLab(tmp_path / "lab")
    write_recording(lab.add_session("KS014", "2019-08-30") / "raw_ephys_data" / "probe00")
    return lab


@pytest.fixture
def opened() -> Any:
    """Return a function that takes recordings and closes them in the end."""
    with ExitStack() as stack:
        yield stack.enter_context


def on_disk(lab: AlfLab) -> SpikeSortingLoader:
    lab.write()
    return SpikeSortingLoader(lab.open(), eid=lab.eid(), probe="probe00")


def test_only_the_chunks_of_a_stretch_are_fetched(online, server) -> None:
    with online.raw_electrophysiology() as raw:
        assert raw.shape == (N_SAMPLES, 3)
        assert raw.dtype == np.int16
        np.testing.assert_array_equal(raw.between(0.002, 0.003), TRACES[60:90])
    asked = [one.headers["Range"] for one in server.requests if "cbin" in one.url.path]
    size = next(len(content) for path, content in server.files.items() if "cbin" in path)
    fetched = sum(stop - start + 1 for start, stop in (map(int, one[6:].split("-")) for one in asked))
    assert 0 < fetched < size / 5
    assert not list(online.one.cache_dir.rglob("*.cbin"))
    assert "raw_ephys_data/probe00/_spikeglx_ephysData_g0_t0.imec0.ap.cbin" in set(online.provenance["path"])


def test_a_recording_reads_the_same_online_and_on_disk(online, lab) -> None:
    with on_disk(lab).raw_electrophysiology() as here, online.raw_electrophysiology() as there:
        for key in (slice(None), slice(5, 250, 7), (slice(20, 40), [0, 2]), 12):
            np.testing.assert_array_equal(here[key], TRACES[key])
            np.testing.assert_array_equal(there[key], TRACES[key])


def test_a_recording_that_is_not_compressed_reads_the_same(online, server, lab, opened) -> None:
    folder = lab.folder(lab.sessions[0]) / "raw_ephys_data" / "probe01"
    write_recording(folder)
    for path in (*folder.glob("*.cbin"), *folder.glob("*.ch")):
        path.unlink()
    TRACES.tofile(folder / "_spikeglx_ephysData_g0_t0.imec0.ap.bin")
    server.add_files(UUID(next(iter(server.sessions))), folder.parents[1])
    lab.write()
    here = SpikeSortingLoader(lab.open(), eid=lab.eid(), probe="probe01").raw_electrophysiology()
    assert isinstance(here.samples, np.memmap)
    assert "300000 samples of 3 channels, 10.0 s at 30000 Hz; numbers as stored" in repr(here)
    there = opened(SpikeSortingLoader(online.one, eid=online.eid, probe="probe01").raw_electrophysiology())
    for raw in (here, there):
        np.testing.assert_array_equal(raw[5:250, :2], TRACES[5:250, :2])
        np.testing.assert_array_equal(raw.between(100.001, 100.002, session_time=True), TRACES[30:60])
    here.close()


def test_a_recording_that_is_not_compressed_needs_its_metadata(tmp_path) -> None:
    lab = AlfLab(tmp_path / "lab")
    folder = lab.add_session("KS014", "2019-08-30") / "raw_ephys_data" / "probe00"
    folder.mkdir(parents=True)
    TRACES[:9].tofile(folder / "_spikeglx_ephysData_g0_t0.imec0.ap.bin")
    with pytest.raises(DataMissing, match=r"ap\.bin needs its \.meta file, which tells how many channels"):
        on_disk(lab).raw_electrophysiology()


def test_parts_are_opened_without_asking_for_the_session_again(online, server) -> None:
    with online.raw_electrophysiology() as raw:
        assert raw[:2].shape == (2, 3)
    with online.raw_electrophysiology():
        asked = server.asked()
    assert len([one for one in asked if "/sessions/" in one]) == 1
    assert len([one for one in asked if ".meta" in one or "timestamps" in one]) == 2


def test_volts_are_the_numbers_times_their_step_and_pulses_stay(lab, opened) -> None:
    raw = opened(on_disk(lab).raw_electrophysiology(as_volts=True))
    assert raw.dtype == raw[:2].dtype == np.float32
    np.testing.assert_allclose(raw[10:20], TRACES[10:20] * np.array([STEP, STEP, 1]), rtol=1e-6)
    np.testing.assert_allclose(raw[10:20, 1], TRACES[10:20, 1] * STEP, rtol=1e-6)
    assert raw.sync_channels.tolist() == [2]
    assert raw.duration == pytest.approx(10)


def test_time_of_the_session_is_that_of_its_clock(lab, opened) -> None:
    raw = opened(on_disk(lab).raw_electrophysiology())
    np.testing.assert_array_equal(raw.between(100.001, 100.002, session_time=True), TRACES[30:60])
    np.testing.assert_array_equal(raw.between(-5, 0.001), TRACES[:30])
    assert len(raw.between(20, 30)) == 0


def test_the_recording_goes_into_the_analysis_of_field_potentials(lab, opened) -> None:
    raw = opened(on_disk(lab).raw_electrophysiology())
    recording = Recording(raw.samples, raw.sampling_rate, raw.volts_per_bit, channels=[0, 1])
    np.testing.assert_allclose(recording.read(0, 50), TRACES[:50, :2] * STEP, rtol=1e-6)
    assert raw.geometry is not None
    assert on_disk(lab).probe_geometry.y_um.tolist() == raw.geometry.y_um.tolist() == [20, 20]


def test_one_of_several_recordings_must_be_chosen(lab, opened) -> None:
    write_recording(lab.folder(lab.sessions[0]) / "raw_ephys_data" / "probe00", "g0_t1")
    probe = on_disk(lab)
    with pytest.raises(AmbiguousCollection, match="name one, as run="):
        probe.raw_electrophysiology()
    assert opened(probe.raw_electrophysiology(run="g0_t1")).shape == (N_SAMPLES, 3)


def test_without_metadata_there_are_numbers_but_no_volts(tmp_path, opened) -> None:
    lab = AlfLab(tmp_path / "lab")
    write_recording(lab.add_session("KS014", "2019-08-30") / "raw_ephys_data" / "probe00", meta=None)
    raw = opened(on_disk(lab).raw_electrophysiology())
    assert raw.volts_per_bit is raw.geometry is None
    np.testing.assert_array_equal(raw[:3], TRACES[:3])
    with pytest.raises(DataMissing, match=r"volts need the \.meta file"):
        on_disk(lab).raw_electrophysiology(as_volts=True)


def test_metadata_of_another_recording_are_refused(tmp_path) -> None:
    lab = AlfLab(tmp_path / "lab")
    other = META | {"snsApLfSy": "3,0,1", "snsSaveChanSubset": "0:2,768"}
    write_recording(lab.add_session("KS014", "2019-08-30") / "raw_ephys_data" / "probe00", meta=other)
    with pytest.raises(InconsistentData, match=r"has 3 channels and its \.meta tells of 4"):
        on_disk(lab).raw_electrophysiology()
