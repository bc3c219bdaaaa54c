"""Who fires before whom: correlograms of all pairs of the most active units of a recording."""

from bregma.brainbox import compute_correlograms, compute_firing_statistics
from bregma.one import ONE
from bregma.plots import plot_correlograms
from bregma.sessions import SpikeSortingLoader

one = ONE()
eid = one.search(subject="demo_spikes")[0]
spikes, _, _ = SpikeSortingLoader(one, eid=eid, probe="probe00").load_spike_sorting()

statistics = compute_firing_statistics(spikes["times"], spikes["clusters"])
active = statistics.cluster_ids[statistics.n_spikes.argsort()[::-1][:8]]
correlograms = compute_correlograms(spikes["times"], spikes["clusters"], active)
axes = plot_correlograms(correlograms)
axes.set_title("The eight most active units")
axes.figure.savefig("correlogram_matrix.png", dpi=150)
