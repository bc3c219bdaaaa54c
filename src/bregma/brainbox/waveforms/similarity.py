"""How alike two sets of waveforms are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, InvalidInput, as_floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def compute_waveform_similarity(waveforms: ArrayLike, others: ArrayLike) -> float:
    """Compute the mean correlation of each waveform of one set with each of the other, over samples and channels.

    Every waveform is taken as one vector, of which the cosine to each of the other set is the normalized correlation
    at lag 0. It costs as much as one pass over the waveforms, since the mean of all cosines is the product of the
    mean unit vectors.

    Parameters
    ----------
    waveforms, others : (n_spikes, n_samples, n_channels) arrays
        Two sets, such as a unit's first and last spikes, or spikes of two units; of any number of spikes each, in any
        unit. Waveforms with NaN, and flat ones, are left out.

    Returns
    -------
    float
        1: the same shape up to a factor; 0: nothing in common; -1: inverted. NaN where a set has no waveform.
        Noise lowers it: compare averages (sets of one) to leave it out.

    Raises
    ------
    InvalidInput
        If samples or channels of the sets differ in number.
    """
    one, other = as_floats("waveforms", waveforms, n_dims=()), as_floats("others", others, n_dims=())
    if one.ndim != 3 or other.ndim != 3 or one.shape[1:] != other.shape[1:]:
        raise InvalidInput(f"waveforms have shapes {one.shape} and {other.shape}; give the same samples and channels")
    if not one.size or not other.size:
        return float("nan")
    return float(_mean_direction(one) @ _mean_direction(other))


def _mean_direction(waveforms: Floats) -> Floats:
    """Return the mean of the waveforms, each scaled to length 1."""
    vectors = waveforms.reshape(waveforms.shape[0], -1)
    lengths = np.linalg.norm(vectors, axis=1)
    used = np.isfinite(lengths) & (lengths > 0)
    if not used.any():
        return np.full(vectors.shape[1], np.nan)
    return np.asarray((vectors[used] / lengths[used, None]).mean(axis=0))
