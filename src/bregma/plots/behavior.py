"""Behaviour by contrast: psychometric curves and reaction times."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.behavior.durations import ReactionTimes
from bregma.brainbox.behavior.psychometric.confidence import compute_proportion_interval
from bregma.brainbox.behavior.psychometric.fitting import Psychometric, evaluate
from bregma.plots.axes import get_axes, hide_frame
from bregma.plots.colors import BLACK, LEFT, RIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_psychometric(
    psychometric: Psychometric,
    *,
    ax: "Axes | None" = None,
    confidence: float | None = 0.95,
    **line_kwargs: Any,
) -> "Axes":
    """Plot the fraction of rightward choices per contrast, and the curve fitted to them.

    Draw the curves of several blocks on the same axes, one after the other: a block has its own colour and marker, and
    its name for a legend. A Weibull curve is one of correct choices.

    Parameters
    ----------
    psychometric
        As `compute_psychometric` gives it. A curve that is not reliable is dashed; one of NaN is not drawn.
    ax
        Axes to draw on; by default those of a new figure.
    confidence
        Of the intervals of the points (Wilson's), between 0 and 1; None draws none.
    line_kwargs
        For matplotlib's line of the curve; ``color``, ``marker`` and ``label`` serve the points too.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    fit, x = psychometric.fit, psychometric.contrasts
    style = style_block(psychometric.block) | {"linestyle": "-" if fit.reliable else "--"} | line_kwargs
    color, marker = style["color"], style.pop("marker")
    drawn = bool(np.isfinite(fit.log_likelihood))
    axes.plot(x, psychometric.p_right, marker, color=color, label=None if drawn else style.get("label"))
    if drawn:
        fine = np.linspace(x.min(), x.max(), 401)
        axes.plot(fine, evaluate(fit, fine), **({"marker": marker, "markevery": []} | style))
    if confidence is not None:
        low, high = compute_proportion_interval(psychometric.n_right, psychometric.n_trials, confidence=confidence)
        axes.vlines(x, low, high, colors=color, linewidth=1)
    signed = not fit.model.startswith("weibull")
    axes.set(ylim=(-0.03, 1.03), xlabel="Signed contrast (%)" if signed else "Contrast (%)")
    axes.set_ylabel(f"{'Rightward' if signed else 'Correct'} choices (fraction)")
    hide_frame(axes)
    return axes


def plot_reaction_times(reaction_times: ReactionTimes, *, ax: "Axes | None" = None, **line_kwargs: Any) -> "Axes":
    """Plot the median reaction time per contrast, with its confidence interval.

    Draw those of several blocks on the same axes, one after the other: a block has its own colour, marker and name.

    Parameters
    ----------
    reaction_times
        As `compute_reaction_times` gives it.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's line.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    line = axes.plot(
        reaction_times.contrasts, reaction_times.median, **(style_block(reaction_times.block) | line_kwargs)
    )
    known = np.isfinite(reaction_times.low)
    color = line[0].get_color()
    axes.vlines(reaction_times.contrasts[known], reaction_times.low[known], reaction_times.high[known], colors=color)
    axes.set(xlabel="Signed contrast (%)", ylabel="Reaction time (s)")
    hide_frame(axes)
    return axes


def style_block(block: float | None) -> dict[str, Any]:
    """Return the colour, marker and label of a block: its probability of a left stimulus; None for all trials."""
    if block is None:
        return {"color": BLACK, "marker": "o"}
    label = f"{block:.0%} left".replace("%", " %")
    if np.isclose(block, 0.5):
        return {"color": BLACK, "marker": "o", "label": label}
    return {"color": LEFT if block > 0.5 else RIGHT, "marker": "s" if block > 0.5 else "^", "label": label}
