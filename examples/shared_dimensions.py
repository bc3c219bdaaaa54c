"""What two halves of a population share: canonical correlations, on pieces of the recording left out."""

import numpy as np

from bregma.brainbox import bincount2d, find_shared_dimensions, preprocess_population
from bregma.one import ONE
from bregma.plots import plot_shared_dimensions
from bregma.sessions import SpikeSortingLoader

one = ONE()
eid = one.search(subject="demo_spikes")[0]
spikes, _, _ = SpikeSortingLoader(one, eid=eid, probe="probe00").load_spike_sorting()

activity = bincount2d(spikes["times"], spikes["clusters"], 0.1).counts.T
odd, even = (preprocess_population(activity[:, start::2], smoothing=2, n_components=10) for start in (0, 1))
pieces = np.arange(len(activity)) // 50
shared = find_shared_dimensions(odd, even, pieces, n_axes=6, n_shuffles=20, rng=1)
axes = plot_shared_dimensions(shared)
axes.set_title("Odd and even units of one probe")
axes.figure.savefig("shared_dimensions.png", dpi=150)
