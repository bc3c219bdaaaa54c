"""Quality control: what fraction of trials, or of frames, is as it should be."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.plots.axes import PlotError, get_axes, hide_frame
from bregma.plots.colors import FAILED, ORANGE, PASSED

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_quality(
    fractions: Mapping[str, float],
    *,
    passing: float = 0.99,
    warning: float = 0.9,
    ax: "Axes | None" = None,
    **bar_kwargs: Any,
) -> "Axes":
    """Plot fractions that should be near one as bars, by whether they pass, give a warning or fail.

    Parameters
    ----------
    fractions
        By name, 0 to 1, such as ``compute_task_quality(trials).fractions`` or what `compute_tracked_fractions` gives.
        One of NaN is named, and has no bar.
    passing, warning
        Fractions from which a bar passes, and below which it fails; lines are drawn there. Those of the IBL.
    ax
        Axes to draw on; by default those of a new figure.
    bar_kwargs
        For matplotlib's ``barh``.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If there are no fractions.
    """
    if not fractions:
        raise PlotError("no fractions: there is nothing to draw")
    axes = get_axes(ax)
    values = np.array(list(fractions.values()), dtype=np.float64)
    looks = [_judge(value, passing, warning) for value in values]
    rows = range(values.size)
    bars = axes.barh(rows, np.nan_to_num(values), color=[color for color, _, _ in looks], **bar_kwargs)
    for row, bar, value, (_, hatch, verdict) in zip(rows, bars, values, looks, strict=True):
        bar.set(hatch=hatch, edgecolor="white")
        words = "unknown" if np.isnan(value) else f"{_round_down(value)} {verdict}"
        axes.text(1.02, row, words, va="center", fontsize="small")
    for limit in (warning, passing):
        axes.axvline(limit, color="black", linewidth=0.8, linestyle=":")
    axes.set_yticks(rows, [name.replace("_", " ") for name in fractions])
    axes.set(xlabel="Passed (fraction)", ylabel="Check", xlim=(0, 1))
    axes.set_ylim(values.size - 0.5, -0.5)
    hide_frame(axes)
    return axes


def _judge(value: float, passing: float, warning: float) -> tuple[str, str, str]:
    """Return colour, hatch and word."""
    if value >= passing:
        return PASSED, "", "pass"
    return (ORANGE, "//", "warning") if value >= warning else (FAILED, "xx", "fail")


def _round_down(value: float) -> str:
    """Write a fraction with three decimals, so that what is not one never reads as one."""
    return f"{np.floor(value * 1000) / 1000:.3f}"
