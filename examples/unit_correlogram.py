"""Which units of a recording keep their refractory period, and a page on the most active one."""

from bregma.brainbox import compute_autocorrelograms, compute_firing_rate, compute_unit_metrics
from bregma.one import ONE
from bregma.plots import UnitSheet, plot_unit_sheet
from bregma.sessions import SpikeSortingLoader

one = ONE()
eid = one.search(subject="demo_spikes")[0]
spikes, _, _ = SpikeSortingLoader(one, eid=eid, probe="probe00").load_spike_sorting()

metrics = compute_unit_metrics(spikes["times"], spikes["clusters"])
active = metrics.sort_values("firing_rate", ascending=False)
unit = int(active["cluster_id"].iloc[0])
times = spikes["times"][spikes["clusters"] == unit]
correlograms = compute_autocorrelograms(times, spikes["clusters"][spikes["clusters"] == unit])
sheet = UnitSheet(cluster_id=unit, correlograms=correlograms, rate=compute_firing_rate(times, window=2, bin_size=0.1))
plot_unit_sheet(sheet).savefig("unit_correlogram.png", dpi=150)
