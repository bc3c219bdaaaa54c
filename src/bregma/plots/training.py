"""A mouse's training: performance over sessions with its status, and the criteria it meets."""

from collections.abc import Sequence
from datetime import date as Date  # noqa: N812 - "date" is the name of a field
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.behavior.criteria import CriteriaReport, Criterion
from bregma.brainbox.behavior.status import TrainingStatus
from bregma.brainbox.behavior.training import TrainingReport
from bregma.plots.axes import PlotError, get_axes, get_figure, hide_frame
from bregma.plots.behavior import plot_psychometric
from bregma.plots.colors import BLUE, FAILED, PASSED, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

# Lightness falls as training goes on, so that the order shows in print too; failures are of another hue.
STATUS_COLORS = {
    TrainingStatus.UNTRAINABLE: "#f4b08a",
    TrainingStatus.UNBIASABLE: "#f4b08a",
    TrainingStatus.IN_TRAINING: "#f2f2f2",
    TrainingStatus.TRAINED_1A: "#deebf7",
    TrainingStatus.TRAINED_1B: "#c6dbef",
    TrainingStatus.READY4EPHYSRIG: "#9ecae1",
    TrainingStatus.READY4DELAY: "#6baed6",
    TrainingStatus.READY4RECORDING: "#4292c6",
}
COLUMNS = {"Criterion": 0.01, "Value": 0.5, "Asked": 0.74, "Met": 0.94}
"""Columns of the table of criteria, and where each begins, as a fraction of the width."""


def plot_training(
    dates: Sequence[Date],
    performance: Sequence[float],
    status: Sequence[TrainingStatus],
    *,
    ax: "Axes | None" = None,
    **line_kwargs: Any,
) -> "Axes":
    """Plot a mouse's performance over days, on the colour of its training status.

    Parameters
    ----------
    dates, performance, status
        One value per session, ascending dates: fraction of easy trials rewarded, and status after the session.
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
        If the three differ in length.
    """
    if not len(dates) == len(performance) == len(status):
        raise PlotError(f"{len(dates)} dates, {len(performance)} performances and {len(status)} statuses")
    axes = get_axes(ax)
    days = np.array(dates, dtype="datetime64[D]").astype(np.float64)
    axes.plot(days, performance, **({"marker": "o", "color": "black"} | line_kwargs))
    axes.set(ylabel="Performance on easy trials (fraction)", ylim=(0, 1.03))
    for current, first, last in _runs(status):
        right = days[last + 1] if last + 1 < len(days) else days[last] + 1
        axes.axvspan(days[first], right, color=STATUS_COLORS[current], zorder=0, label=current.label, lw=0)
        axes.text(days[first], 0.01, f" {current.label}", rotation=90, ha="left", va="bottom", fontsize="small")
    _set_dates(axes)
    hide_frame(axes)
    return axes


def plot_criteria(report: CriteriaReport, *, ax: "Axes | None" = None, **text_kwargs: Any) -> "Axes":
    """Write the criteria of a status as a table: each with its value, what is asked, and whether it is met.

    Contrasts (bias, threshold) are in percent, performance and lapse rates are fractions, times are seconds.

    Parameters
    ----------
    report
        As in ``judge_training(...).criteria``.
    ax
        Axes to write on, whole; by default those of a new figure.
    text_kwargs
        For matplotlib's text.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    axes.set_axis_off()
    axes.set(xlim=(0, 1), ylim=(len(report.criteria) + 0.5, -1.5))
    n_met = len(report.criteria) - len(report.failed)
    axes.set_title(f"Criteria of {report.status.label}: {n_met} of {len(report.criteria)} met", loc="left")
    style: dict[str, Any] = {"va": "center", "fontsize": "small"} | text_kwargs
    for heading, x in COLUMNS.items():
        axes.text(x, -0.8, heading, **(style | {"fontweight": "bold"}))
    axes.plot([0, 1], [-0.4, -0.4], color="black", linewidth=0.8)
    for row, criterion in enumerate(report.criteria):
        color = PASSED if criterion.met else FAILED
        axes.axhspan(row - 0.5, row + 0.5, color=color, alpha=0.12 if row % 2 else 0.18, linewidth=0)
        for x, words in zip(COLUMNS.values(), _write(criterion), strict=True):
            axes.text(x, row, words, **style)
        axes.texts[-1].set(color=color, fontweight="bold")
    caption = "Bias and threshold in % contrast; lapse and performance as fractions; times in s."
    axes.text(0.01, len(report.criteria) + 0.1, caption, **(style | {"fontsize": "x-small", "fontstyle": "italic"}))
    return axes


def plot_training_report(report: TrainingReport, *, figure: "Figure | SubFigure | None" = None) -> "dict[str, Axes]":
    """Draw a mouse's last days: the curves of its choices, trials and performance of each day, and the criteria.

    Parameters
    ----------
    report
        As `judge_training` gives it.
    figure
        Figure or part of one to draw on; by default a new one.

    Returns
    -------
    dict of str to Axes
        ``psychometric``, ``days``, ``performance`` (its right axis) and ``criteria``.
    """
    whole = get_figure(figure, (10, 6))
    axes: dict[str, Axes] = whole.subplot_mosaic(
        [["psychometric", "criteria"], ["days", "criteria"]], width_ratios=(1, 1.5)
    )
    curves = (report.psychometric_80, report.psychometric_20)
    for curve in [curve for curve in curves if curve is not None] or [report.psychometric]:
        plot_psychometric(curve, ax=axes["psychometric"])
    if any(curves):
        axes["psychometric"].legend(frameon=False)
    axes["performance"] = _draw_days(report, axes["days"])
    plot_criteria(report.criteria, ax=axes["criteria"])
    days = f"{report.dates[0]:%d %b} to {report.dates[-1]:%d %b %Y}"
    whole.suptitle(f"{days}, these days alone: {report.status.label}")
    return axes


def _draw_days(report: TrainingReport, axes: "Axes") -> "Axes":
    """Draw trials as bars and performance as a line on a second axis, which is returned."""
    days = np.arange(len(report.dates))
    axes.bar(days, report.n_trials, color=BLUE, alpha=0.4, width=0.6)
    axes.set_xticks(days, [f"{date:%d %b}" for date in report.dates])
    axes.set(xlabel="Date", ylabel="Trials (number, bars)")
    hide_frame(axes)
    right = axes.twinx()
    right.plot(days, report.performance_easy, "o-", color=VERMILION)
    right.set(ylabel="Performance on easy\ntrials (fraction, line)", ylim=(0, 1.03))
    right.spines["top"].set_visible(False)
    return right


def _write(criterion: Criterion) -> tuple[str, str, str, str]:
    shown = ", ".join("unknown" if np.isnan(value) else f"{value:.3g}" for value in criterion.value)
    name = criterion.name.replace("_", " ")
    return name, shown or "none", f"{criterion.rule} {criterion.limit:g}", "yes" if criterion.met else "no"


def _set_dates(axes: "Axes") -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes.set_xlabel("Date")


def _runs(status: Sequence[TrainingStatus]) -> list[tuple[TrainingStatus, int, int]]:
    """Return (status, first, last) of each run of sessions of one status."""
    starts = [i for i, current in enumerate(status) if i == 0 or current is not status[i - 1]]
    ends = [*(start - 1 for start in starts[1:]), len(status) - 1]
    return [(status[first], first, last) for first, last in zip(starts, ends, strict=False)]
