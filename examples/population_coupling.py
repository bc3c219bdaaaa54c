"""How units follow the crowd: their rate by the rate of all other units."""

import numpy as np

from bregma.brainbox import Feature, compute_firing_statistics, compute_tuning_curves
from bregma.one import ONE
from bregma.plots import plot_tuning_curve
from bregma.sessions import SpikeSortingLoader

one = ONE()
eid = one.search(subject="demo_spikes")[0]
spikes, _, _ = SpikeSortingLoader(one, eid=eid, probe="probe00").load_spike_sorting()

statistics = compute_firing_statistics(spikes["times"], spikes["clusters"])
active = statistics.cluster_ids[statistics.n_spikes.argsort()[::-1][:4]]
edges, axes = np.arange(0, 120, 0.1), None
for unit, line in zip(active, ("-", "--", "-.", ":"), strict=True):
    others = np.histogram(spikes["times"][spikes["clusters"] != unit], edges)[0] / 0.1
    feature = Feature(others, n_bins=10, limits=tuple(np.percentile(others, (1, 99))))
    tuning = compute_tuning_curves(spikes["times"], spikes["clusters"], edges[:-1] + 0.05, feature, cluster_ids=[unit])
    look = {"color": None, "linestyle": line, "label": f"unit {unit}"}
    axes = plot_tuning_curve(tuning, unit, feature="Spikes of all other units (Hz)", ax=axes, **look)
axes.set_title("Some units follow the population, some do not")
axes.legend()
axes.figure.savefig("population_coupling.png", dpi=150)
