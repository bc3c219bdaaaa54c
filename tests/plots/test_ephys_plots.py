"""Plots of spikes, probes, fields and decoders: what is drawn where, on the axes given, from the numbers given."""

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import Collection, QuadMesh
from matplotlib.figure import Figure

from bregma import brainbox, plots
from bregma.plots import PlotError
from bregma.plots.axes import find_edges, find_range, style_conditions

RNG = np.random.default_rng(4)
TIMES = np.sort(RNG.uniform(0, 20, 600))
CLUSTERS = RNG.integers(0, 3, 600)
DEPTHS = RNG.uniform(0, 200, 600)
AMPS = RNG.uniform(40e-6, 90e-6, 600)
EVENTS = np.arange(1.0, 19.0)
SIDES = np.where(np.arange(18) % 2, "left", "right")
X_UM, Y_UM = np.tile([43.0, 11.0], 4), np.repeat([20.0, 40, 60, 80], 2)
TRACES = RNG.normal(0, 1e-5, (512, 8))


def image_of(axes: Axes) -> np.ndarray:
    (mesh,) = [each for each in axes.collections if isinstance(each, QuadMesh)]
    return np.ma.filled(np.ma.asarray(mesh.get_array(), float), np.nan)


def psth() -> brainbox.PSTH:
    return brainbox.compute_psth(TIMES, CLUSTERS, None, EVENTS)


def templates() -> brainbox.Templates:
    shape = np.exp(-((np.arange(30) - 10) ** 2) / 9.0)[:, None] * np.linspace(0, -1e-4, 8)
    return brainbox.Templates(np.array([7]), np.arange(-10, 20) / 30000, np.arange(8), shape[None], np.array([5]))


def roc() -> brainbox.UnitROC:
    low, high = np.array([0.6, 0.4, 0.1]), np.array([0.8, 0.6, 0.3])
    ids = np.array([3, 5, 8])
    return brainbox.UnitROC(cluster_ids=ids, auc=(low + high) / 2, low=low, high=high, n_first=9, n_second=9)


def null() -> brainbox.NullTest:
    scores = np.append(RNG.normal(0.5, 0.05, 50), np.nan)
    return brainbox.NullTest(observed=0.9, null=scores, p_value=0.02, uncorrected_p_value=0.0)


def fields() -> brainbox.ReceptiveFields:
    ids, x, y = np.array([7]), np.arange(3), np.arange(2)
    rate = RNG.uniform(0, 9, (1, 3, 2, 5))
    return brainbox.ReceptiveFields(ids, x, y, np.linspace(0, 0.1, 5), rate, rate[:, ::-1])


def significance() -> brainbox.FieldSignificance:
    z = np.arange(6.0).reshape(1, 3, 2) - 2
    p = np.array([0.01])
    return brainbox.FieldSignificance(np.array([7]), np.arange(3), np.arange(2), z, -z, p, p)


def tuning() -> brainbox.TuningCurves:
    rate = np.array([[1.0, np.nan, 3.0]])
    return brainbox.TuningCurves(False, (0.0, 3.0), np.array([7]), np.array([0.5, 1.5, 2.5]), rate, np.ones(3))


def maps() -> brainbox.TuningMaps:
    rate = np.arange(6.0).reshape(1, 3, 2)
    ids, x, y = np.array([7]), np.array([0.5, 1.5, 2.5]), np.array([10.0, 20.0])
    return brainbox.TuningMaps((False, False), ((0, 3), (0, 30)), ids, x, y, rate, np.ones((3, 2)))


def decoded() -> brainbox.Decoded:
    posterior = np.array([[0.2, 0.8], [0.5, 0.5], [1.0, 0.0]])
    return brainbox.Decoded(np.array([0.5, 1.5, 2.5]), np.array([10.0, 20.0]), posterior, np.zeros(3), np.zeros(3))


def classified() -> brainbox.Classification:
    labels, predictions = np.array(["a", "a", "b"]), np.array(["a", "b", "b"])
    return brainbox.Classification(
        trials=np.arange(3),
        classes=np.array(["a", "b"]),
        labels=labels,
        predictions=predictions,
        probabilities=None,
        accuracy=2 / 3,
        balanced_accuracy=0.75,
        auc=np.nan,
        training_accuracy=1.0,
        estimators=(),
    )


def regressed(targets: np.ndarray) -> brainbox.Regression:
    return brainbox.Regression(
        trials=np.arange(len(targets)), targets=targets, predictions=targets, r2=0.5, training_r2=0.6, estimators=()
    )


def projection(n_axes: int) -> brainbox.Projection:
    labels = np.array(["a", "b", "c", "a"])
    return brainbox.Projection(
        trials=np.arange(4), labels=labels, scores=np.arange(4.0 * n_axes).reshape(4, -1), groups=("a", "b", "c")
    )


def unit_metrics() -> pd.DataFrame:
    rows = {"cluster_id": [1, 2], "depth_um": [20.0, 50], "amp_median": [5e-5, np.nan], "firing_rate": [3.0, 1.0]}
    return pd.DataFrame(rows)


def drift_map() -> brainbox.DriftMap:
    return brainbox.compute_drift_map(TIMES, DEPTHS, AMPS)


def depth_profile() -> brainbox.DepthProfile:
    return brainbox.compute_depth_profile(TIMES, DEPTHS, AMPS, min_spikes=1)


def rms_map() -> brainbox.RMSMap:
    return brainbox.compute_rms_map(brainbox.Recording(TRACES, 512.0), window=0.25, n_segment=64)


DRAWERS: dict[str, Callable[..., Axes]] = {
    "response": lambda **at: plots.plot_response(brainbox.align_raster(TIMES, EVENTS), psth(), 1, **at),
    "psth image": lambda **at: plots.plot_psth_image(psth(), **at),
    "autocorrelogram": lambda **at: plots.plot_autocorrelogram(
        brainbox.compute_autocorrelograms(TIMES, CLUSTERS), 1, **at
    ),
    "correlograms": lambda **at: plots.plot_correlograms(brainbox.compute_correlograms(TIMES, CLUSTERS), **at),
    "pair": lambda **at: plots.plot_pair_correlogram(brainbox.correlate_pairs(TIMES, CLUSTERS, [(0, 1)]), **at),
    "amplitude map": lambda **at: plots.plot_amplitude_map(drift_map(), **at),
    "spike depths": lambda **at: plots.plot_spike_depths(TIMES, DEPTHS, AMPS, **at),
    "drift": lambda **at: plots.plot_drift(brainbox.ProbeMotion(np.arange(4.0), np.arange(4.0)), **at),
    "depth rate": lambda **at: plots.plot_depth_rate(depth_profile(), **at),
    "depth amplitude": lambda **at: plots.plot_depth_amplitude(depth_profile(), **at),
    "depth amplitudes": lambda **at: plots.plot_depth_amplitudes(
        brainbox.compute_depth_amplitudes(TIMES, DEPTHS, AMPS), **at
    ),
    "depth correlation": lambda **at: plots.plot_depth_correlation(brainbox.correlate_depths(TIMES, DEPTHS), **at),
    "aligned activity": lambda **at: plots.plot_aligned_activity(
        brainbox.compute_aligned_activity(TIMES, DEPTHS, EVENTS), **at
    ),
    "regions": lambda **at: plots.plot_regions(Y_UM, np.repeat([382, -549], 4), **at),
    "units": lambda **at: plots.plot_units(unit_metrics(), **at),
    "rate": lambda **at: plots.plot_firing_rate(brainbox.compute_firing_rate(TIMES), **at),
    "activity": lambda **at: plots.plot_activity_map(brainbox.compute_activity_map(TIMES, CLUSTERS), **at),
    "amplitudes": lambda **at: plots.plot_amplitudes(TIMES, AMPS, **at),
    "waveforms": lambda **at: plots.plot_waveforms(templates(), 7, X_UM, Y_UM, **at),
    "traces": lambda **at: plots.plot_traces(TRACES, 512.0, y_um=Y_UM, **at),
    "spectrum image": lambda **at: plots.plot_spectrum_image(rms_map(), **at),
    "spectrum": lambda **at: plots.plot_power_spectrum(brainbox.compute_power_spectrum(TRACES, 512.0), **at),
    "rms": lambda **at: plots.plot_rms_map(rms_map(), y_um=Y_UM, **at),
    "csd": lambda **at: plots.plot_csd(
        brainbox.compute_csd(TRACES[:9, ::2], Y_UM[::2]), np.arange(9.0), Y_UM[::2], **at
    ),
    "probe": lambda **at: plots.plot_probe(np.arange(8.0), X_UM, Y_UM, label="RMS (µV)", **at),
    "tuning curve": lambda **at: plots.plot_tuning_curve(tuning(), 7, **at),
    "tuning map": lambda **at: plots.plot_tuning_map(maps(), 7, **at),
    "receptive field": lambda **at: plots.plot_receptive_field(significance(), 7, **at),
    "field responses": lambda **at: plots.plot_field_responses(fields(), 7, **at),
    "kernel": lambda **at: plots.plot_kernel(
        brainbox.Kernel("stimulus", np.array([7]), np.arange(3.0), np.ones((1, 3)), np.ones((1, 3))), 7, **at
    ),
    "decoded": lambda **at: plots.plot_decoded(decoded(), ([0.0, 3.0], [10.0, 20.0]), **at),
    "selectivity": lambda **at: plots.plot_selectivity(
        brainbox.responsive_units(TIMES, CLUSTERS, EVENTS, windows=((-0.2, 0), (0, 0.2))), **at
    ),
    "roc": lambda **at: plots.plot_roc(roc(), **at),
    "null": lambda **at: plots.plot_null(null(), **at),
    "shifts": lambda **at: plots.plot_shift_test(
        brainbox.ShiftTest(observed=0.3, shifts=np.arange(-2, 3), scores=np.arange(5.0), p_value=0.2), **at
    ),
    "confusion": lambda **at: plots.plot_confusion(classified(), **at),
    "regression": lambda **at: plots.plot_regression(regressed(np.arange(4.0)), **at),
    "projection": lambda **at: plots.plot_projection(projection(2), **at),
    "shared dimensions": lambda **at: plots.plot_shared_dimensions(
        brainbox.SharedDimensions(np.ones((2, 3)), np.zeros((4, 3)), np.zeros(3)), **at
    ),
}


@pytest.fixture(params=DRAWERS.values(), ids=DRAWERS.keys())
def draw(request: pytest.FixtureRequest) -> Callable[..., Axes]:
    return request.param  # type: ignore[no-any-return]


def test_it_draws_on_the_axes_given_names_both_and_renders_without_pyplot(draw: Callable[..., Axes]) -> None:
    before = plt.get_fignums()
    figure = Figure(dpi=30)
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], label="mine")
    assert draw(ax=axes) is axes
    assert axes.lines[0].get_label() == "mine"
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.draw_without_rendering()
    assert plt.get_fignums() == before


def test_without_axes_it_makes_a_figure() -> None:
    assert plots.plot_drift(brainbox.ProbeMotion(np.arange(4.0), np.arange(4.0))).figure is not None


def test_rows_of_a_raster_are_sorted_by_condition_and_named() -> None:
    raster = brainbox.align_raster([1.1, 2.1, 3.1], [1.0, 2.0, 3.0])
    axes = plots.plot_raster(raster, groups=["right", "left", "right"])
    rows = {each.get_label(): [part[:, 1].mean() for part in each.get_segments()] for each in axes.collections}
    assert rows == {"left": [0.0], "right": [1.0, 2.0]}
    assert [text.get_text() for text in axes.texts] == ["left", "right"]


def test_groups_of_another_length_are_refused() -> None:
    with pytest.raises(PlotError, match="one per event"):
        plots.plot_raster(brainbox.align_raster([1.1], [1.0, 2.0]), groups=["left"])


def test_rates_above_the_raster_have_a_line_per_condition_in_its_colour() -> None:
    both = {side: brainbox.compute_psth(TIMES, CLUSTERS, None, EVENTS[side == SIDES]) for side in ("right", "left")}
    axes = plots.plot_response(brainbox.align_raster(TIMES, EVENTS), both, 1, groups=SIDES)
    above = {line.get_label(): line for line in axes.child_axes[0].lines}
    assert above["left"].get_ydata().tolist() == both["left"].rate[1].tolist()
    ticks = {each.get_label(): each.get_edgecolor()[0] for each in axes.collections}
    for side in both:
        assert plt.matplotlib.colors.to_hex(ticks[side]) == above[side].get_color().lower()


def test_conditions_never_share_a_colour() -> None:
    styles = style_conditions(["none", "left", "right", "other"])
    assert len({style["color"].lower() for style in styles.values()}) == 4


def test_images_hold_the_numbers_given() -> None:
    np.testing.assert_array_equal(image_of(plots.plot_psth_image(psth())), psth().rate)
    np.testing.assert_allclose(image_of(plots.plot_amplitude_map(drift_map())), drift_map().amplitudes * 1e6)
    np.testing.assert_array_equal(image_of(plots.plot_tuning_map(maps(), 7)), maps().rate[0].T)
    np.testing.assert_array_equal(image_of(plots.plot_decoded(decoded())), decoded().posterior.T)
    field = image_of(plots.plot_receptive_field(significance(), 7, polarity="off"))
    np.testing.assert_array_equal(field, significance().off_z[0].T)


def test_channels_are_drawn_from_the_tip_up() -> None:
    axes = plots.plot_traces(TRACES, 512.0, y_um=Y_UM[::-1])
    np.testing.assert_allclose(image_of(axes)[0], TRACES[:, 6] * 1e6, rtol=1e-6)
    assert axes.get_yticklabels()[0].get_text() == "20"


def test_spikes_lie_on_their_channel_of_the_traces() -> None:
    axes = plots.plot_traces(TRACES, 512.0, y_um=np.arange(8) * 20.0, spikes=([0.5], [60.0]))
    assert axes.lines[0].get_xydata().tolist() == [[500.0, 3.0]]


def test_places_of_another_length_are_refused() -> None:
    with pytest.raises(PlotError, match="one place per channel"):
        plots.plot_traces(TRACES, 512.0, y_um=[1.0])
    with pytest.raises(PlotError, match="give one of each"):
        plots.plot_probe([1.0, 2.0], [0.0], [0.0], label="RMS (µV)")


def test_each_channel_is_a_site_with_its_number() -> None:
    axes = plots.plot_probe(np.arange(8.0), X_UM, Y_UM, label="RMS (µV)")
    (sites,) = axes.collections
    assert np.asarray(sites.get_array()).tolist() == list(range(8))
    assert sites.get_paths()[1].get_extents().bounds == (-5.0, 10.0, 32.0, 20.0)
    assert axes.child_axes[0].get_ylabel() == "RMS (µV)"


def test_counts_of_a_correlogram_are_its_steps() -> None:
    found = brainbox.compute_autocorrelograms(TIMES, CLUSTERS, half_window=0.005)
    (steps,) = plots.plot_autocorrelogram(found, 1).patches
    assert steps.get_data().values.tolist() == found.counts[1].tolist()
    assert steps.get_data().edges[[0, -1]].tolist() == [-5.5, 5.5]


def test_a_pair_beyond_those_asked_for_is_refused() -> None:
    pairs = brainbox.correlate_pairs(TIMES, CLUSTERS, [(0, 1)])
    with pytest.raises(PlotError, match="no pair 1 among 1"):
        plots.plot_pair_correlogram(pairs, 1)


def test_jittered_pairs_show_what_is_expected() -> None:
    jitter = brainbox.Jitter(n_surrogates=5, rng=1)
    found = brainbox.correlate_jittered(TIMES, CLUSTERS, [(0, 1)], jitter=jitter)
    axes = plots.plot_pair_correlogram(found)
    assert axes.lines[-1].get_ydata().tolist() == found.expected[0].tolist()


def test_the_matrix_has_a_panel_per_pair_up_to_its_own_largest_count() -> None:
    found = brainbox.compute_correlograms(TIMES, CLUSTERS)
    axes = plots.plot_correlograms(found)
    (panels,) = [each for each in axes.collections if isinstance(each, Collection)]
    heights = [path.vertices[:, 1].min() % 1 for path in panels.get_paths()]
    assert heights == pytest.approx([0.1] * 9)


def test_more_correlograms_than_can_be_seen_are_refused() -> None:
    found = brainbox.Correlograms(np.arange(61), np.arange(61), np.zeros(1), np.zeros((61, 61, 1), np.int32))
    with pytest.raises(PlotError, match="1 to 60 units"):
        plots.plot_correlograms(found)


def test_regions_are_columns_of_the_colours_of_the_atlas() -> None:
    axes = plots.plot_regions([20.0, 40, 60, 80, np.nan], [382, -382, 549, 549, 1])
    first, second = axes.patches
    assert (first.get_y(), first.get_height(), second.get_height()) == (10.0, 40.0, 40.0)
    assert [text.get_text() for text in axes.texts] == ["CA1", "TH"]
    assert np.round(np.array(first.get_facecolor()[:3]) * 255).tolist() == [126, 208, 75]


def test_names_of_thin_regions_keep_apart() -> None:
    ids = np.tile([382, 549], 12)
    axes = plots.plot_regions(np.arange(24.0), ids)
    places = [text.get_position()[1] for text in axes.texts]
    gaps = np.diff(places)
    assert gaps.min() == pytest.approx(gaps.max(), abs=1.1)
    assert gaps.min() > 0.5


def test_units_without_an_amplitude_are_left_out() -> None:
    (points,) = plots.plot_units(unit_metrics()).collections
    assert points.get_offsets().tolist() == [[50.0, 20.0]]


def test_metrics_that_are_missing_are_named() -> None:
    with pytest.raises(PlotError, match="no depth_um among the metrics: cluster_id"):
        plots.plot_units(unit_metrics()[["cluster_id", "amp_median", "firing_rate"]])


def test_waveforms_lie_on_their_channels_at_one_scale() -> None:
    lines = plots.plot_waveforms(templates(), 7, X_UM, Y_UM).collections[0].get_segments()
    assert len(lines) == 8
    assert [line[0, 1] for line in lines] == pytest.approx(Y_UM, abs=0.01)
    depths = [np.ptp(line[:, 1]) for line in lines]
    assert depths == pytest.approx(np.linspace(0, 50, 8), rel=1e-3, abs=1e-6)


def test_the_confusion_is_counted_by_label() -> None:
    axes = plots.plot_confusion(classified())
    assert [text.get_text() for text in axes.texts] == ["1", "1", "0", "1"]


def test_intervals_that_leave_out_chance_are_told_from_others() -> None:
    labels = [text.get_text() for text in plots.plot_roc(roc()).get_legend().get_texts()]
    assert labels == ["holds 0.5 (1)", "leaves out 0.5 (2)"]


def test_the_null_is_drawn_without_its_nan() -> None:
    axes = plots.plot_null(null(), bins=10)
    assert sum(bar.get_height() for bar in axes.patches) == 50
    assert axes.lines[0].get_xdata() == [0.9, 0.9]


def test_one_discriminant_is_drawn_over_trials() -> None:
    assert plots.plot_projection(projection(1)).get_xlabel() == "Trial"


def test_several_targets_are_refused() -> None:
    with pytest.raises(PlotError, match="one target at a time"):
        plots.plot_regression(regressed(np.zeros((3, 2))))


def test_a_page_on_a_unit_has_a_panel_for_all_that_is_known() -> None:
    known = {"correlograms": brainbox.compute_autocorrelograms(TIMES, CLUSTERS + 6)}
    known |= {"rate": brainbox.compute_firing_rate(TIMES)}
    assert len(plots.plot_unit_sheet(plots.UnitSheet(cluster_id=7, **known)).axes) == 2
    more = {"spike_times": TIMES, "amps": AMPS, "templates": templates(), "x_um": X_UM, "y_um": Y_UM}
    page = plots.plot_unit_sheet(plots.UnitSheet(cluster_id=7, **known, **more), figure=Figure())
    assert len(page.axes) == 4
    assert page.get_suptitle() == "Unit 7"


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.plot_psth(psth(), 9),
        lambda: plots.plot_tuning_curve(tuning(), 9),
        lambda: plots.plot_waveforms(templates(), 9, X_UM, Y_UM),
    ],
)
def test_a_unit_that_is_not_there_is_named(draw: Callable[[], Axes]) -> None:
    with pytest.raises(PlotError, match="no unit 9 in th"):
        draw()


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.plot_psth_image(brainbox.compute_psth([], [], None, EVENTS)),
        lambda: plots.plot_amplitude_map(brainbox.compute_drift_map([], [], [])),
        lambda: plots.plot_depth_correlation(brainbox.correlate_depths([], [])),
        lambda: plots.plot_activity_map(brainbox.compute_activity_map([], [])),
        lambda: plots.plot_correlograms(brainbox.compute_correlograms([], [])),
        lambda: plots.plot_regions([np.nan], [1]),
        lambda: plots.plot_traces(np.zeros((0, 4)), 1.0),
    ],
)
def test_nothing_to_draw_is_said(draw: Callable[[], Axes]) -> None:
    with pytest.raises(PlotError):
        draw()


def test_a_map_without_amplitudes_says_what_to_give() -> None:
    with pytest.raises(PlotError, match="give amps"):
        plots.plot_amplitude_map(brainbox.compute_drift_map(TIMES, DEPTHS))
    with pytest.raises(PlotError, match="give amps"):
        plots.plot_depth_amplitude(brainbox.compute_depth_profile(TIMES, DEPTHS))


def test_no_spikes_make_an_empty_profile_and_cloud() -> None:
    assert plots.plot_depth_rate(brainbox.compute_depth_profile([], [])).lines[0].get_xdata().size == 0
    assert plots.plot_spike_depths([], [], []).collections[0].get_offsets().size == 0


def test_edges_and_colours_of_odd_images_are_sound() -> None:
    assert find_edges([3.0, 2.0, 1.0]).tolist() == [3.5, 2.5, 1.5, 0.5]
    assert find_edges([5.0]).tolist() == [4.5, 5.5]
    assert find_range(np.array([np.nan])) == (0.0, 1.0)
    assert find_range(np.zeros(3)) == (0.0, 1.0)
    assert find_range(np.array([-3.0, 1.0]), symmetric=True) == pytest.approx((-2.96, 2.96))
