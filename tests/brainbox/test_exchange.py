"""Round trips to and from pynapple, SpikeInterface and pandas, with the real packages."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bregma.brainbox.arrays import InvalidInput
from bregma.brainbox.exchange.pynapple import (
    series_from_pynapple,
    series_to_pynapple,
    spikes_from_pynapple,
    spikes_to_pynapple,
    trials_from_pynapple,
    trials_to_pynapple,
)
from bregma.brainbox.exchange.sorting import SortedSpikes, read_sorted_spikes
from bregma.brainbox.exchange.spikeinterface import (
    recording_from_spikeinterface,
    recording_to_spikeinterface,
    spikes_from_spikeinterface,
    spikes_to_spikeinterface,
)
from bregma.brainbox.exchange.tables import result_to_pandas, spikes_from_pandas, spikes_to_pandas, units_to_pandas
from bregma.brainbox.lfp.probe import ProbeGeometry, dense_geometry
from bregma.brainbox.lfp.recording import Recording
from bregma.brainbox.spikes.psth import compute_psth
from bregma.later import PackageMissing

RATE = 30_000.0


@pytest.fixture
def quiet() -> Iterator[None]:
    """SpikeInterface and what it imports warn of their own deprecations."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def make_spikes(n_spikes: int = 200) -> SortedSpikes:
    rng = np.random.default_rng(1)
    return read_sorted_spikes(
        rng.choice(300_000, n_spikes, replace=False) / RATE,
        rng.choice([2, 5, 9], n_spikes),
        amps=rng.uniform(1e-5, 1e-4, n_spikes),
        depths=rng.uniform(0, 3840, n_spikes),
        cluster_ids=[2, 5, 7, 9],
        units={"label": np.array([1, 0.66, 0, 0.33]), "acronym": np.array(["VISp", "CA1", "CA1", "TH"])},
    )


def check_equal(one: SortedSpikes, other: SortedSpikes, *, resolution: float = 0.0) -> None:
    np.testing.assert_allclose(one.times, other.times, rtol=0, atol=resolution)
    for name in ("clusters", "cluster_ids", "amps", "depths"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.units.keys() == other.units.keys()
    for name, column in one.units.items():
        np.testing.assert_array_equal(column, other.units[name])


def test_unsorted_spikes_are_sorted_with_all_that_is_said_of_them() -> None:
    spikes = read_sorted_spikes([3, np.nan, 1.0, 2], [4, 4, 6, 5], amps=[30, 0, 10, 20], cluster_ids=[6, 4])
    np.testing.assert_array_equal(spikes.times, [1, 3])
    np.testing.assert_array_equal(spikes.clusters, [6, 4])
    assert spikes.amps is not None
    np.testing.assert_array_equal(spikes.amps, [10, 30])


def test_a_table_of_units_of_another_length_is_refused() -> None:
    with pytest.raises(InvalidInput, match="label 2"):
        read_sorted_spikes([1.0], [3], units={"label": [1, 2]})


def test_amplitudes_of_another_length_are_refused() -> None:
    with pytest.raises(InvalidInput, match="amps"):
        read_sorted_spikes([1.0, 2.0], [3, 3], amps=[1.0])


def test_units_return_from_pynapple_as_they_were() -> None:
    spikes = make_spikes()
    groups = [spikes_to_pynapple(spikes, values=values, time_support=(0, 10)) for values in (None, "amps", "depths")]
    check_equal(spikes_from_pynapple(groups[0], amps=groups[1], depths=groups[2]), spikes, resolution=1e-9)


def test_a_pynapple_group_has_the_rates_and_labels_of_units() -> None:
    group = spikes_to_pynapple(make_spikes(), time_support=(0, 10))
    assert len(group[7]) == 0
    assert group["label"][5] == 0.66
    assert group["rate"][2] == pytest.approx(len(group[2]) / 10)


def test_units_in_another_order_keep_their_labels_in_pynapple() -> None:
    spikes = read_sorted_spikes([1.0, 2.0], [8, 3], cluster_ids=[8, 3], units={"label": [0.8, 0.3]})
    group = spikes_to_pynapple(spikes)
    assert group["label"][8] == 0.8
    assert group["label"][3] == 0.3


def test_spikes_outside_the_time_support_are_refused_not_dropped() -> None:
    with pytest.raises(InvalidInput, match="outside time_support"):
        spikes_to_pynapple(make_spikes(), time_support=(0, 5))


def test_no_spikes_and_no_time_support_are_refused() -> None:
    with pytest.raises(InvalidInput, match="time_support"):
        spikes_to_pynapple(read_sorted_spikes([], [], cluster_ids=[1]))


def test_a_column_named_rate_is_refused_for_pynapple_makes_its_own() -> None:
    with pytest.raises(InvalidInput, match="rename"):
        spikes_to_pynapple(read_sorted_spikes([1.0], [1], units={"rate": [3.0]}))


def test_values_of_other_spikes_are_refused() -> None:
    spikes = make_spikes()
    group = spikes_to_pynapple(spikes)
    with pytest.raises(InvalidInput, match="amps are not of the same"):
        spikes_from_pynapple(group, amps=spikes_to_pynapple(make_spikes(50), values="amps"))
    with pytest.raises(InvalidInput, match="'amps' or 'depths'"):
        spikes_to_pynapple(spikes, values="heights")


def test_trials_return_from_pynapple_as_they_were() -> None:
    trials: dict[str, np.ndarray] = {
        "intervals": np.array([[0, 1.5], [2, 3.25], [3.5, 4]]),
        "choice": np.array([1, -1, 0]),
        "contrastLeft": np.array([np.nan, 0.25, 1]),
    }
    back = trials_from_pynapple(trials_to_pynapple(trials))
    assert back.keys() == trials.keys()
    for name, column in trials.items():
        np.testing.assert_array_equal(back[name], column)


def test_a_trial_that_touches_the_next_ends_a_microsecond_before() -> None:
    back = trials_from_pynapple(trials_to_pynapple({"intervals": np.array([[0, 1.0], [1, 2]])}))
    np.testing.assert_allclose(back["intervals"], np.array([[0, 1 - 1e-6], [1, 2.0]]), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("intervals", "reason"),
    [([[0, 2], [1, 3]], "begins before"), ([[0, np.nan]], "drop it"), ([[2, 1]], "drop it"), ([1, 2], "n_trials, 2")],
)
def test_trials_that_pynapple_would_change_are_refused(intervals: list[list[float]], reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        trials_to_pynapple({"intervals": np.array(intervals, float)})


def test_trials_without_intervals_or_with_short_columns_are_refused() -> None:
    with pytest.raises(InvalidInput, match="no intervals"):
        trials_to_pynapple({"choice": [1]})
    with pytest.raises(InvalidInput, match="one value for each of 1"):
        trials_to_pynapple({"intervals_0": [0.0], "intervals_1": [1.0], "choice": [1, 2]})


@pytest.mark.parametrize("shape", [(5,), (5, 2)])
def test_series_return_from_pynapple_as_they_were(shape: tuple[int, ...]) -> None:
    times, values = np.arange(5) / 10, np.arange(np.prod(shape)).reshape(shape)
    back_times, back_values = series_from_pynapple(series_to_pynapple(times, values))
    np.testing.assert_array_equal(back_times, times)
    np.testing.assert_array_equal(back_values, values)


def test_a_series_out_of_order_or_transposed_is_refused() -> None:
    with pytest.raises(InvalidInput, match="ascending"):
        series_to_pynapple([1, 0], [1, 2])
    with pytest.raises(InvalidInput, match="samples first"):
        series_to_pynapple([0, 1, 2], np.ones((2, 3)))


@pytest.mark.usefixtures("quiet")
def test_units_return_from_spikeinterface_as_they_were() -> None:
    spikes = make_spikes()
    sorting = spikes_to_spikeinterface(spikes, RATE)
    assert list(sorting.unit_ids) == [2, 5, 7, 9]
    back = spikes_from_spikeinterface(sorting)
    bare = SortedSpikes(spikes.times, spikes.clusters, spikes.cluster_ids, units=spikes.units)
    check_equal(back, bare, resolution=1e-12)


@pytest.mark.usefixtures("quiet")
def test_units_named_by_words_keep_their_names_as_a_column() -> None:
    from spikeinterface.core import NumpySorting

    sorting = NumpySorting.from_unit_dict({"a": np.array([30]), "b": np.array([60, 90])}, sampling_frequency=RATE)
    back = spikes_from_spikeinterface(sorting)
    np.testing.assert_array_equal(back.clusters, [0, 1, 1])
    np.testing.assert_array_equal(back.units["unit_id"], ["a", "b"])
    with pytest.raises(InvalidInput, match="counted from 0"):
        spikes_from_spikeinterface(sorting, segment=1)


@pytest.mark.usefixtures("quiet")
def test_spikes_before_the_first_sample_are_refused() -> None:
    with pytest.raises(InvalidInput, match="from the first sample on"):
        spikes_to_spikeinterface(read_sorted_spikes([-1.0], [1]), RATE)


@pytest.mark.usefixtures("quiet")
def test_a_memory_map_returns_from_spikeinterface_with_its_volts_and_probe(tmp_path: Path) -> None:
    bits = np.random.default_rng(0).integers(-500, 500, (400, 25)).astype(np.int16)
    bits.tofile(tmp_path / "raw.bin")
    samples = np.memmap(tmp_path / "raw.bin", np.int16, "r", shape=bits.shape)
    gains = np.r_[np.full(24, 2.34375e-6), 1.0]
    recording = Recording(samples, RATE, gains, channels=np.arange(24))
    geometry = dense_geometry("3B2").take(slice(0, 24))
    theirs = recording_to_spikeinterface(recording, geometry)
    np.testing.assert_allclose(theirs.get_traces(return_in_uV=True), recording.read(0, 400) * 1e6, rtol=1e-6)
    back, probe = recording_from_spikeinterface(theirs)
    np.testing.assert_array_equal(back.read(10, 50), recording.read(10, 50))
    for name in ("x_um", "y_um", "shanks", "sample_shifts"):
        np.testing.assert_array_equal(getattr(probe, name), getattr(geometry, name))


@pytest.mark.usefixtures("quiet")
def test_a_recording_that_does_not_fit_its_probe_is_refused() -> None:
    recording = Recording(np.zeros((100, 4)), RATE)
    with pytest.raises(InvalidInput, match="geometry has 3"):
        recording_to_spikeinterface(recording, ProbeGeometry.of([0, 0, 0], [0, 20, 40]))


def test_spikes_and_units_return_from_pandas_as_they_were() -> None:
    spikes = make_spikes()
    check_equal(spikes_from_pandas(spikes_to_pandas(spikes), units_to_pandas(spikes)), spikes)
    check_equal(spikes_from_pandas(spikes_to_pandas(spikes), units_to_pandas(spikes).reset_index()), spikes)


def test_a_table_without_times_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no column times"):
        spikes_from_pandas(spikes_to_pandas(make_spikes()).drop(columns="times"))


def test_a_long_table_of_a_psth_has_a_row_per_value() -> None:
    spikes = make_spikes()
    psth = compute_psth(spikes.times, spikes.clusters, None, [2.0, 5.0], window=(-0.5, 0.5), bin_size=0.25)
    table = result_to_pandas(psth)
    assert len(table) == psth.cluster_ids.size * 4
    unit = table[table["cluster"] == 5]
    row = int(np.flatnonzero(psth.cluster_ids == 5)[0])
    np.testing.assert_array_equal(unit["rate"], psth.rate[row])
    np.testing.assert_allclose(unit["time"], [-0.375, -0.125, 0.125, 0.375])


def test_a_long_table_repeats_what_belongs_to_one_axis() -> None:
    table = result_to_pandas(ProbeGeometry.of([0, 16], [20, 40]))
    np.testing.assert_array_equal(table["channel"], [0, 1])
    np.testing.assert_array_equal(table["y_um"], [20, 40])


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str, extra: str) -> None:
        raise PackageMissing(f"this needs the package {name}: pip install 'bregma[{extra}]'", name=name)

    for module in ("pynapple", "spikeinterface"):
        monkeypatch.setattr(f"bregma.brainbox.exchange.{module}.need_package", fail)
    with pytest.raises(PackageMissing, match=r"bregma\[exchange\]"):
        spikes_to_pynapple(make_spikes())
    with pytest.raises(PackageMissing, match="spikeinterface"):
        spikes_to_spikeinterface(make_spikes(), RATE)
