"""How well a unit's spikes tell after an event from before it, or one kind of event from another: ROC analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bregma.brainbox.arrays import check_windows
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.statistics.auc import AUC, Bootstrap, DeLong, compute_auc_interval
from bregma.brainbox.task.windows import SideCounts, count_sides, make_comparable, read_events, read_groups

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bregma.brainbox.arrays import Bools, Floats, Ints, Window


@dataclass(frozen=True, kw_only=True)
class UnitROC(Labelled):
    """Area under the ROC curve of each unit, in the order of ``cluster_ids``.

    ``auc`` (n_units,) is above 0.5 for more spikes after the event, or around events of the second group; ``low``
    and ``high`` are the ends of its confidence interval; ``significant`` are units whose interval leaves out 0.5
    (one unit at a time: no correction for their number). ``n_first`` and ``n_second`` count the events.
    """

    cluster_ids: Ints = axis("cluster")
    auc: Floats = values("cluster")
    low: Floats = values("cluster")
    high: Floats = values("cluster")
    n_first: int
    n_second: int

    @property
    def significant(self) -> Bools:
        """Whether the interval of each unit leaves out 0.5."""
        return (self.low > 0.5) | (self.high < 0.5)


def roc_single_event(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    events: ArrayLike,
    *,
    windows: tuple[Window, Window] = ((-0.5, 0.0), (0.0, 0.5)),
    cluster_ids: ArrayLike | None = None,
    interval: DeLong | Bootstrap | None = None,
) -> UnitROC:
    """Compute how well each unit's spike count tells the time after an event from the baseline before it.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster id of each spike, in any order; NaN times are left out.
    events : (n_events,) array
        Event times in seconds; NaN is left out.
    windows
        Baseline and response, each (start, stop) in seconds from the event. Windows of different length are compared
        by rate.
    cluster_ids : (n_units,) array or None
        Units, in this order; None: all that occur, ascending.
    interval
        `DeLong` (also for None) or `Bootstrap` with its number of resamples and rng. Baseline and response of an
        event are one pair for both.

    Returns
    -------
    UnitROC
        NaN without events.

    Raises
    ------
    InvalidInput
        If lengths differ, a window is empty, or a unit is asked for twice.
    """
    check_windows(windows)
    known = read_events(events)
    counts = count_sides((spike_times, spike_clusters, cluster_ids), [(known, window) for window in windows])
    return _label(counts, compute_auc_interval(*make_comparable(counts, windows), paired=True, interval=interval))


def roc_between_two_events(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    events: ArrayLike,
    groups: ArrayLike,
    *,
    window: Window = (0.0, 0.25),
    cluster_ids: ArrayLike | None = None,
    interval: DeLong | Bootstrap | None = None,
) -> UnitROC:
    """Compute how well each unit's spike count tells two kinds of events apart.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster id of each spike, in any order; NaN times are left out.
    events, groups : (n_events,) arrays
        Times in seconds, NaN left out, and the label of each; two labels, of which the smaller is the first group.
    window
        (start, stop) in seconds from the event; a spike at the stop does not count.
    cluster_ids : (n_units,) array or None
        Units, in this order; None: all that occur, ascending.
    interval
        `DeLong` (also for None) or `Bootstrap` with its number of resamples and rng.

    Returns
    -------
    UnitROC
        NaN where a group has no known events.

    Raises
    ------
    InvalidInput
        If lengths differ, there are not two labels, the window is empty, or a unit is asked for twice.
    """
    split = read_groups(events, groups)
    sides = [(split.first, window), (split.second, window)]
    counts = count_sides((spike_times, spike_clusters, cluster_ids), sides)
    return _label(counts, compute_auc_interval(counts.first, counts.second, interval=interval))


def _label(counts: SideCounts, found: AUC) -> UnitROC:
    return UnitROC(
        cluster_ids=counts.cluster_ids,
        auc=found.auc,
        low=found.low,
        high=found.high,
        n_first=counts.first.shape[1],
        n_second=counts.second.shape[1],
    )
