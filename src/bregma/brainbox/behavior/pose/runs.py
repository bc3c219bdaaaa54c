"""Runs: stretches of frames that have the same label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.arrays import Ints, as_labels
from bregma.brainbox.results import Labelled, values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Runs(Labelled):
    """Runs in order: the first frame of each, the frame after its last, and its label."""

    starts: Ints = values("run")
    stops: Ints = values("run")
    labels: NDArray[Any] = values("run")

    @property
    def lengths(self) -> Ints:
        """Frames in each run."""
        return np.asarray(self.stops - self.starts)


def find_runs(labels: ArrayLike) -> Runs:
    """Find the runs of equal labels.

    Parameters
    ----------
    labels : (n_frames,) array
        Numbers, text or truth values.

    Raises
    ------
    InvalidInput
        If the labels have more than one dimension.
    """
    each = as_labels("labels", labels)
    starts = np.flatnonzero(np.append(True, each[1:] != each[:-1])) if each.size else np.zeros(0, dtype=np.int64)
    return Runs(starts, np.append(starts[1:], each.size)[: starts.size], each[starts])
