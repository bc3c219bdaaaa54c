"""Units in the brain, each in the colour of its region, behind the half that is not drawn."""

import numpy as np

from bregma.atlas import example_atlas
from bregma.viewer import Scene

atlas = example_atlas()
random = np.random.default_rng(1)
entries = np.column_stack([random.uniform(-3.5e-3, -0.5e-3, 40), random.uniform(-4e-3, 2e-3, 40), np.zeros(40)])
entries[:, 2] = atlas.surface.top_at(entries[:, :2])
tips = entries + random.normal((0, 0, -4e-3), (4e-4, 4e-4, 6e-4), (40, 3))
along = random.uniform(size=(40, 100, 1))
units = (entries[:, None] + along * (tips - entries)[:, None]).reshape(-1, 3)  # simulated

scene = Scene(atlas, title="Simulated units of 40 insertions").add_regions(hemisphere="right")
scene.add_region("root", opacity=0.1, rgb=(200, 210, 225), hemisphere="left")
scene.add_insertions(entries, tips, opacity=0.4, size=1.5)
scene.add_points(units[atlas.rows_at(units) > 0], name="Units", size=5)
scene.save("brain_units.png", size=(640, 420))
