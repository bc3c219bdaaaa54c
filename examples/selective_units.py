"""Which units tell left from right: area under the ROC curve of 60 simulated units, 20 of which do."""

import numpy as np

from bregma.brainbox import roc_between_two_events
from bregma.plots import plot_roc

random = np.random.default_rng(2)
events = np.arange(1.0, 201, 1.5)
right = random.random(events.size) < 0.5
gain = np.repeat([0.4, 1, 1, 1, 1, 2.5], 10)
n_spikes = random.poisson(np.where(right, gain[:, None], 1) * 3)
times = np.repeat(np.tile(events, 60), n_spikes.ravel()) + random.uniform(0, 0.3, n_spikes.sum())
clusters = np.repeat(np.arange(60), n_spikes.sum(axis=1))

axes = plot_roc(roc_between_two_events(times, clusters, events, right, window=(0, 0.3)))
axes.set_title("60 simulated units")
axes.figure.savefig("selective_units.png", dpi=150)
