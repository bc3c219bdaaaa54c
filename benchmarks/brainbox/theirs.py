"""The cases as ibllib 4.1.0 (and SpikeInterface) does them; run in an environment that has them."""

import numpy as np
import psychofit
import spikeinterface as si
from brainbox.behavior import dlc, wheel
from brainbox.metrics import electrode_drift, single_units
from brainbox.population import decode
from brainbox.task import closed_loop, passive
from ibldsp import voltage
from iblutil.numerical import bincount2D
from iblutil.util import Bunch
from spikeinterface.postprocessing import compute_correlograms

from brainbox import processing, singlecell, video

PASSIVE_SPIKES = 500_000


def bin_100_ms(d):
    return bincount2D(d.times, d.clusters, 0.1, 0)[0]


def bin_10_ms(d):
    return bincount2D(d.times, d.clusters, 0.01, 0)[0]


def drift_map(d):
    return bincount2D(d.times, d.depths, 0.1, 20)[0]


def psth_20_units(d):
    return singlecell.calculate_peths(d.times, d.clusters, np.arange(20), d.events, 0.2, 0.5, 0.025, 0)[0]["means"]


def psth(d):
    return singlecell.calculate_peths(d.times, d.clusters, np.arange(500), d.events, 0.2, 0.5, 0.025, 0)[0]["means"]


def trials_by_units(d):
    return singlecell.bin_spikes2D(d.times, d.clusters, np.arange(500), d.events, 0.2, 0.5, 0.025)[0]


def counts_in_intervals(d):
    return decode.get_spike_counts_in_bins(d.times, d.clusters, np.c_[d.events, d.events + 0.5])[0]


def correlograms(d):
    return decode.xcorr(d.times, d.clusters, 0.001, 0.05)


def correlograms_spikeinterface(d):
    samples = np.round(d.times * 30000).astype(np.int64)
    sorting = si.NumpySorting.from_samples_and_labels([samples], [d.clusters], 30000)
    d.start()
    return compute_correlograms(sorting, window_ms=50.0, bin_ms=1.0, method="numba")[0]


def autocorrelograms(d):
    return np.stack([singlecell.acorr(d.times[d.clusters == unit], 0.001, 0.05) for unit in range(500)])


def unit_bunches(d):
    units = processing.get_units_bunch(Bunch(times=d.times, amps=d.amps, clusters=d.clusters), ["times", "amps"])
    return [units["amps"][str(unit)] for unit in range(500)]


def cluster_averages(d):
    return processing.compute_cluster_average(d.clusters, d.amps)[1]


def unit_metrics(d):
    frame = single_units.quick_unit_metrics(d.clusters, d.times, d.amps, d.depths)
    names = ["amp_median", "presence_ratio", "firing_rate", "noise_cutoff", "contamination", "max_confidence"]
    return np.stack([frame[name] for name in names], axis=1)


def drift(d):
    return electrode_drift.estimate_drift(d.times, d.amps, d.depths)[0]


def responsive_units(d):
    return closed_loop.responsive_units(d.times, d.clusters, d.events)[2]


def roc(d):
    return closed_loop.roc_single_event(d.times, d.clusters, d.events)[0]


def wheel_movements(d):
    tick = 2 * np.pi / 4096
    found = wheel.movements(d.wheel_times, d.wheel_position, pos_thresh=8 * tick, pos_thresh_onset=1.5 * tick)
    return found[0]


def traces_by_trial(d):
    return wheel.traces_by_trial(d.wheel_times, d.wheel_position, start=d.events, end=d.events + 1)


def pupil(d):
    return dlc.get_smooth_pupil_diameter(d.pupil, "left")


def pseudo_session(d):
    np.random.seed(0)
    closed_loop.generate_pseudo_session(d.trials.copy(), generate_choices=True)
    return np.zeros(0)


def motion_energy(d):
    return video.motion_energy(d.frames, diff=1, normalize=False)[0]


def receptive_fields(d):
    shown = {"times": 2 + np.arange(len(d.noise_frames)) / 10 - 1e-10, "frames": d.noise_frames}
    times, places, stimuli = passive.get_on_off_times_and_positions(shown)
    spikes = d.times[:PASSIVE_SPIKES], d.depths[:PASSIVE_SPIKES]
    return passive.get_rf_map_over_depth(times, places, stimuli, *spikes)[0]["on"]


def destripe(d):
    return voltage.destripe(np.ascontiguousarray(d.voltage.T), 30_000, neuropixel_version=1).T


def psychometric(d):
    np.random.seed(0)
    fitted, _ = psychofit.mle_fit_psycho(d.psychometric, P_model="erf_psycho_2gammas", nfits=5)
    return psychofit.erf_psycho_2gammas(fitted, d.psychometric[0])


COMPARED = {
    "correlograms_spikeinterface": lambda counts: counts[:, :, 26:].transpose(1, 0, 2),
    "autocorrelograms": lambda counts: np.delete(counts, counts.shape[1] // 2, axis=1),
    "unit_bunches": lambda units: np.array([np.sum(amps) for amps in units]),
    "traces_by_trial": lambda traces: np.array([position.sum() for _, position in traces]),
    "motion_energy": lambda energy: energy / energy.max(),
}
"""What of a result is compared, where both sides do not give the same."""
