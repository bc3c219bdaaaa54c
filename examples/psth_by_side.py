"""A response by condition: raster and rates of a simulated unit that prefers the right side."""

import numpy as np

from bregma.brainbox import align_raster, compute_psth
from bregma.plots import plot_response

random = np.random.default_rng(1)
events = np.arange(1.0, 121, 1.5)
sides = random.choice(["left", "right"], events.size)
n_evoked = random.poisson(np.where(sides == "right", 6, 2))
evoked = np.repeat(events, n_evoked) + random.gamma(4, 0.03, n_evoked.sum())
times = np.sort(np.concatenate([random.uniform(0, 122, 1000), evoked]))

unit = np.zeros(times.size, int)
psths = {side: compute_psth(times, unit, [0], events[sides == side], smoothing=0.02) for side in ("left", "right")}
axes = plot_response(align_raster(times, events), psths, 0, groups=sides)
axes.set_title("A simulated unit")
axes.figure.savefig("psth_by_side.png", dpi=150)
