"""The same cases as bregma.brainbox does them."""

import numpy as np

from bregma import brainbox
from bregma.brainbox.behavior.pose.pupil import smooth_pupil_diameter
from bregma.brainbox.behavior.psychometric.curves import evaluate_curve

PASSIVE_SPIKES = 500_000
UNITS = np.arange(500)
WINDOW = (-0.2, 0.5)
PUBLISHED = ["amp_median", "presence_ratio", "firing_rate", "noise_cutoff", "contamination", "max_confidence"]


def bin_100_ms(d):
    return brainbox.bincount2d(d.times, d.clusters, 0.1).counts


def bin_10_ms(d):
    return brainbox.bincount2d(d.times, d.clusters, 0.01).counts


def drift_map(d):
    return brainbox.bincount2d(d.times, d.depths, 0.1, 20.0).counts


def psth_20_units(d):
    return brainbox.compute_psth(d.times, d.clusters, UNITS[:20], d.events, WINDOW, 0.025).rate


def psth(d):
    return brainbox.compute_psth(d.times, d.clusters, UNITS, d.events, WINDOW, 0.025).rate


def trials_by_units(d):
    return brainbox.bin_spikes2d(d.times, d.clusters, d.events, WINDOW, 0.025).counts


def counts_in_intervals(d):
    return brainbox.count_in_intervals(d.times, d.clusters, np.c_[d.events, d.events + 0.5]).counts


def correlograms(d):
    return brainbox.compute_correlograms(d.times, d.clusters).counts


def correlograms_xcorr(d):
    return brainbox.compute_correlograms(d.times, d.clusters, rule=brainbox.LagRule.xcorr()).counts


def correlograms_in_samples(d):
    times = (np.round(d.times * 30_000) + 0.5) / 30_000  # in the middle of the sample that SpikeInterface is given
    d.start()
    return brainbox.compute_correlograms(times, d.clusters, rule=brainbox.LagRule.phylib(30_000)).counts


def autocorrelograms(d):
    return brainbox.compute_autocorrelograms(d.times, d.clusters, half_window=0.025).counts


def unit_bunches(d):
    units = brainbox.group_spikes(d.times, d.clusters, {"amps": d.amps})
    return [units[unit]["amps"] for unit in units]


def cluster_averages(d):
    return brainbox.compute_cluster_average(d.clusters, d.amps).mean


def unit_metrics(d):
    return brainbox.compute_unit_metrics(d.times, d.clusters, d.amps, d.depths)


def unit_metrics_published(d):
    return brainbox.compute_published_metrics(d.times, d.clusters, d.amps, d.depths)[PUBLISHED].to_numpy(float)


def drift(d):
    return brainbox.estimate_drift(d.times, d.depths).drift_um


def responsive_units(d):
    return brainbox.responsive_units(d.times, d.clusters, d.events).p_value


def roc(d):
    return brainbox.roc_single_event(d.times, d.clusters, d.events).auc


def wheel_movements(d):
    return brainbox.find_wheel_movements(d.wheel_times, d.wheel_position).onsets


def wheel_movements_published(d):
    criteria = brainbox.MovementCriteria(published=True)
    return brainbox.find_wheel_movements(d.wheel_times, d.wheel_position, criteria=criteria).onsets


def traces_by_trial(d):
    return brainbox.traces_by_trial(d.wheel_times, d.wheel_position, start=d.events, end=d.events + 1)


def pupil(d):
    return smooth_pupil_diameter(d.pupil)


def pseudo_session(d):
    brainbox.generate_pseudo_sessions(d.trials, rng=0)
    return np.zeros(0)


def motion_energy(d):
    return brainbox.compute_motion_energy(d.frames, step=1).energy


def receptive_fields(d):
    stimulus = brainbox.find_square_onsets(d.noise_frames, 2 + np.arange(len(d.noise_frames)) / 10)
    times, depths = d.times[:PASSIVE_SPIKES], d.depths[:PASSIVE_SPIKES]
    return brainbox.compute_receptive_fields_over_depth(times, depths, stimulus).on


def destripe(d):
    return brainbox.destripe_ap(d.voltage, 30_000, brainbox.dense_geometry("3B2"))


def psychometric(d):
    fit = brainbox.fit_psychometric(d.psychometric[0], d.psychometric[1], p_right=d.psychometric[2])
    return evaluate_curve(fit.parameters, d.psychometric[0])


COMPARED = {
    # Lags of whole bins after a spike: where both rules put a lag in the same bin.
    "correlograms_in_samples": lambda counts: counts[:, :, 26:50],
    # The reference counts pairs at lag 0 once, ours in both orders.
    "autocorrelograms": lambda counts: np.delete(counts, counts.shape[1] // 2, axis=1),
    "unit_bunches": lambda units: np.array([amps.sum() for amps in units]),
    "traces_by_trial": lambda traces: np.array([position.sum() for _, position in traces]),
    "motion_energy": lambda energy: energy / energy.max(),
}
"""What of a result is compared, where both sides do not give the same."""
