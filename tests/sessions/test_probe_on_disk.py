"""Probes of files on this machine through the real ONE: units with metrics and places, curations, clocks, traces."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.alf_lab import AlfLab

from bregma.alf import AlfBunch, write_object
from bregma.sessions import (
    DataMissing,
    EphysSessionLoader,
    InconsistentData,
    ProbeClock,
    SpikeSortingLoader,
    interpolate_channel_locations,
    load_passive_rf_map,
    merge_clusters,
)
from bregma.sessions.channels import follow_track, place_channels
from bregma.sessions.histology import ask_histology

N_UNITS = 3
TH, VOID = 549, 0


def write_sorting(folder: Path, n_units: int = N_UNITS, labels: tuple[float, ...] | None = (1.0, 0.5, 1.0)) -> None:
    random = np.random.default_rng(4)
    times = np.sort(random.random(90) * 30).astype(np.float32)
    spikes = {"times": times, "clusters": np.arange(90) % n_units, "amps": random.random(90) * 1e-4}
    write_object(folder, "spikes", {**spikes, "depths": np.ones(90), "samples": np.arange(90)})
    clusters = {"channels": np.arange(n_units)[::-1].copy(), "waveforms": np.ones((n_units, 5, 2))}
    write_object(folder, "clusters", clusters)
    if labels:
        table = pd.DataFrame({"cluster_id": np.arange(len(labels)), "label": labels})
        table.to_parquet(folder / "clusters.metrics.pqt")


def places(n: int = 4) -> dict[str, np.ndarray]:
    local = np.stack([np.zeros(n), np.arange(n) * 20.0], axis=1)
    return {"localCoordinates": local, "mlapdv": np.arange(3.0 * n).reshape(n, 3) * 100}


@pytest.fixture
def lab(tmp_path) -> AlfLab:
    lab = AlfLab(tmp_path)
    folder = lab.add_session("KS014", "2019-08-30")
    write_sorting(folder / "alf" / "probe00" / "pykilosort")
    write_object(folder / "alf" / "probe00", "channels", places())
    np.save(folder / "alf" / "probe00" / "channels.brainLocationIds_ccf_2017.npy", np.array([TH, -TH, VOID, 12345]))
    lab.add_insertion(lab.eid(), "probe00")
    return lab


def loader(lab: AlfLab, **more: Any) -> SpikeSortingLoader:
    lab.write()
    return SpikeSortingLoader(lab.open(), eid=lab.eid(), probe="probe00", **more)


def folder(lab: AlfLab) -> Path:
    return lab.folder(lab.sessions[0]) / "alf" / "probe00"


def test_units_get_metrics_and_the_place_of_their_channel(lab) -> None:
    sorting = loader(lab).load_spike_sorting()
    units = sorting.merge_clusters()
    assert units["label"].tolist() == [1.0, 0.5, 1.0]
    assert units["acronym"].tolist() == ["void", "TH", "TH"]
    assert units["axial_um"].tolist() == [40.0, 20.0, 0.0]
    assert units["x"].tolist() == pytest.approx([600e-6, 300e-6, 0])
    assert units["cluster_id"].tolist() == [0, 1, 2]
    assert sorting.histology == "alf"
    assert sorting.channels["acronym"].tolist() == ["TH", "TH", "void", "unknown"]
    assert "metrics" in sorting.clusters, "the input stays as it was"
    assert sorting.spikes["times"].dtype == np.float64
    assert "samples" not in sorting.spikes
    assert "waveforms" not in sorting.clusters


def test_large_attributes_are_loaded_if_asked_for(lab) -> None:
    sorting = loader(lab).load_spike_sorting(attributes=["samples", "waveforms"])
    assert sorting.spikes["samples"].tolist() == list(range(90))
    assert sorting.clusters["waveforms"].shape == (N_UNITS, 5, 2)


def test_metrics_that_do_not_fit_are_computed(lab) -> None:
    pd.DataFrame({"cluster_id": [0, 1], "label": [7.0, 7.0]}).to_parquet(
        folder(lab) / "pykilosort" / "clusters.metrics.pqt"
    )
    units = loader(lab).load_spike_sorting().merge_clusters()
    assert units["n_spikes"].tolist() == [30, 30, 30]
    assert 7.0 not in units["label"]


def test_metrics_can_be_computed_anew(lab) -> None:
    sorting = loader(lab).load_spike_sorting()
    assert "firing_rate" not in sorting.merge_clusters()
    assert sorting.merge_clusters(compute_metrics=True)["firing_rate"] == pytest.approx([1.0] * 3, rel=0.1)
    with pytest.raises(DataMissing, match="pass spikes"):
        merge_clusters(None, sorting.clusters, None, compute_metrics=True)


@pytest.mark.parametrize("told", [True, False])
def test_units_whose_numbers_have_gaps_are_matched_by_number(told: bool) -> None:
    spikes = {"times": np.arange(6.0), "clusters": np.array([2, 2, 2, 7, 7, 40])}
    clusters: dict[str, Any] = {"channels": np.array([0, 1, 2])}
    if told:
        clusters["metrics"] = pd.DataFrame({"cluster_id": [2, 7, 40], "label": [1.0, 0.0, 1.0]})
    units = merge_clusters(spikes, clusters, {"axial_um": np.array([0.0, 20.0, 40.0])}, compute_metrics=not told)
    assert units["cluster_id"].tolist() == [2, 7, 40]
    assert units["axial_um"].tolist() == [0.0, 20.0, 40.0]
    if not told:
        assert units["n_spikes"].tolist() == [3, 2, 1]


def test_units_that_there_are_not_are_refused() -> None:
    spikes = {"times": np.arange(2.0), "clusters": np.array([0, 9])}
    with pytest.raises(InconsistentData, match=r"not among the 3 of clusters: \[9\]"):
        merge_clusters(spikes, {"channels": np.arange(3)}, {})
    units = {"channels": np.array([9]), "metrics": pd.DataFrame({"label": [1.0]})}
    with pytest.raises(InconsistentData, match="on channel 9, but there are 2"):
        merge_clusters(None, units, {"x": np.zeros(2)})


@pytest.mark.parametrize(
    ("channels", "reason"),
    [(np.array([0, np.nan]), "on channel nan, but there are 2"), (np.arange(2), "different lengths: {'x': 2, 'y': 3}")],
)
def test_channels_that_do_not_fit_are_refused(channels: np.ndarray, reason: str) -> None:
    clusters = {"channels": channels, "metrics": pd.DataFrame({"label": [1.0, 0.0]})}
    places = {"x": np.zeros(2)} if np.isnan(channels).any() else {"x": np.zeros(2), "y": np.zeros(3)}
    with pytest.raises(InconsistentData, match=reason):
        merge_clusters(None, clusters, places)


def test_units_make_a_table_whatever_their_files_were() -> None:
    uuids = pd.DataFrame({"uuids": ["a", "b"]})
    metrics = pd.DataFrame({"cluster_id": [4, 9], "label": [1.0, 0.0]})
    units = merge_clusters(None, {"uuids": uuids, "metrics": metrics}, None)
    assert pd.DataFrame(units).to_dict("list") == {"cluster_id": [4, 9], "uuids": ["a", "b"], "label": [1.0, 0.0]}
    assert merge_clusters(None, {"metrics": metrics}, {})["cluster_id"].tolist() == [4, 9]


def test_a_name_that_units_and_channels_share_stays_that_of_units() -> None:
    clusters = {"channels": np.array([1]), "labels": np.array([5]), "metrics": pd.DataFrame({"label": [1.0]})}
    units = merge_clusters(None, clusters, {"labels": np.array([0, 3])})
    assert (units["labels"].tolist(), units["channels_labels"].tolist()) == ([5], [3])


def test_good_units_come_from_the_table_of_passing_spikes(lab) -> None:
    passing = pd.DataFrame({"times": [1.0, 2.0], "clusters": [0, 2], "amps": [1.0, 1.0], "depths": [1.0, 1.0]})
    sorted_by = loader(lab).load_spike_sorting(good_units=True)
    assert set(sorted_by.spikes["clusters"]) == {0, 2}
    assert len(sorted_by.spikes["times"]) == 60
    passing.to_parquet(folder(lab) / "pykilosort" / "passingSpikes.table.pqt")
    assert loader(lab).load_spike_sorting(good_units=True).spikes["times"].tolist() == [1.0, 2.0]


def test_a_curation_comes_in_place_of_what_it_changed(lab) -> None:
    place = folder(lab) / "pykilosort"
    write_object(place, "spikes", {"clusters": np.zeros(90, int)}, namespace="av")
    probe = loader(lab)
    assert set(probe.load_spike_sorting(namespace="av").spikes["clusters"]) == {0}
    assert set(probe.load_spike_sorting().spikes["clusters"]) == {0, 1, 2}
    with pytest.raises(DataMissing, match="no files of namespace 'cm' in alf/probe00/pykilosort; there are av"):
        probe.load_spike_sorting(namespace="cm")


def test_spikes_of_mixed_revisions_are_refused_or_left_out_by_name(lab) -> None:
    place = folder(lab) / "pykilosort" / "#2024-05-06#"
    write_object(place, "spikes", {"amps": np.ones(80)})
    sorting = loader(lab).load_spike_sorting()
    assert sorting.left_out == {"spikes.amps": "80 rows for 90 spikes"}
    assert "amps" not in sorting.spikes
    write_object(place, "spikes", {"clusters": np.zeros(80, int)})
    with pytest.raises(InconsistentData, match=r"times and clusters of one length: {'times': 90, 'clusters': 80}"):
        loader(lab).load_spike_sorting()
    assert len(loader(lab, revision="2020-01-01").load_spike_sorting().spikes["amps"]) == 90


def test_channels_of_a_sorter_get_their_place_from_the_probe(lab) -> None:
    local = {"localCoordinates": np.array([[0.0, 10.0], [0.0, 500.0]])}
    write_object(folder(lab) / "pykilosort", "channels", local)
    channels, histology = loader(lab).load_channels()
    assert histology == "alf"
    assert channels["mlapdv"][:, 0].tolist() == [150.0, 900.0]
    assert channels["atlas_id"].tolist() == [TH, 12345]


def test_electrode_sites_come_before_what_a_sorter_wrote(lab) -> None:
    write_object(folder(lab), "channels", {"rawInd": np.arange(4)[::-1].copy()})
    write_object(folder(lab), "electrodeSites", places(2))
    np.save(folder(lab) / "electrodeSites.brainLocationIds_ccf_2017.npy", np.array([TH, TH]))
    channels, _ = loader(lab).load_channels()
    assert channels["rawInd"].tolist() == [0, 1]
    assert channels["acronym"].tolist() == ["TH", "TH"]


def test_the_height_of_channels_carries_their_place_over() -> None:
    placed = {**places(), "brainLocationIds_ccf_2017": np.array([1, 2, 3, 4])}
    found = interpolate_channel_locations(placed, {"localCoordinates": np.array([[0, 30.0], [0, 31.0], [0, -5.0]])})
    assert found["mlapdv"][:, 1].tolist() == pytest.approx([550, 565, 100])
    assert found["brainLocationIds_ccf_2017"].tolist() == [2, 3, 1]
    metres = place_channels(placed)
    again = {name: metres[name] for name in ("x", "y", "z", "atlas_id", "axial_um")}
    np.testing.assert_allclose(interpolate_channel_locations(again, places())["mlapdv"], placed["mlapdv"])
    whole = interpolate_channel_locations({"mlapdv": np.zeros((384, 3)), "brainLocationIds_ccf_2017": np.ones(384)})
    assert whole["localCoordinates"].shape == (384, 2)
    with pytest.raises(DataMissing, match="3 placed channels do not tell their heights"):
        interpolate_channel_locations({"mlapdv": np.zeros((3, 3))})


def test_a_track_is_followed_from_its_deepest_point_and_beyond_its_highest() -> None:
    picks = [[0, 0, 0], [0, 0, -3000.0], [0, 0, -1000]]
    found = follow_track(picks, [-200.0, 800.0, 3800.0])
    assert found[:, 2].tolist() == [-3000, -2000, 1000]


class FakeClient:
    """Answers as an Alyx that knows these tracks, and the channels of each."""

    def __init__(self, **channels: list[dict[str, Any]]) -> None:
        self.channels = channels

    def rest(self, endpoint: str, action: str, **terms: Any) -> list[dict[str, Any]]:
        if endpoint == "channels":
            return self.channels[terms["trajectory_estimate"]]
        names = {"aligned": "Ephys aligned histology track", "traced": "Histology track"}
        return [{"id": key, "provenance": names[key]} for key in self.channels]


CHANNEL = {"x": 100.0, "y": 0.0, "z": -500.0, "axial": 20.0, "lateral": 0.0, "brain_region": TH}


@pytest.mark.parametrize(
    ("client", "quality", "provenance"),
    [
        (FakeClient(traced=[CHANNEL], aligned=[CHANNEL]), {"alignment_resolved": True}, "resolved"),
        (FakeClient(traced=[CHANNEL], aligned=[CHANNEL]), {}, "aligned"),
        (FakeClient(traced=[CHANNEL], aligned=[]), {}, "traced"),
    ],
)
def test_the_best_histology_there_is_is_taken(client, quality, provenance: str) -> None:
    insertion = {"id": "pid", "json": {"extended_qc": quality}}
    found = ask_histology(client, insertion, {"localCoordinates": np.array([[0.0, 0.0], [0.0, 40.0]])})
    assert found is not None
    assert found.provenance == provenance
    placed = place_channels(found.channels)
    assert placed["x"].tolist() == [1e-4, 1e-4]
    assert placed["acronym"].tolist() == ["TH", "TH"]


def test_without_channels_the_traced_points_say_where_the_probe_is() -> None:
    channels = {"localCoordinates": np.array([[0.0, 0.0]])}
    insertion = {"id": "pid", "json": {"xyz_picks": [[0, 0, -3000], [0, 0, 0]]}}
    found = ask_histology(FakeClient(), insertion, channels)
    assert found is not None
    assert found.provenance == "traced"
    assert found.channels["mlapdv"].tolist() == [[0, 0, -2800]]
    assert ask_histology(FakeClient(), {"id": "pid", "json": None}, channels) is None


def test_waveforms_and_drift_are_opened_without_reading_them(lab) -> None:
    place = folder(lab) / "pykilosort"
    write_object(place, "waveforms", {"templates": np.ones((N_UNITS, 4, 8), np.float16)})
    write_object(place, "drift", {"times": np.arange(3, dtype=np.float32), "um": np.zeros((3, 1))})
    probe = loader(lab)
    assert isinstance(probe.load_waveforms()["templates"], np.memmap)
    assert probe.load_drift()["times"].dtype == np.float64
    assert set(probe.provenance["attribute"]) == {"waveforms", "drift"}


def test_a_clock_goes_both_ways_and_beyond_its_ends(lab) -> None:
    raw = folder(lab).parents[1] / "raw_ephys_data" / "probe00"
    raw.mkdir(parents=True)
    points = np.array([[0, 10.0], [30_000, 11.0], [90_000, 13.2]])
    np.save(raw / "_spikeglx_ephysData_g0_t0.imec0.timestamps.npy", points)
    probe = loader(lab)
    assert probe.samples2times([0, 15_000, 60_000, 120_000, -30_000]) == pytest.approx([10, 10.5, 12.1, 14.3, 9])
    times = np.linspace(5, 20, 31)
    assert probe.samples2times(probe.times2samples(times)) == pytest.approx(times)
    assert probe.samples2times([2500], 2500) == pytest.approx([11.0])
    assert probe.times2samples([11.0], 2500) == pytest.approx([2500])


@pytest.mark.parametrize(("samples", "reason"), [([0.0], "no clock"), ([5.0, 5.0], "do not ascend")])
def test_what_is_no_clock_is_refused(samples: list[float], reason: str) -> None:
    with pytest.raises(InconsistentData, match=reason):
        ProbeClock(np.array(samples), np.arange(len(samples)) * 1.0)


def test_a_probe_without_recordings_says_so(lab) -> None:
    probe = loader(lab)
    with pytest.raises(DataMissing, match=r"no file \*\.ap\.cbin or \*\.ap\.bin in raw_ephys_data/probe00"):
        probe.raw_electrophysiology()
    with pytest.raises(ValueError, match="no band 'mua'; choose from ap, lf"):
        probe.raw_electrophysiology("mua")
    with pytest.raises(DataMissing, match="timestamps"):
        _ = probe.clock
    assert probe.probe_geometry.y_um.tolist() == [0, 20, 40, 60]


def test_all_probes_of_a_session_load_with_a_report(lab) -> None:
    place = folder(lab).parent / "probe01"
    write_sorting(place)
    write_object(place / "#2024-05-06#", "spikes", {"clusters": np.zeros(80, int)})
    lab.write()
    one = lab.open()
    session = EphysSessionLoader(one, lab.eid())
    table = session.load_session_data().set_index(["name", "part"])
    assert list(session.probes) == ["probe00", "probe01"]
    assert list(session.spike_sorting) == ["probe00"]
    assert table.loc[("spike_sorting", "probe00"), "n_rows"] == 90
    assert "of one length" in table.loc[("spike_sorting", "probe01"), "reason"]
    assert "probe00.spikes" in set(session.provenance["attribute"])
    with pytest.raises(DataMissing, match="no probe 'probe07'"):
        session.load_spike_sorting(["probe07"])


def test_spikes_of_no_probe_are_named_with_the_way_to_load_them(tmp_path) -> None:
    lab = AlfLab(tmp_path)
    write_sorting(lab.add_session("Cori", "2016-12-14") / "alf")
    lab.write()
    session = EphysSessionLoader(lab.open(), lab.eid())
    reasons = session.load_session_data().set_index("name").loc["spike_sorting", "reason"]
    assert "its spikes lie in alf, of no probe; one.load_object(eid, 'spikes', collection='alf')" in reasons


def test_a_pid_names_its_probe(lab) -> None:
    lab.write()
    probe = SpikeSortingLoader(lab.open(), lab.insertions[0]["id"])
    assert probe.probe == "probe00"
    assert len(probe.sorting.spikes["times"]) == 90
    assert probe.sorting is probe.sorting


def test_frames_of_the_passive_part_have_the_shape_of_the_data(lab) -> None:
    root = folder(lab).parents[1]
    write_object(root / "alf", "passiveRFM", {"times": np.arange(5.0)}, namespace="ibl")
    (root / "raw_passive_data").mkdir()
    stored = np.arange(5 * 3 * 3, dtype=np.uint8)
    stored.tofile(root / "raw_passive_data" / "_iblrig_RFMapStim.raw.bin")
    lab.write()
    found = load_passive_rf_map(lab.open(), lab.eid())
    assert isinstance(found, AlfBunch)
    assert found["frames"].shape == (5, 3, 3)
    assert found["frames"][1, 0].tolist() == [9, 10, 11]
    np.testing.assert_array_equal(found["frames"].ravel(), stored)
    assert load_passive_rf_map(lab.open(), lab.eid(), shape=(9, 1))["frames"].shape == (5, 9, 1)
    with pytest.raises(InconsistentData, match="give their shape="):
        load_passive_rf_map(lab.open(), lab.eid(), shape=(7, 2))


def test_units_without_a_table_are_those_that_spikes_name() -> None:
    spikes = {"times": np.arange(9.0), "clusters": np.repeat([7, 2, 4], 3)}
    units = merge_clusters(spikes, {"channels": np.zeros(0, int)}, {})
    assert units["cluster_id"].tolist() == [2, 4, 7]
    assert units["n_spikes"].tolist() == [3, 3, 3]
