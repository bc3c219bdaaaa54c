"""How the spikes of three units depend on their own past: a Poisson model with spike history."""

import numpy as np

from bregma.brainbox import (
    PoissonGLM,
    SpikeHistory,
    build_design,
    compute_firing_statistics,
    compute_kernels,
    count_in_trials,
    log_raised_cosine_basis,
)
from bregma.one import ONE
from bregma.plots import plot_kernel
from bregma.sessions import SpikeSortingLoader

one = ONE()
eid = one.search(subject="demo_spikes")[0]
spikes, _, _ = SpikeSortingLoader(one, eid=eid, probe="probe00").load_spike_sorting()

statistics = compute_firing_statistics(spikes["times"], spikes["clusters"])
basis = log_raised_cosine_basis((0.002, 0.1), 6, bin_size=0.002, offset=0.004)
pieces = np.column_stack([np.arange(0.0, 120, 10), np.arange(10.0, 130, 10)])
axes = None
active = statistics.cluster_ids[statistics.n_spikes.argsort()[::-1][:3]]
for unit, line in zip(active, ("-", "--", "-."), strict=True):
    history = SpikeHistory("own spike", spikes["times"][spikes["clusters"] == unit], basis)
    design = build_design(pieces, [history], bin_size=0.002)
    counts = count_in_trials(design, spikes["times"], spikes["clusters"], [unit])
    kernel = compute_kernels(PoissonGLM(alpha=1e-3).fit(design, counts), design, [unit])["own spike"]
    axes = plot_kernel(kernel, unit, ax=axes, color=None, linestyle=line, label=f"unit {unit}")
axes.set(title="Below zero: less likely to fire", ylabel="Weight (log gain)")
axes.legend()
axes.figure.savefig("spike_history.png", dpi=150)
