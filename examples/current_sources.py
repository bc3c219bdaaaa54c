"""Power along a probe, and where current enters cells after a stimulus, in a simulated field potential."""

import numpy as np
from matplotlib.figure import Figure

from bregma.brainbox import compute_csd, compute_power_spectrum
from bregma.plots import plot_csd, plot_spectrum_image

random = np.random.default_rng(7)
depths, rate = np.arange(0, 1600, 20.0), 1000.0
times = np.arange(-100, 300) / rate
wave = np.exp(-(((times - 0.06) / 0.02) ** 2))[:, None] * np.exp(-(((depths - 900) / 120) ** 2))
evoked = -3e-4 * wave + random.normal(0, 2e-7, wave.shape)
theta = np.sin(2 * np.pi * 8 * np.arange(10_000) / rate)[:, None] * np.exp(-(((depths - 500) / 200) ** 2))
resting = 1e-4 * theta + random.normal(0, 1e-5, theta.shape).cumsum(axis=0) * 0.1

figure = Figure(figsize=(11, 4.5), layout="constrained")
power, sources = figure.subplots(1, 2)
plot_spectrum_image(compute_power_spectrum(resting, rate), y_um=depths, ax=power)
plot_csd(compute_csd(evoked, depths, smoothing_um=30), times, depths, ax=sources)
power.set(xlim=(0, 60), title="Power (simulated)")
sources.set_title("Current sources (simulated)")
figure.savefig("current_sources.png", dpi=150)
