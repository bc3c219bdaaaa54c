"""Correlograms: of one unit, of a pair, of all pairs."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bregma.brainbox.spikes.correlogram import Autocorrelograms, Correlograms
from bregma.brainbox.spikes.pairs import JitterCorrelograms, PairCorrelograms
from bregma.plots.axes import COLORS, PlotError, find_row, get_axes, hide_frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_UNITS = 60
"""More panels on a side than this cannot be seen."""


def plot_autocorrelogram(
    correlograms: Autocorrelograms, cluster_id: int, *, ax: "Axes | None" = None, **step_kwargs: Any
) -> "Axes":
    """Plot how often one unit fires at each lag from its own spikes.

    Parameters
    ----------
    correlograms
        As `compute_autocorrelograms` gives them.
    cluster_id
        The unit.
    ax
        Axes to draw on; by default those of a new figure.
    step_kwargs
        For matplotlib's ``stairs``.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If the unit is not among them.
    """
    row = find_row(correlograms.cluster_ids, cluster_id, "these correlograms")
    return _draw_counts(get_axes(ax), correlograms.lags, correlograms.counts[row], "Lag (ms)", step_kwargs)


def plot_pair_correlogram(
    correlograms: PairCorrelograms | JitterCorrelograms, pair: int = 0, *, ax: "Axes | None" = None, **step_kwargs: Any
) -> "Axes":
    """Plot how often the second unit of a pair fires at each lag from the spikes of the first.

    Parameters
    ----------
    correlograms
        As `correlate_pairs` gives them, or `correlate_jittered`: then with the counts expected of jittered spikes as
        a line, and two standard deviations about it.
    pair
        Its place among the pairs asked for.
    ax
        Axes to draw on; by default those of a new figure.
    step_kwargs
        For matplotlib's ``stairs``.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If there is no such pair.
    """
    n_pairs = correlograms.first_ids.size
    if not 0 <= pair < n_pairs:
        raise PlotError(f"no pair {pair} among {n_pairs}; the first is 0")
    axes = get_axes(ax)
    first, second = correlograms.first_ids[pair], correlograms.second_ids[pair]
    label = f"Lag of unit {second} from unit {first} (ms)"
    plain = "lightgrey" if isinstance(correlograms, JitterCorrelograms) else COLORS[0]
    _draw_counts(axes, correlograms.lags, correlograms.counts[pair], label, {"color": plain} | step_kwargs)
    if isinstance(correlograms, JitterCorrelograms):
        lags, expected, std = correlograms.lags * 1e3, correlograms.expected[pair], correlograms.std[pair]
        axes.plot(lags, expected, color=COLORS[1], linestyle="--", label="expected of jittered spikes")
        axes.fill_between(
            lags, expected - 2 * std, expected + 2 * std, color=COLORS[1], alpha=0.25, linewidth=0, label="± 2 SD"
        )
    return axes


def plot_correlograms(correlograms: Correlograms, *, ax: "Axes | None" = None, **patch_kwargs: Any) -> "Axes":
    """Plot the correlograms of all pairs as a matrix: each panel over all lags, and up to its own largest count.

    Parameters
    ----------
    correlograms
        As `compute_correlograms` gives them. A unit with itself is drawn in another colour.
    ax
        Axes to draw on; by default those of a new figure.
    patch_kwargs
        For matplotlib's ``PolyCollection`` of all panels.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If there are no units, or more than can be seen.
    """
    n_rows, n_columns, _ = correlograms.counts.shape
    if not (0 < n_rows <= MOST_UNITS and 0 < n_columns <= MOST_UNITS):
        raise PlotError(f"{n_rows} by {n_columns} correlograms; give cluster_ids of 1 to {MOST_UNITS} units")
    from matplotlib.collections import PolyCollection

    axes = get_axes(ax)
    same = (correlograms.cluster_ids[:, None] == correlograms.other_ids[None, :]).ravel()
    style: dict[str, Any] = {"facecolors": np.where(same, COLORS[1], COLORS[0]), "linewidths": 0} | patch_kwargs
    axes.add_collection(PolyCollection(list(_make_panels(correlograms.counts)), **style))
    axes.set_xticks(np.arange(n_columns) + 0.5, [str(unit) for unit in correlograms.other_ids])
    axes.set_yticks(np.arange(n_rows) + 0.5, [str(unit) for unit in correlograms.cluster_ids])
    axes.tick_params(length=0, labelsize="small", labelrotation=90 if n_columns > 12 else 0)
    axes.tick_params(axis="y", labelrotation=0)
    widest = np.abs(correlograms.lags).max() * 1e3
    axes.set(xlim=(0, n_columns), ylim=(n_rows, 0), xlabel=f"Unit (each panel ± {widest:.4g} ms)", ylabel="Unit")
    for place in range(1, max(n_rows, n_columns)):
        for line in (axes.axhline if place < n_rows else None, axes.axvline if place < n_columns else None):
            if line is not None:
                line(place, color="lightgrey", linewidth=0.5, zorder=0)
    return axes


def _draw_counts(
    axes: "Axes", lags: NDArray[np.float64], counts: NDArray[Any], label: str, step_kwargs: dict[str, Any]
) -> "Axes":
    size = (lags[1] - lags[0]) * 1e3 if lags.size > 1 else 1.0
    edges = np.append(lags * 1e3 - size / 2, lags[-1:] * 1e3 + size / 2)
    style: dict[str, Any] = {"fill": True, "color": COLORS[0]} | step_kwargs
    axes.stairs(counts, edges, **style)
    axes.axvline(0, color="grey", linewidth=0.8, linestyle=":")
    axes.set(xlabel=label, ylabel=f"Spikes per {size:.3g} ms")
    axes.set_ylim(bottom=0)
    axes.margins(x=0)
    hide_frame(axes)
    return axes


def _make_panels(counts: NDArray[Any]) -> NDArray[np.float64]:
    """Return the outline of each panel (n_panels, n_corners, 2), a square of the matrix each, y downwards."""
    n_rows, n_columns, n_lags = counts.shape
    steps = np.repeat(counts.reshape(-1, n_lags), 2, axis=1).astype(np.float64)
    steps /= np.maximum(steps.max(axis=1, keepdims=True), 1)
    corners = np.repeat(np.arange(n_lags + 1), 2)[1:-1] / n_lags
    row, column = np.divmod(np.arange(n_rows * n_columns), n_columns)
    x = column[:, None] + 0.05 + 0.9 * np.concatenate([[0], corners, [1]])
    heights = np.pad(steps, ((0, 0), (1, 1)))
    return np.stack([x, row[:, None] + 1 - 0.9 * heights], axis=2)
