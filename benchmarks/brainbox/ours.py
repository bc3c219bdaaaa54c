"""The same cases as bregma.brainbox does them."""

import numpy as np

from bregma import brainbox
from bregma.brainbox.behavior.pose.pupil import smooth_pupil_diameter

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


def autocorrelograms(d):
    return brainbox.compute_autocorrelograms(d.times, d.clusters, half_window=0.025).counts


def unit_bunches(d):
    units = brainbox.group_spikes(d.times, d.clusters, {"amps": d.amps})
    return np.add.reduceat(units.fields["amps"], units.starts[:-1])


def cluster_averages(d):
    return brainbox.compute_cluster_average(d.clusters, d.amps).mean


def unit_metrics(d):
    return brainbox.compute_published_metrics(d.times, d.clusters, d.amps, d.depths)[PUBLISHED].to_numpy(float)


def drift(d):
    return brainbox.estimate_drift(d.times, d.depths).drift_um


def responsive_units(d):
    return brainbox.responsive_units(d.times, d.clusters, d.events).p_value


def roc(d):
    return brainbox.roc_single_event(d.times, d.clusters, d.events).auc


def wheel_movements(d):
    return brainbox.find_wheel_movements(d.wheel_times, d.wheel_position).onsets


def traces_by_trial(d):
    traces = brainbox.traces_by_trial(d.wheel_times, d.wheel_position, start=d.events, end=d.events + 1)
    return np.array([np.sum(position) for _, position in traces])


def pupil(d):
    return smooth_pupil_diameter(d.pupil)


def pseudo_session(d):
    brainbox.generate_pseudo_sessions(d.trials, rng=0)
    return np.zeros(0)
