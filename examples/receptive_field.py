"""The receptive field of a simulated unit that answers squares turning white at one place."""

import numpy as np
from matplotlib.figure import Figure

from bregma.brainbox import compute_field_significance, compute_receptive_fields, find_square_onsets
from bregma.plots import plot_field_responses, plot_receptive_field

random = np.random.default_rng(4)
times = np.arange(900) / 10
frames = np.full((900, 8, 6), 128)
frames[np.arange(900), random.integers(8, size=900), random.integers(6, size=900)] = 255
frames[np.arange(900), random.integers(8, size=900), random.integers(6, size=900)] = 0
shown = times[frames[:, 5, 3] == 255]
spikes = np.concatenate([np.repeat(shown, 4) + random.normal(0.07, 0.02, shown.size * 4), random.uniform(0, 90, 400)])

noise, unit = find_square_onsets(frames, times), np.zeros(spikes.size, int)
figure = Figure(figsize=(12, 4.5), layout="constrained")
traces, field = figure.subplots(1, 2)
plot_field_responses(compute_receptive_fields(spikes, unit, noise, window=(-0.05, 0.25)), 0, ax=traces)
plot_receptive_field(compute_field_significance(spikes, unit, noise, n_shuffles=100, rng=1), 0, ax=field)
figure.suptitle("A simulated unit")
figure.savefig("receptive_field.png", dpi=150)
