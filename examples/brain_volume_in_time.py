"""A volume that changes: dye that spreads through the brain, and the slice through where it was put."""

import numpy as np

from bregma.atlas import example_atlas
from bregma.viewer import Scene

atlas = example_atlas(100)
x, y, z = np.meshgrid(*atlas.grid.scales, indexing="ij", sparse=True)
squares = ((x + 1.5e-3) ** 2 + (y + 1.5e-3) ** 2 + (z + 3.5e-3) ** 2).astype(np.float32)
minutes = np.arange(1, 6)
dye = np.stack([np.exp(-squares / (4e-7 * t)) / t**1.5 for t in minutes]) * (atlas.labels > 0)  # simulated

scene = Scene(atlas, title="Simulated dye").add_region("root", opacity=0.12, rgb=(200, 210, 225))
scene.add_volume(dye, times=minutes * 60.0, name="Dye", colormap="magma", limits=(0, 0.4))
scene.slice("coronal", ap=-0.0016, mapping="Cosmos", opacity=0.5).change(moment=120.0)
scene.save("brain_volume_in_time.png", size=(640, 420))
