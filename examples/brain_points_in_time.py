"""Cells that fire one after the other: points whose colours change with time, as a movie and as a picture."""

import numpy as np

from bregma.atlas import example_atlas
from bregma.viewer import Scene

atlas = example_atlas()
random = np.random.default_rng(2)
voxels = random.choice(np.argwhere(atlas.mask("CA1", hemisphere="left")), 2000)
cells = atlas.grid.xyz_of(voxels) + random.uniform(-0.5, 0.5, voxels.shape) * atlas.spacing  # simulated
times = np.arange(0, 1, 0.05)
peak = (cells[:, 1] - cells[:, 1].min()) / np.ptp(cells[:, 1])  # a wave from back to front
rates = 40 * np.exp(-(((times[:, None] - peak) / 0.15) ** 2))

scene = Scene(atlas, title="A simulated wave through CA1")
scene.add_region("root", opacity=0.1, rgb=(200, 210, 225)).add_region("CA1", opacity=0.12)
scene.add_points(cells, values=rates, times=times, colormap="inferno", label="rate (Hz)", name="Cells", size=6)
scene.change(moment=0.5).save("brain_points_in_time.png", size=(640, 420))
scene.save("brain_points_in_time.gif", size=(240, 156), seconds=1, fps=8)
