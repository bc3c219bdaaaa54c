"""Whether a feature of a unit's spikes, such as the amplitude, stays the same over a recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special, stats

from bregma.brainbox.arrays import as_floats
from bregma.brainbox.metrics.unit_spikes import read_unit_spikes
from bregma.brainbox.results import Labelled, axis, values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bregma.brainbox.arrays import Floats, Ints

MIN_SPIKES = 5
"""Fewer say nothing on a distribution."""
EXACT_SPIKES = 100
"""Spikes in half a unit up to which the probability is exact."""
SMALL_P = 0.1
"""Probability up to which the formula of Dallal and Wilkinson holds."""
LARGE_P = (
    (0.302, (1.0,)),
    (0.5, (2.76773, -19.828315, 80.709644, -138.55152, 81.218052)),
    (0.9, (-4.901232, 40.662806, -97.490286, 94.029866, -32.355711)),
    (1.31, (6.198765, -19.558097, 23.186922, -12.234627, 2.423045)),
)
"""Above it: up to which of Stephens' modified distances, and the powers of it that give the probability."""


@dataclass(frozen=True)
class UnitStability(Labelled):
    """Distributions of a feature of each unit; every array is (n_units,), NaN for fewer than 5 spikes.

    ``halves_distance`` (0 to 1) largest difference of the cumulative distributions of the unit's first and second
    half of spikes, and ``halves_p_value`` the probability of at least as much by chance; ``normal_distance`` and
    ``normal_p_value`` the same for all spikes and the normal distribution of their mean and standard deviation;
    ``coefficient_of_variation`` standard deviation over mean.
    """

    cluster_ids: Ints = axis("cluster")
    halves_distance: Floats = values("cluster")
    halves_p_value: Floats = values("cluster")
    normal_distance: Floats = values("cluster")
    normal_p_value: Floats = values("cluster")
    coefficient_of_variation: Floats = values("cluster")


def compute_unit_stability(
    spike_times: ArrayLike, spike_clusters: ArrayLike, feature: ArrayLike, cluster_ids: ArrayLike | None = None
) -> UnitStability:
    """Test whether a feature is distributed alike in both halves of a unit's spikes, and whether it is normal.

    Of thousands of spikes, tests find any difference; the distances tell whether it matters. Probabilities of many
    units need a correction (``scipy.stats.false_discovery_control``).

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster id of each spike, in any order; spikes at NaN are left out.
    feature : (n_spikes,) array
        Such as amplitude or depth, in any unit; NaN are left out.
    cluster_ids : (n_units,) array or None
        Units to test, in this order. None: all that occur.

    Returns
    -------
    UnitStability

    Raises
    ------
    InvalidInput
        If lengths differ, ids are not whole numbers, or a unit is asked for twice.

    References
    ----------
    Kolmogorov-Smirnov test of two samples for the halves; Lilliefors (1967), J. Am. Stat. Assoc. 62:399, for the
    normal distribution, which is fitted to the spikes; its probability after Dallal and Wilkinson (1986), Am. Stat.
    40:294, and Stephens (1974), J. Am. Stat. Assoc. 69:730.
    """
    feature = as_floats("feature", feature)
    spikes = read_unit_spikes(spike_times, spike_clusters, amps=feature, cluster_ids=cluster_ids)
    rows = [_test_unit(found[np.isfinite(found)]) for found in spikes.split(spikes.amps)]
    return UnitStability(spikes.cluster_ids, *np.array(rows, dtype=np.float64).reshape(-1, 5).T)


def _test_unit(found: Floats) -> tuple[float, float, float, float, float]:
    spread = float(found.std(ddof=1)) if found.size > 1 else 0.0
    if found.size < MIN_SPIKES or spread == 0:
        return np.nan, np.nan, np.nan, np.nan, np.nan
    first, second = found[: found.size // 2], found[found.size // 2 :]
    halves = stats.ks_2samp(first, second, method="exact" if second.size <= EXACT_SPIKES else "asymp")
    mean = float(found.mean())
    expected = special.ndtr((np.sort(found) - mean) / spread)
    steps = np.arange(found.size + 1) / found.size
    distance = float(max((steps[1:] - expected).max(), (expected - steps[:-1]).max()))
    variation = spread / mean if mean else np.nan
    return float(halves.statistic), float(halves.pvalue), distance, _lilliefors_p(distance, found.size), variation


def _lilliefors_p(distance: float, n: int) -> float:
    """Return the probability of at least this distance of n normal values from the normal fitted to them."""
    held = min(n, 100)
    scaled = distance * (n / held) ** 0.49
    root = np.sqrt(held + 2.78019)
    offset = 0.974598 / np.sqrt(held) + 1.67997 / held - 0.122119
    small = np.exp(-7.01256 * (scaled * root) ** 2 + 2.99587 * scaled * root + offset)
    if small <= SMALL_P:
        return float(small)
    modified = (np.sqrt(n) - 0.01 + 0.85 / np.sqrt(n)) * distance
    for limit, powers in LARGE_P:
        if modified <= limit:
            return float(np.clip(np.polynomial.polynomial.polyval(modified, powers), 0.0, 1.0))
    return 0.0
