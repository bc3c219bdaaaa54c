"""What units and populations tell of the task: selectivity, decoders, null tests, shared dimensions."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.population.canonical import SharedDimensions
from bregma.brainbox.population.decoding import Classification, Regression
from bregma.brainbox.population.nulls import NullTest, ShiftTest
from bregma.brainbox.population.projection import Projection
from bregma.brainbox.task.roc import UnitROC
from bregma.brainbox.task.selectivity import Selectivity
from bregma.plots.axes import COLORS, PlotError, add_color_bar, get_axes, hide_frame, style_conditions

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NOT_SIGNIFICANT = "#999999"


def plot_selectivity(
    selectivity: Selectivity,
    *,
    sides: tuple[str, str] = ("first", "second"),
    ax: "Axes | None" = None,
    **scatter_kwargs: Any,
) -> "Axes":
    """Plot the rate of each unit on both sides of a test; significant units are filled.

    Parameters
    ----------
    selectivity
        As `responsive_units` or `differentiate_units` gives it.
    sides
        What the two sides are, such as ``("baseline", "response")``.
    ax
        Axes to draw on; by default those of a new figure.
    scatter_kwargs
        For matplotlib's ``scatter``.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    first, second, hit = selectivity.first_rate, selectivity.second_rate, selectivity.significant
    style: dict[str, Any] = {"s": 16, "linewidths": 0.8}
    for mine, face, edge, name in (
        (~hit, "none", NOT_SIGNIFICANT, "others"),
        (hit, COLORS[0], COLORS[0], "significant"),
    ):
        look = style | {"facecolors": face, "edgecolors": edge, "label": f"{name} ({mine.sum()})"} | scatter_kwargs
        axes.scatter(first[mine], second[mine], **look)
    largest = float(np.nanmax(np.concatenate([first, second]), initial=1.0)) * 1.05
    axes.plot([0, largest], [0, largest], color="grey", linewidth=0.8, linestyle=":", zorder=0)
    axes.set(xlabel=f"Rate, {sides[0]} (Hz)", ylabel=f"Rate, {sides[1]} (Hz)", aspect="equal")
    axes.set(xlim=(-0.02 * largest, largest), ylim=(-0.02 * largest, largest))
    axes.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
    hide_frame(axes)
    return axes


def plot_roc(roc: UnitROC, *, ax: "Axes | None" = None, **line_kwargs: Any) -> "Axes":
    """Plot the area under the ROC curve of each unit with its confidence interval, from the smallest to the largest.

    Parameters
    ----------
    roc
        As `roc_single_event` or `roc_between_two_events` gives it. Units whose interval leaves out 0.5 are dark.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's ``vlines`` of the intervals.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    order = np.argsort(roc.auc)
    place = np.arange(order.size)
    for mine, color, marker in ((~roc.significant, NOT_SIGNIFICANT, "o"), (roc.significant, COLORS[0], "D")):
        rows = mine[order]
        label = f"{'leaves out 0.5' if marker == 'D' else 'holds 0.5'} ({rows.sum()})"
        units = order[rows]
        style: dict[str, Any] = {"colors": color, "linewidth": 0.8} | line_kwargs
        axes.vlines(place[rows], roc.low[units], roc.high[units], **style)
        axes.plot(place[rows], roc.auc[units], marker, color=color, markersize=3, label=label)
    axes.axhline(0.5, color="grey", linewidth=0.8, linestyle=":")
    axes.set(xlabel="Unit, by area", ylabel="Area under the ROC curve", ylim=(-0.03, 1.03))
    axes.legend(title="interval", frameon=False, fontsize="small", loc="upper left")
    hide_frame(axes)
    return axes


def plot_null(test: NullTest, *, score: str = "Score", ax: "Axes | None" = None, **hist_kwargs: Any) -> "Axes":
    """Plot the score observed against the scores of targets that have nothing to do with the activity.

    Parameters
    ----------
    test
        As `sigtest_pseudosessions` or `sigtest_targets` gives it.
    score
        What it is, with its unit.
    ax
        Axes to draw on; by default those of a new figure.
    hist_kwargs
        For matplotlib's ``hist``.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    known = test.null[np.isfinite(test.null)]
    style: dict[str, Any] = {"bins": 25, "color": NOT_SIGNIFICANT, "label": f"null ({known.size})"}
    axes.hist(known, **(style | hist_kwargs))
    axes.axvline(test.observed, color=COLORS[1], linewidth=2, label=f"observed, p = {test.p_value:.3g}")
    axes.set(xlabel=score, ylabel="Null targets")
    axes.legend(frameon=False, fontsize="small")
    hide_frame(axes)
    return axes


def plot_shift_test(test: ShiftTest, *, score: str = "Score", ax: "Axes | None" = None, **line_kwargs: Any) -> "Axes":
    """Plot the score at each shift of the target against the activity.

    Parameters
    ----------
    test
        As `sigtest_linear_shift` gives it.
    score
        What it is, with its unit.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's line.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    style: dict[str, Any] = {"color": "black", "linewidth": 0.8} | line_kwargs
    axes.plot(test.shifts, test.scores, **style)
    axes.plot([0], [test.observed], "D", color=COLORS[1], label=f"observed, p ≤ {test.p_value:.3g}")
    axes.set(xlabel="Shift (trials)", ylabel=score)
    axes.legend(frameon=False, fontsize="small")
    hide_frame(axes)
    return axes


def plot_confusion(result: Classification, *, ax: "Axes | None" = None, **image_kwargs: Any) -> "Axes":
    """Plot how often trials of each label were decoded as each label.

    Parameters
    ----------
    result
        As `classify` gives it.
    ax
        Axes to draw on; by default those of a new figure.
    image_kwargs
        For matplotlib's ``imshow``.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    counts, names = result.confusion, [str(each) for each in result.classes]
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    style: dict[str, Any] = {"cmap": "Blues", "vmin": 0, "vmax": 1} | image_kwargs
    image = axes.imshow(share, **style)
    for (row, column), count in np.ndenumerate(counts):
        color = "white" if share[row, column] > 0.6 else "black"
        axes.text(column, row, str(count), ha="center", va="center", color=color)
    axes.set_xticks(np.arange(len(names)), names)
    axes.set_yticks(np.arange(len(names)), names)
    axes.set(xlabel="Decoded", ylabel="Label")
    add_color_bar(axes, image, "Fraction of the label's trials")
    return axes


def plot_regression(
    result: Regression, *, target: str = "Target", ax: "Axes | None" = None, **scatter_kwargs: Any
) -> "Axes":
    """Plot the value decoded on each trial against the true one.

    Parameters
    ----------
    result
        As `regress` gives it, of one target.
    target
        What it is, with its unit.
    ax
        Axes to draw on; by default those of a new figure.
    scatter_kwargs
        For matplotlib's ``scatter``.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If there are several targets.
    """
    if result.targets.ndim != 1:
        raise PlotError(f"targets have shape {result.targets.shape}; plot one target at a time")
    axes = get_axes(ax)
    style: dict[str, Any] = {"s": 12, "color": COLORS[0], "alpha": 0.6, "linewidths": 0}
    axes.scatter(result.targets, result.predictions, **(style | scatter_kwargs))
    low, high = float(np.min(result.targets)), float(np.max(result.targets))
    axes.plot([low, high], [low, high], color="grey", linestyle=":", label="perfect")
    axes.set(xlabel=target, ylabel=f"Decoded: {target[:1].lower()}{target[1:]}")
    axes.annotate(f"R² = {result.r2:.2f}", (0.03, 0.97), xycoords="axes fraction", va="top")
    hide_frame(axes)
    return axes


def plot_projection(projection: Projection, *, ax: "Axes | None" = None, **scatter_kwargs: Any) -> "Axes":
    """Plot trials on the axes that separate their groups: on the first two, or over trials when there is one.

    Parameters
    ----------
    projection
        As `lda_project` gives it.
    ax
        Axes to draw on; by default those of a new figure.
    scatter_kwargs
        For matplotlib's ``scatter``.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    scores, several = projection.scores, projection.scores.shape[1] > 1
    for group, marker in zip(projection.groups, "osD^vP*" * len(projection.groups), strict=False):
        mine = np.asarray(projection.labels == group)
        look = {"color": style_conditions(projection.groups)[group]["color"], "marker": marker, "s": 16}
        x = scores[mine, 0] if several else projection.trials[mine]
        y = scores[mine, 1] if several else scores[mine, 0]
        axes.scatter(x, y, **(look | {"label": str(group)} | scatter_kwargs))
    names = ("First discriminant", "Second discriminant") if several else ("Trial", "Discriminant")
    axes.set(xlabel=names[0], ylabel=names[1])
    axes.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
    hide_frame(axes)
    return axes


def plot_shared_dimensions(shared: SharedDimensions, *, ax: "Axes | None" = None, **line_kwargs: Any) -> "Axes":
    """Plot the correlation of two populations along each shared dimension, beside those of shuffled trials.

    Parameters
    ----------
    shared
        As `find_shared_dimensions` gives it. Each fold is a point, their mean a line; the band is all shuffles.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's line.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    dimensions = np.arange(1, shared.correlations.shape[1] + 1)
    if shared.null.size:
        low, high = shared.null.min(axis=0), shared.null.max(axis=0)
        axes.fill_between(dimensions, low, high, color=NOT_SIGNIFICANT, alpha=0.4, linewidth=0, label="shuffled")
    axes.plot(dimensions, shared.correlations.mean(axis=0), **({"color": COLORS[0], "label": "mean"} | line_kwargs))
    for fold in shared.correlations:
        axes.plot(dimensions, fold, ".", color=COLORS[0], markersize=4)
    axes.set(xlabel="Dimension", ylabel="Correlation on trials left out", xticks=dimensions)
    axes.legend(frameon=False, fontsize="small")
    hide_frame(axes)
    return axes
