"""How much spikes tell of a variable, in bits: spatial information of tuning curves, and mutual information."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    InvalidInput,
    Rng,
    as_labels,
    as_numbers,
    check_count,
    check_same_length,
    read_rng,
)
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.statistics.significance import compute_p_value

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bregma.brainbox.encoding.tuning import TuningCurves, TuningMaps


@dataclass(frozen=True)
class SpatialInformation(Labelled):
    """What the spikes of each unit tell of the feature that it is tuned to.

    ``bits_per_spike`` and ``bits_per_second`` (n_units,): the former NaN for silent units. They grow by chance for
    units of few spikes.
    """

    cluster_ids: Ints = axis("cluster")
    bits_per_spike: Floats = values("cluster", unit="bit")
    bits_per_second: Floats = values("cluster", unit="bit/s")


@dataclass(frozen=True)
class MutualInformation(Labelled):
    """What the count of each unit tells of a variable.

    All (n_units,): ``bits`` from the counts as they are, ``bias`` the mean over shuffles, ``corrected`` their
    difference, ``p_value`` the part of shuffles, and of the data themselves, that tell as much. Row i is unit
    ``cluster_ids[i]``, the column of the counts.
    """

    cluster_ids: Ints = axis("cluster")
    bits: Floats = values("cluster", unit="bit")
    bias: Floats = values("cluster", unit="bit")
    corrected: Floats = values("cluster", unit="bit")
    p_value: Floats = values("cluster")


def compute_spatial_information(tuning: TuningCurves | TuningMaps) -> SpatialInformation:
    """Compute the information of Skaggs: how far the rate in each bin is from the mean rate.

    Parameters
    ----------
    tuning
        Rates by one or two features. Bins that were never visited do not count.

    Returns
    -------
    SpatialInformation
        ``sum(p * rate * log2(rate / mean))`` per second, over the mean rate per spike; p is the part of the time
        spent in a bin, the mean is over that time.

    Notes
    -----
    Skaggs, McNaughton & Gothard (1993), An information-theoretic approach to deciphering the hippocampal code.
    """
    rate = np.nan_to_num(tuning.rate.reshape(tuning.rate.shape[0], -1))
    seconds = np.where(np.isnan(tuning.rate.reshape(len(rate), -1)).all(axis=0), 0.0, tuning.occupancy.reshape(-1))
    share = seconds / max(seconds.sum(), np.finfo(np.float64).tiny)
    mean = rate @ share
    active = mean > 0
    relative = rate / np.where(active, mean, 1.0)[:, None]
    logs = np.log2(relative, out=np.zeros_like(relative), where=relative > 0)
    per_spike = np.where(active, (share * relative * logs).sum(axis=1), np.nan)
    return SpatialInformation(tuning.cluster_ids, per_spike, np.where(active, per_spike * mean, 0.0))


def compute_mutual_information(
    counts: ArrayLike,
    labels: ArrayLike,
    *,
    n_shuffles: int = 100,
    min_shift: int | None = None,
    rng: Rng = None,
) -> MutualInformation:
    """Compute the mutual information between the count of each unit and a variable of few values.

    Parameters
    ----------
    counts : (n_samples, n_units) array
        Whole numbers, such as spikes in a bin of time or a trial; one dimension for one unit.
    labels : (n_samples,) array
        The variable: whole numbers or words, such as a stimulus or the bin of a position.
    n_shuffles
        How often labels are exchanged to measure the bias of few samples; 0 for none: bias and p-value are then NaN,
        and nothing is corrected.
    min_shift
        None: labels are exchanged by chance, as fits trials that do not depend on each other. A number: labels are
        shifted round by this many samples or more, which keeps how they follow each other: for bins of time.
    rng
        For the shuffles.

    Returns
    -------
    MutualInformation

    Raises
    ------
    InvalidInput
        If lengths differ, there are no samples, counts are not whole, or the shift leaves no choice.

    Notes
    -----
    The plug-in estimate; Panzeri, Senatore, Montemurro & Petersen (2007), J Neurophysiology 98:1064.
    """
    table = _read_counts(counts)
    _, codes = np.unique(as_labels("labels", labels), return_inverse=True)
    check_same_length(counts=table, labels=codes)
    if min_shift is not None:
        check_count("min_shift", min_shift)
    if min_shift is not None and not 0 < 2 * min_shift <= codes.size:
        raise InvalidInput(f"min_shift is {min_shift}; give 1 to half of the {codes.size} samples")
    check_count("n_shuffles", n_shuffles, least=0)
    generator = read_rng(rng)
    ranks = np.stack([np.unique(column, return_inverse=True)[1] for column in table.T], axis=1)
    bits = _plug_in(ranks, codes)
    null = np.array([_plug_in(ranks, _shuffle(codes, min_shift, generator)) for _ in range(n_shuffles)])
    if not n_shuffles:
        unknown = np.full(bits.size, np.nan)
        return MutualInformation(np.arange(bits.size), bits, unknown, bits, unknown)
    bias = null.mean(axis=0)
    # Sums in another order round otherwise.
    p_value = compute_p_value(bits - 1e-12, null)
    return MutualInformation(np.arange(bits.size), bits, bias, bits - bias, p_value)


def _read_counts(counts: ArrayLike) -> Ints:
    table = as_numbers("counts", counts)
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or not len(table):
        raise InvalidInput(f"counts has shape {table.shape}; give (n_samples, n_units), a sample or more")
    whole = table.astype(np.int64) if np.isfinite(table).all() else None
    if whole is None or (whole != table).any():
        raise InvalidInput("counts are not whole numbers; give counts, or the bins of what was measured")
    return whole


def _shuffle(codes: Ints, min_shift: int | None, rng: np.random.Generator) -> Ints:
    if min_shift is None:
        return rng.permutation(codes)
    return np.roll(codes, rng.integers(min_shift, codes.size - min_shift + 1))


def _plug_in(ranks: Ints, codes: Ints) -> Floats:
    """Return the information of each column of ranks (n_samples, n_units)."""
    n_codes, bits = int(codes.max()) + 1, np.zeros(ranks.shape[1])
    for unit, column in enumerate(ranks.T):
        joint = np.bincount(column * n_codes + codes).astype(np.float64) / codes.size
        joint = np.pad(joint, (0, -joint.size % n_codes)).reshape(-1, n_codes)
        expected = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
        some = joint > 0
        bits[unit] = (joint[some] * np.log2(joint[some] / expected[some])).sum()
    return bits
