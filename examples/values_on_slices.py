"""Values of regions on slices, from above, and as bars in the order of the tree."""

import numpy as np
from matplotlib.figure import Figure

from bregma.atlas import Plane, aggregate_values, example_atlas
from bregma.plots import plot_top_view, plot_values_as_bars, plot_values_on_slice

atlas = example_atlas()
random = np.random.default_rng(6)
units = atlas.regions.ids[random.choice(np.unique(atlas.labels)[1:], 3000)]  # simulated
rates = random.gamma(2 + units % 5, 1.0)
medians = aggregate_values(rates, units, regions=atlas.regions, mapping="Cosmos", statistic="median")

figure = Figure(figsize=(11, 6), layout="constrained")
(slice_axes, top_axes), (sagittal_axes, bar_axes) = figure.subplots(2, 2)
plot_values_on_slice(atlas, Plane.cut(atlas.grid, "coronal", -0.002), medians, label="Rate (Hz)", ax=slice_axes)
plot_values_on_slice(atlas, Plane.cut(atlas.grid, "sagittal", -0.001), medians, label="Rate (Hz)", ax=sagittal_axes)
plot_top_view(atlas, medians, label="Rate (Hz)", ax=top_axes)
plot_values_as_bars(medians, label="Rate (Hz)", group_by=None, ax=bar_axes)
figure.savefig("values_on_slices.png", dpi=130)
