"""Where the analyses get a session's data from: ONE, or anything with the same two methods."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from bregma.one import ONE


@dataclass(frozen=True)
class Spikes:
    """Spikes of one insertion; arrays of one value per spike.

    ``times`` in seconds, ``clusters`` the unit of each. ``amps`` (V) and ``depths`` (µm from the tip) are None where
    the recording does not say.
    """

    times: NDArray[np.float64]
    clusters: NDArray[np.int64]
    amps: NDArray[np.float64] | None = None
    depths: NDArray[np.float64] | None = None


class DataSource(Protocol):
    """What an analysis may ask for."""

    def load_trials(self, eid: str) -> Mapping[str, Any]:
        """Return the trials of a session: ALF attribute names to one array each."""

    def load_spikes(self, pid: str) -> Spikes:
        """Return the spikes of an insertion."""


class OneSource:
    """Load through ONE, which keeps and checks the files on this machine.

    The server is first asked when data are first needed, so that a worker may start before the server.
    """

    @cached_property
    def one(self) -> ONE:
        """The client, of the server that ``BREGMA_URL`` names."""
        from bregma.one import ONE

        return ONE()

    def load_trials(self, eid: str) -> Mapping[str, Any]:
        """Return the trials of a session."""
        from bregma.sessions import SessionLoader

        frame = SessionLoader(self.one, eid).load_trials()
        return {str(name): frame[name].to_numpy() for name in frame.columns}

    def load_spikes(self, pid: str) -> Spikes:
        """Return the spikes of an insertion."""
        from bregma.sessions import SpikeSortingLoader

        spikes, _, _ = SpikeSortingLoader(self.one, pid).load_spike_sorting()
        return Spikes(
            times=np.asarray(spikes["times"], dtype=np.float64),
            clusters=np.asarray(spikes["clusters"], dtype=np.int64),
            amps=_optional(spikes, "amps"),
            depths=_optional(spikes, "depths"),
        )


def _optional(spikes: Mapping[str, Any], name: str) -> NDArray[np.float64] | None:
    values = spikes.get(name)
    return None if values is None or len(values) == 0 else np.asarray(values, dtype=np.float64)
