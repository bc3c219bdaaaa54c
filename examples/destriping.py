"""A simulated raw recording before and after destriping: common noise goes, spikes stay."""

import numpy as np
from matplotlib.figure import Figure

from bregma.brainbox import dense_geometry, destripe_ap
from bregma.plots import plot_traces

random = np.random.default_rng(6)
geometry, rate = dense_geometry("3B2"), 30_000.0
raw = random.normal(0, 8e-6, (3000, 384))
raw += 4e-5 * np.sin(2 * np.pi * 700 * np.arange(3000) / rate)[:, None] + random.normal(0, 2e-5, (3000, 1))
spike = -1.5e-4 * np.exp(-(((np.arange(60) - 20) / 5) ** 2))
starts, places = random.integers(100, 2900, 40), random.uniform(100, 3700, 40)
for start, place in zip(starts, places, strict=True):
    raw[start : start + 60] += spike[:, None] * np.exp(-(((geometry.y_um - place) / 40) ** 2))

figure = Figure(figsize=(11, 5), layout="constrained")
before, after = figure.subplots(1, 2)
clean = destripe_ap(raw, rate, geometry)
plot_traces(raw[:1200], rate, y_um=geometry.y_um, vmin=-80, vmax=80, ax=before).set_title("Raw (simulated)")
plot_traces(clean[:1200], rate, y_um=geometry.y_um, vmin=-80, vmax=80, ax=after).set_title("Destriped")
figure.savefig("destriping.png", dpi=150)
