"""One session of real trials, wheel and spikes, loaded by the reference's loaders and by ours."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from tests.alf_lab import AlfLab
from tests.brainbox.recordings import load_days, load_kilosort
from tests.brainbox.reference import Reference

from bregma.alf import write_object, write_table
from bregma.brainbox import compute_published_metrics
from bregma.sessions import SessionLoader, SpikeSortingLoader, load_passive_rf_map

pytestmark = pytest.mark.peer

N_CHANNELS, FRAMES = 384, 600
EID = "c7a1d1e2-3b4c-4d5e-8f60-718293a4b5c6"  # the reference takes random ids only
START = """
import warnings; warnings.simplefilter("ignore")
from types import SimpleNamespace
import numpy as np
from one.api import One
from iblatlas.regions import BrainRegions
from brainbox.io import one as bbone
one = One(cache_dir=root, mode="local")
plain = lambda table: {name: np.asarray(values) for name, values in table.items()}
"""


@pytest.fixture(scope="module")
def lab(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> AlfLab:
    lab = AlfLab(tmp_path_factory.mktemp("lab"))
    folder = lab.add_session("SWC_054", "2020-09-01", id=EID)
    write_behavior(folder / "alf", shared_data)
    for camera in ("leftCamera", "rightCamera", "bodyCamera"):
        write_camera(folder / "alf", camera)
    write_probe(folder, shared_data)
    write_passive(folder)
    lab.add_insertion(lab.eid(), "probe00")
    lab.write()
    return lab


def write_behavior(alf: Path, shared_data: Path) -> None:
    trials = load_days(shared_data)["2020-09-01"].drop(columns=["date", "task_protocol"])
    trials["intervals_0"] = trials["stimOn_times"] - 0.5
    trials["intervals_1"] = trials["response_times"] + 1
    write_table(alf, "trials", trials, namespace="ibl")
    write_object(alf, "trials", {"stimOff_times": trials["response_times"].to_numpy() + 0.8}, namespace="ibl")
    with np.load(shared_data / "extraction_truth" / "session_ephys_wheel.npz") as truth:
        wheel = {"timestamps": truth["ts"][:40_000], "position": truth["pos"][:40_000]}
    write_object(alf, "wheel", wheel, namespace="ibl")
    write_object(alf, "licks", {"times": np.arange(7.0)})


def write_camera(alf: Path, camera: str) -> None:
    rng = np.random.default_rng(3)
    write_object(alf, camera, {"times": np.arange(FRAMES + 20) / 60 + 5}, namespace="ibl")
    write_object(alf, camera, {"ROIMotionEnergy": rng.random(FRAMES)})
    pose = {}
    for edge, place in {"top": (50, 30), "bottom": (50, 70), "left": (30, 50), "right": (70, 50)}.items():
        swing = np.cos(np.linspace(0, 12, FRAMES)) * 0.2 + 1
        for axis, middle in zip("xy", place, strict=True):
            pose[f"pupil_{edge}_r_{axis}"] = 50 + (middle - 50) * swing + rng.normal(0, 0.1, FRAMES)
        pose[f"pupil_{edge}_r_likelihood"] = rng.uniform(0.85, 1, FRAMES)
    pd.DataFrame(pose).to_parquet(alf / f"_ibl_{camera}.dlc.pqt")


def write_probe(folder: Path, shared_data: Path) -> None:
    rng = np.random.default_rng(4)
    times, clusters, amps, depths, *_ = load_kilosort(shared_data).keep(np.arange(100), 1)
    probe = folder / "alf" / "probe00"
    spikes = {"times": times, "clusters": clusters, "amps": amps, "depths": depths}
    write_object(probe / "pykilosort", "spikes", spikes)
    write_object(probe / "pykilosort", "clusters", {"channels": rng.integers(0, N_CHANNELS, 100)})
    write_object(probe / "pykilosort", "channels", {"rawInd": np.arange(N_CHANNELS)})
    metrics = compute_published_metrics(times, clusters, amps, depths, cluster_ids=np.arange(100))
    metrics.to_parquet(probe / "pykilosort" / "clusters.metrics.pqt")
    local = np.stack([np.resize([43.0, 11, 59, 27], N_CHANNELS), np.arange(N_CHANNELS) // 2 * 20.0], axis=1)
    places = {"localCoordinates": local, "mlapdv": rng.uniform(-3000, 0, (N_CHANNELS, 3))}
    write_object(probe, "electrodeSites", places)
    np.save(probe / "electrodeSites.brainLocationIds_ccf_2017.npy", rng.choice([549, 672, 0], N_CHANNELS))
    raw = folder / "raw_ephys_data" / "probe00"
    raw.mkdir(parents=True)
    pairs = np.array([[0.0, 0.1], [30_000, 1.1001], [3_000_000, 100.2]])
    np.save(raw / "_spikeglx_ephysData_g0_t0.imec0.timestamps.npy", pairs)
    np.save(raw / "_spikeglx_ephysData_g0_t0.imec0.sync.npy", np.zeros((4, 3)))
    meta = next((shared_data / "spikeglx_meta").glob("sample3B_g0_t0.imec1.ap.meta"))
    (raw / "_spikeglx_ephysData_g0_t0.imec0.ap.meta").write_text(meta.read_text())


def write_passive(folder: Path) -> None:
    rng = np.random.default_rng(6)
    frames = rng.choice(np.array([0, 128, 255], dtype=np.uint8), (40, 15, 15))
    (folder / "raw_passive_data").mkdir()
    frames.tofile(folder / "raw_passive_data" / "_iblrig_RFMapStim.raw.bin")
    write_object(folder / "alf", "passiveRFM", {"times": np.arange(40.0)}, namespace="ibl")


def ask(reference: Reference, lab: AlfLab, code: str) -> Any:
    return reference(START + code, root=str(lab.root), eid=str(lab.eid()))


def ours(lab: AlfLab) -> SessionLoader:
    return SessionLoader(lab.open(), lab.eid())


def test_behavior_is_that_of_the_reference(reference: Reference, lab: AlfLab) -> None:
    code = """
session = bbone.SessionLoader(one=one, eid=eid)
session.load_trials(); session.load_wheel(); session.load_licks()
trials, wheel, licks = (plain(table) for table in (session.trials, session.wheel, session.licks))
session.load_trials(style="tidy")
result = trials, wheel, licks, plain(session.trials)
"""
    trials, wheel, licks, tidy = ask(reference, lab, code)
    session = ours(lab)
    assert set(session.trials) == set(trials)
    for name, values in trials.items():
        assert_array_equal(session.trials[name], values)
    # The reference rounds to 32 bits; our velocity is the central difference, half a sample later.
    for name in ("times", "position"):
        assert_allclose(session.wheel[name][: wheel["times"].size], wheel[name], rtol=1e-7, atol=1e-6)
    velocity = session.wheel["velocity"].to_numpy()[: wheel["times"].size]
    backward = (velocity[1:] + velocity[:-1]) / 2
    assert_allclose(backward[1000:-1000], wheel["velocity"][1:][1000:-1000], atol=0.01 * np.abs(velocity).max())
    assert_array_equal(session.licks["times"], licks["times"])
    words = session.load_trials(tidy=True)
    for name in set(tidy) & set(words):
        assert_array_equal(words[name].to_numpy(dtype=tidy[name].dtype), tidy[name])


def test_cameras_are_those_of_the_reference(reference: Reference, lab: AlfLab) -> None:
    code = """
session = bbone.SessionLoader(one=one, eid=eid)
session.load_pose(); session.load_motion_energy()
result = [{k: plain(v) for k, v in parts.items()} for parts in (session.pose, session.motion_energy)]
session.load_pupil(snr_thresh=0)  # leaves the pose of one camera
result.append(plain(session.pupil))
"""
    pose, energy, pupil = ask(reference, lab, code)
    session = ours(lab)
    for expected, found in ((pose, session.pose), (energy, session.motion_energy)):
        assert set(found) == set(expected)
        for camera, table in expected.items():
            for name, values in table.items():
                assert_array_equal(found[camera][name], values)
    found = session.load_pupil(min_snr=0)
    for name in set(pupil) - {"times"}:
        assert_allclose(found[name], pupil[name], atol=1e-6)


def test_units_are_those_of_the_reference(reference: Reference, lab: AlfLab) -> None:
    code = """
atlas = SimpleNamespace(regions=BrainRegions())
probe = bbone.SpikeSortingLoader(one=one, eid=eid, pname="probe00", atlas=atlas)
spikes, clusters, channels = probe.load_spike_sorting()
result = plain(spikes), plain(channels), plain(probe.merge_clusters(spikes, clusters, channels))
times = np.linspace(-10, 200, 50)
result += (probe.samples2times(times * 3e4), probe.samples2times(times, "reverse"), probe.histology)
"""
    spikes, channels, clusters, forward, back, histology = ask(reference, lab, code)
    probe = SpikeSortingLoader(lab.open(), eid=lab.eid(), probe="probe00")
    sorting = probe.load_spike_sorting()
    for found, expected in ((sorting.spikes, spikes), (sorting.channels, channels)):
        assert set(expected) <= set(found)
        for name, values in expected.items():
            assert_array_equal(found[name], values)
    merged = sorting.merge_clusters()
    assert set(clusters) <= set(merged)
    for name, values in clusters.items():
        assert_array_equal(merged[name], values)
    times = np.linspace(-10, 200, 50)
    assert_allclose(probe.samples2times(times * 3e4), forward, rtol=1e-12)
    assert_allclose(probe.times2samples(times), back, rtol=1e-9)
    assert sorting.histology == histology


def test_passive_frames_and_pauses_are_those_of_the_reference(reference: Reference, lab: AlfLab) -> None:
    code = "result = plain(bbone.load_passive_rfmap(eid, one=one))"
    expected = ask(reference, lab, code)
    found = load_passive_rf_map(lab.open(), lab.eid())
    assert_array_equal(found["frames"], expected["frames"])
    assert_array_equal(found["times"], expected["times"])
