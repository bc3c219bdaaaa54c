"""Where an animal is, read from simulated place cells that were tuned in the first half of the walk."""

import numpy as np

from bregma.brainbox import compute_tuning_curves, decode_feature
from bregma.plots import plot_decoded

random = np.random.default_rng(3)
times = np.arange(0, 400, 0.02)
place = 50 + 45 * np.sin(times / 6) * np.cos(times / 47)
centres = np.linspace(0, 100, 25)
n_spikes = random.poisson(0.02 * 20 * np.exp(-0.5 * ((place - centres[:, None]) / 8) ** 2))
spikes = np.repeat(np.tile(times, 25), n_spikes.ravel()) + random.uniform(0, 0.02, n_spikes.sum())
clusters = np.repeat(np.arange(25), n_spikes.sum(axis=1))

tuning = compute_tuning_curves(spikes, clusters, times, place, intervals=[[0, 200]])
decoded = decode_feature(spikes, clusters, tuning, (200, 300), bin_size=0.25)
axes = plot_decoded(decoded, (times, place), feature="Place (cm)")
axes.set_title("25 simulated place cells; the line is the true place")
axes.figure.savefig("place_decoding.png", dpi=150)
