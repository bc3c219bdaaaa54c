"""Electrophysiology: units, drift, autocorrelograms and responses of each insertion, one array per insertion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.pipelines.engine import dj
from bregma.pipelines.steps import ephys
from bregma.pipelines.tables.analysis import EVENTS, SPIKES, Analysis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.pipelines.sources import DataSource
Rows = dict[str, list[dict[str, Any]]]


class EphysParameters(dj.Lookup):
    """Settings of the analyses; a new row makes every insertion be analysed with it as well."""

    definition = """
    ephys_parameters : varchar(32)
    ---
    drift_bin : float64                # s
    drift_depth_bin_um : float64
    correlogram_bin : float64          # s
    correlogram_half_window : float64  # s
    psth_start : float64               # s from the event
    psth_stop : float64                # s from the event
    psth_bin : float64                 # s
    psth_smoothing : float64           # s, standard deviation of the Gaussian
    """
    contents = (
        {
            "ephys_parameters": "default",
            "drift_bin": 1.0,
            "drift_depth_bin_um": 20.0,
            "correlogram_bin": 0.001,
            "correlogram_half_window": 0.05,
            "psth_start": -0.2,
            "psth_stop": 0.5,
            "psth_bin": 0.01,
            "psth_smoothing": 0.01,
        },
    )


class UnitMetrics(Analysis, dj.Computed):
    """Quality metrics of the units of an insertion."""

    definition = """
    -> Spikes
    ---
    n_units : int32
    n_good : int32     # units that pass every criterion
    metrics : <array>  # one record per unit
    """
    inputs = (SPIKES,)

    def compute(self, key: Mapping[str, Any], source: DataSource) -> Rows:
        """Compute the metrics."""
        return {"": [ephys.measure_units(source.load_spikes(key["insertion_uuid"]))]}


class DriftMap(Analysis, dj.Computed):
    """Spikes over time and depth, or over time and unit where the depths are unknown."""

    definition = """
    -> Spikes
    -> EphysParameters
    ---
    times : <array>        # s, centres of bins
    row_kind : varchar(8)  # depth_um or unit
    depths_um : <array>    # centres of bins; empty: rows are units
    cluster_ids : <array>  # units of the rows; empty: rows are depths
    counts : <array>       # (n_rows, n_times) spikes
    """
    inputs = (SPIKES,)

    def compute(self, key: Mapping[str, Any], source: DataSource) -> Rows:
        """Count the spikes."""
        settings = (self.EphysParameters & key).fetch1()
        return {"": [ephys.map_drift(source.load_spikes(key["insertion_uuid"]), settings)]}


class Autocorrelogram(Analysis, dj.Computed):
    """Autocorrelograms of all units of an insertion."""

    definition = """
    -> Spikes
    -> EphysParameters
    ---
    lags : <array>         # s, centres of bins
    cluster_ids : <array>
    counts : <array>       # (n_units, n_lags) pairs of spikes
    """
    inputs = (SPIKES,)

    def compute(self, key: Mapping[str, Any], source: DataSource) -> Rows:
        """Count the pairs."""
        settings = (self.EphysParameters & key).fetch1()
        return {"": [ephys.correlate(source.load_spikes(key["insertion_uuid"]), settings)]}


class Psth(Analysis, dj.Computed):
    """Responses of all units of an insertion, where its session has events."""

    definition = """
    -> Spikes
    -> Events
    -> EphysParameters
    ---
    event : varchar(64)    # ALF name of the events; empty: none is known
    n_events : int32
    times : <array>        # s from the event, centres of bins
    cluster_ids : <array>
    rate : <array>         # (n_units, n_bins) Hz, mean over events
    sem : <array>          # (n_units, n_bins) Hz, standard error of that mean
    """
    inputs = (SPIKES, EVENTS)
    _key_source: Any = None

    @property
    def key_source(self) -> Any:
        """Insertions with spikes whose own session has events."""
        if self._key_source is None:
            both = self.Spikes.proj("session_uuid") * self.Events.proj()
            self._key_source = (dj.U("insertion_uuid", "session_uuid") & both) * self.EphysParameters.proj()
        return self._key_source

    def compute(self, key: Mapping[str, Any], source: DataSource) -> Rows:
        """Align the spikes to the events."""
        settings = (self.EphysParameters & key).fetch1()
        spikes = source.load_spikes(key["insertion_uuid"])
        return {"": [ephys.align(spikes, source.load_trials(key["session_uuid"]), settings)]}
