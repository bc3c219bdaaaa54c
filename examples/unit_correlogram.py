"""Which units of a recording keep their refractory period, and the autocorrelogram of the most active one."""

import matplotlib.pyplot as plt

from bregma.brainbox import compute_autocorrelograms, compute_unit_metrics
from bregma.one import ONE
from bregma.sessions import SpikeSortingLoader

one = ONE()
eid = one.search(subject="demo_spikes")[0]
spikes, _, _ = SpikeSortingLoader(one, eid=eid, probe="probe00").load_spike_sorting()

metrics = compute_unit_metrics(spikes["times"], spikes["clusters"])
active = metrics.sort_values("firing_rate", ascending=False)
correlograms = compute_autocorrelograms(spikes["times"], spikes["clusters"])

unit = int(active["cluster_id"].iloc[0])
row = list(correlograms.cluster_ids).index(unit)
figure, axes = plt.subplots()
axes.bar(correlograms.lags * 1e3, correlograms.counts[row], width=1)
axes.set(xlabel="Lag (ms)", ylabel="Spikes", title=f"Unit {unit}")
figure.savefig("unit_correlogram.png", dpi=150)
