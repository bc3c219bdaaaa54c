"""Figures of an insertion and of its units, from what the pipelines computed and the spikes in the store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.alyx.results import recordings
from bregma.alyx.results.charts import Chart, columns, ephys, message
from bregma.alyx.results.inputs import has_spikes_input
from bregma.alyx.results.units import why_no_unit_map
from bregma.brainbox.behavior import events as kinds
from bregma.brainbox.spikes.psth import compute_psth
from bregma.brainbox.spikes.raster import align_raster
from bregma.pipelines import results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from numpy.typing import NDArray

    from bregma.alyx.actions.models import Session
    from bregma.alyx.experiments.models import ProbeInsertion

WINDOW = (-0.2, 0.5)
"""Seconds around an event."""
BIN, SMOOTHING = 0.01, 0.01
"""Seconds: bins of a firing rate, and the standard deviation of the Gaussian over them."""
MAX_TIMES, MAX_DEPTHS = 320, 110
"""Cells of a drift map that a browser draws in an instant."""
MAX_UNITS, MAX_UNIT_TIMES = 300, 120
"""Cells of a map of units over time; few units may have more times."""
MAX_TICKS = 15_000
"""Spikes of a raster that a browser draws in an instant."""
EVENTS = {"stimOn_times": "stimulus onset", "stimOff_times": "stimulus offset"}
"""Names of events that their ALF names do not give."""
NOT_YET = "This has not been analysed yet."


@dataclass(frozen=True)
class Event:
    """A kind of event to align spikes to."""

    key: str
    title: str


def find_events(trials: Mapping[str, Any] | None) -> list[Event]:
    """Return the events that a session's trials have, those to align to first."""
    return [Event(name, name_event(name)) for name in kinds.find_events(trials or {})]


def name_event(attribute: str) -> str:
    """Name an event as a reader would: ``goCueTrigger_times`` is the go cue trigger."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", attribute.removesuffix("_times")).lower()
    return EVENTS.get(attribute, words)


def drift_figure(connection: Any, pid: UUID) -> Chart:
    """Make the drift map of an insertion, at most as fine as a screen; without depths, its units over time."""
    found = results.load_drift_map(connection, str(pid))
    if found is None:
        return _awaited(connection, pid)
    if found.counts.size == 0:
        return message("No spike in this insertion.")
    if found.row_kind is results.RowKind.UNIT:
        return activity_figure(found.counts, found.times, found.cluster_ids)
    counts, times, depths = coarsen(found.counts, found.times, found.depths_um)
    time_step, depth_step = _step(times), _step(depths)
    rows, cols = np.nonzero(counts)
    cells = columns(time=times[cols] - time_step / 2, depth=depths[rows] - depth_step / 2, n_spikes=counts[rows, cols])
    domain = (float(depths[0] - depth_step / 2), float(depths[-1] + depth_step / 2))
    return ephys.drift_map(cells, time_step=time_step, depth_step=depth_step, domain=domain)


def activity_figure(counts: NDArray[Any], times: NDArray[np.float64], cluster_ids: NDArray[np.int64]) -> Chart:
    """Make the map of spikes over time and unit of a recording that gives no depths.

    Parameters
    ----------
    counts : (n_units, n_times) array
    times : (n_times,) array
        Centres of the bins, in seconds.
    cluster_ids : (n_units,) array
        Units of the rows, ascending.
    """
    together = -(-len(counts) // MAX_UNITS)
    by_time = -(-len(times) // (MAX_TIMES if len(counts) <= MAX_DEPTHS else MAX_UNIT_TIMES))
    shown = _join(_join(counts, together, axis=0), by_time, axis=1)
    units, starts, step = cluster_ids[::together], times[::by_time] - _step(times) / 2, _step(times) * by_time
    rows, cols = np.nonzero(shown)
    cells = columns(time=starts[cols], unit=units[rows], n_spikes=shown[rows, cols])
    return ephys.activity_map(cells, time_step=step, units=units.tolist(), together=together)


def coarsen(
    counts: NDArray[Any], times: NDArray[np.float64], depths: NDArray[np.float64]
) -> tuple[NDArray[Any], NDArray[np.float64], NDArray[np.float64]]:
    """Join neighbouring cells until the map has at most MAX_DEPTHS rows and MAX_TIMES columns; sums are kept.

    Parameters
    ----------
    counts : (n_depths, n_times) array
    times, depths : arrays
        Centres of the cells, evenly spaced.
    """
    by_depth, by_time = -(-len(depths) // MAX_DEPTHS), -(-len(times) // MAX_TIMES)
    counts = _join(_join(counts, by_depth, axis=0), by_time, axis=1)
    return counts, _centres(times, by_time), _centres(depths, by_depth)


def units_figure(connection: Any, pid: UUID) -> Chart:
    """Make the map of an insertion's units."""
    units = results.load_unit_metrics(connection, str(pid))
    if not units:
        return _awaited(connection, pid)
    if reason := why_no_unit_map(units):
        return message(reason)
    return ephys.units(
        columns(
            cluster_id=[unit["cluster_id"] for unit in units],
            amp_uv=[_microvolts(unit) for unit in units],
            depth_um=[unit.get("depth_um") for unit in units],
            firing_rate=[unit.get("firing_rate") for unit in units],
            label=[unit.get("label") for unit in units],
        )
    )


def autocorrelogram_figure(connection: Any, pid: UUID, unit: int) -> Chart:
    """Make the autocorrelogram of one unit."""
    found = results.load_autocorrelograms(connection, str(pid))
    if found is None:
        return _awaited(connection, pid)
    row = np.flatnonzero(found.cluster_ids == unit)
    if row.size == 0:
        return message(f"This insertion has no unit {unit}.")
    lags = found.lags * 1000
    return ephys.autocorrelogram(columns(lag_ms=lags, count=found.counts[row[0]]), bin_size_ms=_step(lags))


def raster_figure(insertion: ProbeInsertion, session: Session, unit: int, event: str) -> Chart:
    """Make one unit's spikes around an event."""
    loaded = _load_aligned(insertion, session, event)
    if isinstance(loaded, Chart):
        return loaded
    spikes, events = loaded
    raster = align_raster(spikes.of_unit(unit), events, WINDOW)
    shown, note = _thin(raster.event_index)
    spike_columns = columns(time=raster.times[shown], trial=raster.event_index[shown] + 0.5)
    return ephys.raster(spike_columns, window=WINDOW, n_trials=len(events), event=name_event(event), note=note)


def psth_figure(connection: Any, insertion: ProbeInsertion, session: Session, unit: int, event: str) -> Chart:
    """Make one unit's firing rate around an event: the pipelines' if they computed it, else from the spikes."""
    stored = results.load_psths(connection, str(insertion.pk))
    if stored is not None and stored.event == event and unit in stored.cluster_ids:
        row = int(np.flatnonzero(stored.cluster_ids == unit)[0])
        return _draw_psth(stored.times, stored.rate[row], stored.sem[row], event)
    loaded = _load_aligned(insertion, session, event)
    if isinstance(loaded, Chart):
        return loaded
    spikes, events = loaded
    times = spikes.of_unit(unit)
    psth = compute_psth(
        times,
        np.full(times.size, unit),
        cluster_ids=[unit],
        events=events[np.isfinite(events)],
        window=WINDOW,
        bin_size=BIN,
        smoothing=SMOOTHING,
    )
    return _draw_psth(psth.times, psth.rate[0], psth.sem[0], event)


def _draw_psth(times: NDArray[np.float64], rate: NDArray[np.float64], sem: NDArray[np.float64], event: str) -> Chart:
    bins = columns(time=times, rate=rate, low=np.maximum(rate - sem, 0), high=rate + sem)
    return ephys.psth(bins, window=WINDOW, event=name_event(event))


def _load_aligned(
    insertion: ProbeInsertion, session: Session, event: str
) -> tuple[recordings.Spikes, NDArray[np.float64]] | Chart:
    trials = recordings.load_trials(session)
    if trials is None:
        return message("This recording has no trials, so there is nothing to align its spikes to.")
    found = kinds.find_events(trials)
    if event not in found:
        return message(f"The trials of this session have no {event or 'such event'}.")
    spikes = recordings.load_spikes(insertion)
    if spikes is None:
        return message("The spikes of this insertion are not in the store.")
    return spikes, found[event]


def _awaited(connection: Any, pid: UUID) -> Chart:
    return message(
        NOT_YET if has_spikes_input(connection, pid) else "The spikes of this insertion are not in the store."
    )


def _thin(trials: NDArray[Any]) -> tuple[NDArray[Any], str]:
    """Leave out whole trials, evenly, when there are more spikes than can be drawn."""
    every = -(-len(trials) // MAX_TICKS)
    if every <= 1:
        return np.arange(len(trials)), ""
    return np.flatnonzero(trials % every == 0), f"This unit fires much: one trial in {every} is shown."


def _join(counts: NDArray[Any], by: int, *, axis: int) -> NDArray[Any]:
    return np.add.reduceat(counts, np.arange(0, counts.shape[axis], by), axis=axis) if by > 1 else counts


def _centres(values: NDArray[np.float64], by: int) -> NDArray[np.float64]:
    step = _step(values)
    return values[::by] + step * (by - 1) / 2


def _step(values: NDArray[np.float64] | Sequence[float]) -> float:
    return float(values[1] - values[0]) if len(values) > 1 else 1.0


def _microvolts(unit: Mapping[str, Any]) -> float | None:
    amp = unit.get("amp_median")
    return None if amp is None else 1e6 * float(amp)
