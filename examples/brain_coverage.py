"""How much of the brain has been recorded: the density of recording sites as a volume that glows."""

import numpy as np

from bregma.atlas import example_atlas, make_point_volume, place_along
from bregma.viewer import Scene

atlas = example_atlas()
random = np.random.default_rng(3)
tips = random.uniform((-3.5e-3, -5e-3, -5e-3), (-3e-4, 2e-3, -3e-3), (120, 3))  # simulated, on the left
entries = tips + random.normal((-4e-4, 0, 3.8e-3), (3e-4, 3e-4, 2e-4), (120, 3))
tracks = np.stack([tips, entries], axis=1)
sites = np.concatenate([place_along(track, np.arange(0, 3.84e-3, 4e-5)) for track in tracks])
density = make_point_volume(atlas.grid, sites, fwhm=3e-4) / (atlas.spacing * 1e3) ** 3

scene = Scene(atlas, title="Simulated recording sites").add_region("root", opacity=0.1, rgb=(200, 210, 225))
scene.add_volume(density, name="Sites per mm³", colormap="inferno", blend="maximum")
scene.save("brain_coverage.png", size=(640, 420))
