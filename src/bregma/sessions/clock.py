"""The clock of a probe: from its samples to the seconds of the session, and back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from bregma.sessions.errors import InconsistentData

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

AP_RATE = 30_000.0
"""Samples per second of Neuropixels probes, to which sample numbers refer where nothing else is said."""


@dataclass(frozen=True)
class ProbeClock:
    """Points where the clock of a probe and that of the session were seen together; straight lines between them.

    Parameters
    ----------
    samples : (n_points,) array
        Samples of the probe's fast band, ascending.
    times : (n_points,) array
        Seconds of the session's clock, ascending.
    sampling_rate
        Nominal samples per second.

    Raises
    ------
    InconsistentData
        If there are fewer than two points, or either clock does not ascend.
    """

    samples: NDArray[np.float64] = field(repr=False)
    times: NDArray[np.float64] = field(repr=False)
    sampling_rate: float = AP_RATE

    def __post_init__(self) -> None:
        if len(self.samples) != len(self.times) or len(self.samples) < 2:
            raise InconsistentData(f"{len(self.samples)} samples and {len(self.times)} times are no clock; two will do")
        if not ((np.diff(self.samples) > 0).all() and (np.diff(self.times) > 0).all()):
            raise InconsistentData("the points of a probe's clock do not ascend in samples and times")

    def samples2times(self, samples: ArrayLike, sampling_rate: float | None = None) -> NDArray[np.float64]:
        """Return when samples were taken, in seconds of the session.

        Parameters
        ----------
        samples
            Numbers from the start of the recording; before the first and after the last point, the first and last
            line are followed.
        sampling_rate
            Of the band that the samples are of (2500 for field potentials), if not the fast one.
        """
        scale = 1.0 if sampling_rate is None else self.sampling_rate / sampling_rate
        return _follow(np.asarray(samples, dtype=np.float64) * scale, self.samples, self.times)

    def times2samples(self, times: ArrayLike, sampling_rate: float | None = None) -> NDArray[np.float64]:
        """Return the sample taken at each time of the session, with its fraction; the inverse of `samples2times`."""
        scale = 1.0 if sampling_rate is None else sampling_rate / self.sampling_rate
        return _follow(np.asarray(times, dtype=np.float64), self.times, self.samples) * scale


def _follow(values: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Interpolate between points, and beyond them along the first and last line."""
    i = np.clip(np.searchsorted(x, values, side="right") - 1, 0, len(x) - 2)
    found: NDArray[np.float64] = y[i] + (values - x[i]) * ((y[i + 1] - y[i]) / (x[i + 1] - x[i]))
    return found
