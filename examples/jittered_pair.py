"""Do two units fire together more precisely than their rates explain? Spikes jittered by 25 ms tell."""

import numpy as np

from bregma.brainbox import Jitter, compute_correlograms, compute_firing_statistics, correlate_jittered
from bregma.one import ONE
from bregma.plots import plot_pair_correlogram
from bregma.sessions import SpikeSortingLoader

one = ONE()
eid = one.search(subject="demo_spikes")[0]
spikes, _, _ = SpikeSortingLoader(one, eid=eid, probe="probe00").load_spike_sorting()

statistics = compute_firing_statistics(spikes["times"], spikes["clusters"])
active = statistics.cluster_ids[statistics.n_spikes.argsort()[::-1][:20]]
counts = compute_correlograms(spikes["times"], spikes["clusters"], active).counts
peak = np.triu(counts.max(axis=2) / counts.mean(axis=2), 1)
first, second = active[list(np.unravel_index(peak.argmax(), peak.shape))]
jitter = Jitter(n_surrogates=200, rng=1)
correlogram = correlate_jittered(spikes["times"], spikes["clusters"], [(first, second)], jitter=jitter)
axes = plot_pair_correlogram(correlogram)
axes.set_title(f"Units {first} and {second}: smallest p = {correlogram.p_value.min():.3f}")
axes.legend(frameon=False)
axes.figure.savefig("jittered_pair.png", dpi=150)
