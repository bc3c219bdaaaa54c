"""Units that respond to an event, and units that tell two kinds of events apart. Times in seconds, rates in hertz."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Bools, Floats, Ints, Window, check_fraction, check_windows
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.statistics.comparison import Comparison, ComparisonTest, compare_samples, read_test
from bregma.brainbox.statistics.discovery import Correction, correct_p_values
from bregma.brainbox.task.windows import SideCounts, count_sides, make_comparable, read_events, read_groups

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Decision:
    """How p-values become decisions: units below ``alpha`` after the ``correction`` for their number are significant.

    ``correction`` is ``"bh"`` (Benjamini and Hochberg), ``"by"`` (Benjamini and Yekutieli) or None for none.
    """

    alpha: float = 0.05
    correction: Correction | None = "bh"


@dataclass(frozen=True, kw_only=True)
class Selectivity(Labelled):
    """One test per unit, of spikes in two windows or around two kinds of events.

    All arrays are (n_units,), in the order of ``cluster_ids``. ``statistic`` and ``p_value`` are those of the test,
    ``corrected_p_value`` corrects for the number of units (the same as ``p_value`` where no correction was asked for),
    ``significant`` are the units with ``corrected_p_value`` below ``alpha``. ``first_rate`` and ``second_rate`` are the
    mean rates of the two sides in Hz: baseline and response, or first and second group. ``n_first`` and ``n_second``
    count the events.
    """

    cluster_ids: Ints = axis("cluster")
    statistic: Floats = values("cluster")
    p_value: Floats = values("cluster")
    corrected_p_value: Floats = values("cluster")
    significant: Bools = values("cluster")
    first_rate: Floats = values("cluster", unit="Hz")
    second_rate: Floats = values("cluster", unit="Hz")
    test: str
    alpha: float
    n_first: int
    n_second: int

    @property
    def significant_ids(self) -> Ints:
        """Ids of the significant units."""
        return self.cluster_ids[self.significant]


def responsive_units(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    events: ArrayLike,
    *,
    windows: tuple[Window, Window] = ((-0.5, 0.0), (0.0, 0.5)),
    cluster_ids: ArrayLike | None = None,
    decision: Decision | None = None,
) -> Selectivity:
    """Find units that respond to an event: Wilcoxon's signed rank test of the rate before against that after.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster id of each spike, in any order; NaN times are left out.
    events : (n_events,) array
        Event times in seconds; NaN is left out.
    windows
        Baseline and response, each (start, stop) in seconds from the event; a spike at the stop does not count.
        Windows of different length are compared by rate.
    cluster_ids : (n_units,) array or None
        Units to test, in this order; None: all that occur, ascending.
    decision
        Level and correction; `Decision` of 0.05 after Benjamini and Hochberg by default.

    Returns
    -------
    Selectivity
        A unit with no difference at any event has statistic 0 and p 1; all are NaN without events.

    Raises
    ------
    InvalidInput
        If lengths differ, a window is empty, or a unit is asked for twice.
    """
    check_windows(windows)
    known = read_events(events)
    counts = count_sides((spike_times, spike_clusters, cluster_ids), [(known, window) for window in windows])
    rates = _mean_rate(counts.first, windows[0]), _mean_rate(counts.second, windows[1])
    found = compare_samples(*make_comparable(counts, windows), ComparisonTest.SIGNED_RANK)
    return _decide(counts, found, rates, decision, ComparisonTest.SIGNED_RANK)


def differentiate_units(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    events: ArrayLike,
    groups: ArrayLike,
    *,
    window: Window = (0.0, 0.5),
    test: ComparisonTest | str = ComparisonTest.RANK_SUM,
    cluster_ids: ArrayLike | None = None,
    decision: Decision | None = None,
) -> Selectivity:
    """Find units whose rate differs between two kinds of events, such as stimuli on the left and on the right.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster id of each spike, in any order; NaN times are left out.
    events, groups : (n_events,) arrays
        Times in seconds, NaN left out, and the label of each; two labels, of which the smaller is the first group.
    window
        (start, stop) in seconds from the event; a spike at the stop does not count.
    test
        `ComparisonTest` or its name. Pairs (``signrank``, ``paired_ttest``) are events of the same rank in time of
        appearance.
    cluster_ids : (n_units,) array or None
        Units to test, in this order; None: all that occur, ascending.
    decision
        Level and correction; `Decision` of 0.05 after Benjamini and Hochberg by default.

    Returns
    -------
    Selectivity
        A unit that never varies has statistic 0 and p 1; all are NaN where a group has no known events.

    Raises
    ------
    InvalidInput
        If lengths differ, there are not two labels, pairs do not match, the window is empty, the test is unknown or
        a unit is asked for twice.
    """
    test = read_test(test)
    split = read_groups(events, groups, paired=test.paired)
    sides = [(split.first, window), (split.second, window)]
    counts = count_sides((spike_times, spike_clusters, cluster_ids), sides)
    rates = _mean_rate(counts.first, window), _mean_rate(counts.second, window)
    return _decide(counts, compare_samples(counts.first, counts.second, test), rates, decision, test)


def _decide(
    counts: SideCounts,
    found: Comparison,
    rates: tuple[Floats, Floats],
    decision: Decision | None,
    test: ComparisonTest,
) -> Selectivity:
    decision = decision or Decision()
    check_fraction("alpha", decision.alpha)
    corrected = correct_p_values(found.p_value, decision.correction) if decision.correction else found.p_value
    return Selectivity(
        cluster_ids=counts.cluster_ids,
        statistic=found.statistic,
        p_value=found.p_value,
        corrected_p_value=corrected,
        significant=corrected < decision.alpha,
        first_rate=rates[0],
        second_rate=rates[1],
        test=test.value,
        alpha=decision.alpha,
        n_first=counts.first.shape[1],
        n_second=counts.second.shape[1],
    )


def _mean_rate(counts: Floats, window: Window) -> Floats:
    if counts.shape[1] == 0:
        return np.full(counts.shape[0], np.nan)
    rate: Floats = counts.mean(axis=1) / (window[1] - window[0])
    return rate
