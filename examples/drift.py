"""A simulated brain that moves along the probe: spikes over depth, and the drift estimated from them."""

import numpy as np
from matplotlib.figure import Figure

from bregma.brainbox import compute_drift_map, estimate_drift
from bregma.plots import plot_drift, plot_drift_map

random = np.random.default_rng(5)
times = np.sort(random.uniform(0, 300, 120_000))
moved = 25 * np.sin(times / 40)
units = random.choice(np.sort(random.uniform(200, 1800, 60)), times.size)
depths = units + moved + random.normal(0, 6, times.size)

figure = Figure(figsize=(8, 6), layout="constrained")
spikes, motion = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
plot_drift_map(compute_drift_map(times, depths, time_bin=0.5, depth_bin_um=5), ax=spikes)
plot_drift(estimate_drift(times, depths), ax=motion, label="estimated")
motion.plot(times[::100], (moved - moved.mean())[::100], "k:", label="simulated")
motion.legend(ncols=2)
spikes.set(title="Simulated spikes of 60 units", xlabel="")
figure.savefig("drift.png", dpi=150)
