"""Plots: what is drawn where, on the axes given, without a window."""

import warnings
from collections.abc import Callable
from datetime import date
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, QuadMesh
from matplotlib.figure import Figure

from bregma.brainbox import (
    DriftMap,
    Psychometric,
    Raster,
    ReactionTimes,
    TrainingStatus,
    align_raster,
    compute_drift_map,
    compute_psth,
    fit_psychometric,
)
from bregma.plots import (
    PlotError,
    plot_drift_map,
    plot_psth,
    plot_psychometric,
    plot_raster,
    plot_reaction_times,
    plot_training,
)

matplotlib.use("agg")
CONTRASTS = np.array([-100.0, -25, -12.5, -6.25, 0, 6.25, 12.5, 25, 100])
DAYS = [date(2020, 1, 6), date(2020, 1, 7), date(2020, 1, 9)]
STATUSES = [TrainingStatus.IN_TRAINING, TrainingStatus.IN_TRAINING, TrainingStatus.TRAINED_1B]


def psychometric(right: tuple[int, ...] = (2, 5, 9, 15, 21, 27, 33, 36, 39)) -> Psychometric:
    n = np.full(9, 40)
    return Psychometric(CONTRASTS, n, np.array(right), fit_psychometric(CONTRASTS, n, right))


def times_of_reaction() -> ReactionTimes:
    return ReactionTimes(
        contrasts=np.array([-25.0, 0.0, 25.0]),
        median=np.array([0.4, 0.9, 0.5]),
        low=np.array([0.3, np.nan, 0.4]),
        high=np.array([0.5, np.nan, 0.6]),
        n_trials=np.array([20, 1, 20]),
    )


def raster() -> Raster:
    return align_raster([1.1, 2.0, 2.4], [1.0, 2.0, np.nan])


def drift_map() -> DriftMap:
    return compute_drift_map([0.5, 1.5, 1.6], [5.0, 25.0, 26.0])


DRAWERS: dict[str, Callable[..., Axes]] = {
    "psychometric": lambda **options: plot_psychometric(psychometric(), **options),
    "reaction times": lambda **options: plot_reaction_times(times_of_reaction(), **options),
    "training": lambda **options: plot_training(DAYS, [0.5, 0.7, 0.95], STATUSES, **options),
    "raster": lambda **options: plot_raster(raster(), **options),
    "psth": lambda **options: plot_psth(compute_psth([1.1, 2.1], [3, 3], None, [1.0, 2.0]), 3, **options),
    "drift map": lambda **options: plot_drift_map(drift_map(), **options),
}


@pytest.fixture(params=DRAWERS.values(), ids=DRAWERS.keys())
def draw(request: pytest.FixtureRequest) -> Callable[..., Axes]:
    return request.param  # type: ignore[no-any-return]


def test_a_plot_draws_on_the_axes_given_and_keeps_what_is_there(draw: Callable[..., Axes]) -> None:
    axes = Figure().subplots()
    axes.plot([0, 1], [0, 1], label="mine")
    assert draw(ax=axes) is axes
    assert axes.lines[0].get_label() == "mine"


def test_a_plot_without_axes_makes_a_figure_that_pyplot_does_not_keep(draw: Callable[..., Axes]) -> None:
    before = plt.get_fignums()
    assert draw().figure is not None
    assert plt.get_fignums() == before


def test_axes_are_labelled_and_the_figure_can_be_rendered(draw: Callable[..., Axes]) -> None:
    axes = draw()
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        axes.get_figure(root=True).savefig(open_nothing(), format="png")


def open_nothing() -> Any:
    import io

    return io.BytesIO()


def test_the_points_are_the_choices_and_the_line_the_fit() -> None:
    data = psychometric()
    points, line = plot_psychometric(data, color="crimson", label="all").lines
    assert points.get_ydata().tolist() == data.p_right.tolist()
    assert line.get_label() == "all"
    assert line.get_color() == points.get_color() == "crimson"
    assert line.get_linestyle() == "-"
    assert line.get_ydata()[0] == pytest.approx(data.fit.lapse_low, abs=0.02)


def test_an_unreliable_curve_is_dashed() -> None:
    assert plot_psychometric(psychometric((20,) * 9)).lines[1].get_linestyle() == "--"


def test_a_curve_of_nan_is_not_drawn() -> None:
    empty = Psychometric(np.zeros(0), np.zeros(0, int), np.zeros(0, int), fit_psychometric([], [], []))
    assert len(plot_psychometric(empty).lines) == 1


def test_unknown_intervals_of_reaction_times_are_not_drawn() -> None:
    axes = plot_reaction_times(times_of_reaction())
    (bars,) = [c for c in axes.collections if isinstance(c, LineCollection)]
    assert [segment[:, 1].tolist() for segment in bars.get_segments()] == [[0.3, 0.5], [0.4, 0.6]]


def test_each_run_of_a_status_is_one_band() -> None:
    axes = plot_training(DAYS, [0.5, 0.7, 0.95], STATUSES)
    assert [patch.get_label() for patch in axes.patches] == ["in training", "trained 1b"]
    assert axes.patches[0].get_width() == 3


def test_training_of_unequal_lengths_is_refused() -> None:
    with pytest.raises(PlotError, match="3 dates, 1 performances"):
        plot_training(DAYS, [0.5], STATUSES)


def test_a_raster_has_a_row_per_event_with_the_first_at_the_top() -> None:
    axes = plot_raster(raster())
    assert axes.get_ylim() == (2.5, -0.5)
    (ticks,) = [c for c in axes.collections if isinstance(c, LineCollection)]
    assert len(ticks.get_segments()) == 3


def test_a_unit_that_is_not_there_is_named() -> None:
    with pytest.raises(PlotError, match="no unit 9"):
        plot_psth(compute_psth([1.1], [3], None, [1.0]), 9)


def test_a_drift_map_shows_its_counts() -> None:
    (mesh,) = [c for c in plot_drift_map(drift_map()).collections if isinstance(c, QuadMesh)]
    assert np.asarray(mesh.get_array()).sum() == 3


def test_an_empty_drift_map_is_refused() -> None:
    with pytest.raises(PlotError, match="no bins"):
        plot_drift_map(compute_drift_map([], []))
