"""A number for each region: firing rates of units, as medians per region, on a brain that is cut open."""

import numpy as np

from bregma.atlas import example_atlas
from bregma.viewer import Scene

atlas = example_atlas()
random = np.random.default_rng(4)
there = np.unique(np.abs(atlas.regions.ids[np.unique(atlas.labels)]))[1:]
units = random.choice(there, 5000)  # simulated: the region of each unit
rates = random.gamma(2 + units % 7, 1.0)

scene = Scene(atlas, title="Simulated firing rates").add_regions(mapping="Beryl")
scene.slice("coronal", ap=-0.0022, mapping="Beryl")
scene.map_values(rates, units, mapping="Beryl", statistic="median", colormap="viridis", label="rate (Hz)")
scene.clip("Coronal", flip=True)
scene.save("brain_values.png", size=(640, 420))
