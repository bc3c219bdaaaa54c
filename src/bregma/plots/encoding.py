"""What units encode: tuning, receptive fields, kernels of models, and features decoded from spikes."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from bregma.brainbox.encoding.decoding import Decoded
from bregma.brainbox.encoding.kernels import Kernel
from bregma.brainbox.encoding.tuning import TuningCurves, TuningMaps
from bregma.brainbox.task.passive.receptive_fields import FieldSignificance, ReceptiveFields
from bregma.plots.axes import COLORS, PlotError, draw_image, find_range, find_row, get_axes, hide_frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_tuning_curve(
    tuning: TuningCurves, cluster_id: int, *, feature: str = "Feature", ax: "Axes | None" = None, **line_kwargs: Any
) -> "Axes":
    """Plot the rate of one unit by a feature; values never visited leave a gap.

    Parameters
    ----------
    tuning
        As `compute_tuning_curves` gives it.
    cluster_id
        The unit.
    feature
        What it is, with its unit.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's line.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If the unit has no curve.
    """
    row = find_row(tuning.cluster_ids, cluster_id, "these tuning curves")
    axes = get_axes(ax)
    style: dict[str, Any] = {"marker": "o", "markersize": 4, "color": COLORS[0]}
    axes.plot(tuning.bins, tuning.rate[row], **(style | line_kwargs))
    axes.set(xlabel=feature, ylabel="Rate (Hz)", ylim=(0, None))
    hide_frame(axes)
    return axes


def plot_tuning_map(
    tuning: TuningMaps,
    cluster_id: int,
    *,
    features: tuple[str, str] = ("First feature", "Second feature"),
    ax: "Axes | None" = None,
    **image_kwargs: Any,
) -> "Axes":
    """Plot the rate of one unit by two features, such as its place field; places never visited stay empty.

    Parameters
    ----------
    tuning
        As `compute_tuning_maps` gives it.
    cluster_id
        The unit.
    features
        What they are, with their units.
    ax
        Axes to draw on; by default those of a new figure.
    image_kwargs
        For matplotlib's ``pcolormesh``.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If the unit has no map.
    """
    row = find_row(tuning.cluster_ids, cluster_id, "these tuning maps")
    axes = get_axes(ax)
    draw_image(axes, tuning.x, tuning.y, tuning.rate[row].T, "Rate (Hz)", **image_kwargs)
    axes.set(xlabel=features[0], ylabel=features[1])
    return axes


def plot_receptive_field(
    fields: FieldSignificance, cluster_id: int, *, polarity: str = "on", ax: "Axes | None" = None, **image_kwargs: Any
) -> "Axes":
    """Plot how strongly one unit responds to each square of the screen.

    Parameters
    ----------
    fields
        As `compute_field_significance` gives it.
    cluster_id
        The unit.
    polarity
        ``"on"`` for squares that turn white, ``"off"`` for those that turn black.
    ax
        Axes to draw on; by default those of a new figure.
    image_kwargs
        For matplotlib's ``pcolormesh``.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If the unit has no field, or there is no such polarity.
    """
    if polarity not in ("on", "off"):
        raise PlotError(f"no polarity {polarity!r}; give 'on' or 'off'")
    row = find_row(fields.cluster_ids, cluster_id, "these receptive fields")
    axes = get_axes(ax)
    scores = (fields.on_z if polarity == "on" else fields.off_z)[row]
    low, high = find_range(scores, symmetric=True)
    style = {"cmap": "RdBu_r", "vmin": low, "vmax": high} | image_kwargs
    draw_image(axes, fields.x, fields.y, scores.T, f"{polarity.capitalize()} response (standard errors)", **style)
    axes.set(xlabel="Square along x", ylabel="Square along y", aspect="equal")
    return axes


def plot_field_responses(
    fields: ReceptiveFields, cluster_id: int, *, ax: "Axes | None" = None, **line_kwargs: Any
) -> "Axes":
    """Plot the response of one unit to each square over time, at its place on the screen: white solid, black dashed.

    Parameters
    ----------
    fields
        As `compute_receptive_fields` gives them.
    cluster_id
        The unit.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's ``LineCollection``.

    Returns
    -------
    Axes
        All squares share one scale of rates, which the label of y tells.

    Raises
    ------
    PlotError
        If the unit has no field.
    """
    row = find_row(fields.cluster_ids, cluster_id, "these receptive fields")
    from matplotlib.collections import LineCollection

    axes = get_axes(ax)
    largest = max((float(np.nanmax(rate, initial=0.0)) for rate in (fields.on[row], fields.off[row])), default=0.0)
    duration = float(fields.times[-1] - fields.times[0]) or 1.0
    across = 0.9 * ((fields.times - fields.times[0]) / duration - 0.5)
    x, y = np.meshgrid(fields.x, fields.y, indexing="ij")
    for rate, color, line, label in (
        (fields.on[row], COLORS[0], "-", "white"),
        (fields.off[row], COLORS[1], "--", "black"),
    ):
        along = y[..., None] - 0.45 + 0.9 * rate / (largest or 1.0)
        traces = np.stack([x[..., None] + across + 0 * along, along], axis=-1)
        style: dict[str, Any] = {"colors": color, "linestyles": line, "linewidths": 0.9, "label": label} | line_kwargs
        axes.add_collection(LineCollection(list(traces.reshape(-1, across.size, 2)), **style))
    axes.legend(title="square turns", frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
    axes.set(xlabel=f"Square along x ({fields.times[0]:.3g} to {fields.times[-1]:.3g} s each)")
    axes.set(ylabel=f"Square along y (0 to {largest:.3g} Hz each)")
    axes.set(xlim=(x.min() - 0.5, x.max() + 0.5), ylim=(y.min() - 0.5, y.max() + 0.5))
    return axes


def plot_kernel(kernel: Kernel, cluster_id: int, *, ax: "Axes | None" = None, **line_kwargs: Any) -> "Axes":
    """Plot the response of one unit to a covariate over time, with its standard error.

    Parameters
    ----------
    kernel
        One of those that `compute_kernels` gives.
    cluster_id
        The unit.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's line.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If the unit has no kernel.
    """
    row = find_row(kernel.cluster_ids, cluster_id, "this kernel")
    axes = get_axes(ax)
    weight, se = kernel.weight[row], kernel.se[row]
    line = axes.plot(kernel.lags, weight, **({"color": COLORS[0], "label": kernel.name} | line_kwargs))
    axes.fill_between(kernel.lags, weight - se, weight + se, color=line[0].get_color(), alpha=0.25, linewidth=0)
    axes.axhline(0, color="grey", linewidth=0.8, linestyle=":")
    axes.set(xlabel=f"Time from {kernel.name} (s)", ylabel="Weight (per bin)")
    hide_frame(axes)
    return axes


def plot_decoded(
    decoded: Decoded,
    truth: tuple[ArrayLike, ArrayLike] | None = None,
    *,
    feature: str = "Feature",
    ax: "Axes | None" = None,
    **image_kwargs: Any,
) -> "Axes":
    """Plot the probability of each value of a feature over time, as decoded from spikes, and what it really was.

    Parameters
    ----------
    decoded
        As `decode_feature` gives it.
    truth : (times, values), optional
        Seconds, and the feature at these times.
    feature
        What it is, with its unit.
    ax
        Axes to draw on; by default those of a new figure.
    image_kwargs
        For matplotlib's ``pcolormesh``.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If nothing was decoded.
    """
    axes = get_axes(ax)
    style = {"cmap": "binary", "vmin": 0} | image_kwargs
    draw_image(axes, decoded.times, decoded.bins, decoded.posterior.T, "Probability", **style)
    limits = axes.get_xlim()
    if truth is not None:
        axes.plot(np.asarray(truth[0]), np.asarray(truth[1]), color=COLORS[1], linewidth=1.2, label="true")
    axes.set(xlabel="Time (s)", ylabel=feature, xlim=limits)
    return axes
