"""All units of a recording over time, from the most active to the quietest."""

from bregma.brainbox import compute_activity_map, compute_firing_statistics
from bregma.one import ONE
from bregma.plots import plot_activity_map
from bregma.sessions import SpikeSortingLoader

one = ONE()
eid = one.search(subject="demo_spikes")[0]
spikes, _, _ = SpikeSortingLoader(one, eid=eid, probe="probe00").load_spike_sorting()

statistics = compute_firing_statistics(spikes["times"], spikes["clusters"])
order = statistics.cluster_ids[statistics.rate.argsort()[::-1]]
activity = compute_activity_map(spikes["times"], spikes["clusters"], order, time_bin=0.5)
axes = plot_activity_map(activity, vmax=20)
axes.set_title(f"{order.size} units in {spikes['times'][-1]:.0f} s")
axes.figure.savefig("population_activity.png", dpi=150)
