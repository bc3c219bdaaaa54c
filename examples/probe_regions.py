"""What a probe passes through: the regions at its channels, in a phantom that stands in for the brain."""

import numpy as np
from matplotlib.figure import Figure

from bregma.atlas import phantom_atlas
from bregma.plots import plot_regions

atlas = phantom_atlas()
depths = np.arange(20, 3860, 20.0)
tip, entry = np.array([1.9e-3, -2.3e-3, -4.4e-3]), np.array([2.3e-3, -2.5e-3, -0.5e-3])
xyz = tip + (entry - tip) / np.linalg.norm(entry - tip) * depths[:, None] * 1e-6
axes = Figure(figsize=(2.5, 6), layout="constrained").subplots()
plot_regions(depths, atlas.regions.ids[atlas.rows_at(xyz)], ax=axes)
axes.set_title("Phantom")
axes.figure.savefig("probe_regions.png", dpi=150)
