"""Sparse noise: when each square of a screen turns white or black. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import (
    Bools,
    Floats,
    Ints,
    InvalidInput,
    as_floats,
    as_numbers,
    check_number,
    check_same_length,
)
from bregma.brainbox.results import Concise

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class SparseNoise(Concise):
    """Onsets of squares on a grey screen.

    ``times`` (n_frames,) s; ``on`` and ``off`` (n_onsets, 3) the frame, x and y of each square that turned white or
    black, by place (x, then y) and then by frame; ``shape`` how many squares along x and y.
    """

    times: Floats
    shape: tuple[int, int]
    on: Ints
    off: Ints

    def count(self, onsets: Ints) -> Ints:
        """Return how often each square turned on (or off) at a known time (n_x, n_y)."""
        known = onsets[np.isfinite(self.times[onsets[:, 0]])]
        place = known[:, 1] * self.shape[1] + known[:, 2]
        return np.bincount(place, minlength=self.shape[0] * self.shape[1]).reshape(self.shape)


def find_square_onsets(frames: ArrayLike, times: ArrayLike, *, gray: float | None = None) -> SparseNoise:
    """Find when each square of a sparse-noise stimulus turns white or black from grey.

    Parameters
    ----------
    frames : (n_frames, n_x, n_y) array
        Brightness of each square in each frame.
    times : (n_frames,) array
        When each frame was shown, s. Onsets in frames at NaN are kept, and not counted in any mean.
    gray
        Brightness of the screen between squares. None: the median of all.

    Returns
    -------
    SparseNoise
        A square that is white or black in the first frame turned so in it. One that turns from white to black
        without grey between is no onset.

    Raises
    ------
    InvalidInput
        If frames have other than three dimensions, or another number than times.
    """
    if gray is not None:
        check_number("gray", gray)
    pictures = as_numbers("frames", frames)
    if pictures.ndim != 3:
        raise InvalidInput(f"frames has shape {pictures.shape}; give (n_frames, n_x, n_y)")
    when = as_floats("times", times)
    check_same_length(frames=pictures, times=when)
    middle = gray if gray is not None else float(np.median(pictures)) if pictures.size else 0.0
    was_gray = np.concatenate([np.ones((1, *pictures.shape[1:]), dtype=np.bool_), pictures[:-1] == middle])[: len(when)]
    found = [_list_onsets(turned & was_gray) for turned in (pictures > middle, pictures < middle)]
    return SparseNoise(when, (pictures.shape[1], pictures.shape[2]), found[0], found[1])


def _list_onsets(onset: Bools) -> Ints:
    x, y, frame = np.nonzero(np.moveaxis(onset, 0, -1))
    return np.stack([frame, x, y], axis=1).astype(np.int64)
