"""Lines through the brain: the way from the surface of the cortex to the white matter, coloured by its length."""

import numpy as np

from bregma.atlas import cortical_depth, example_atlas, trace_streamlines
from bregma.viewer import Scene

atlas = example_atlas(100)
cortex = cortical_depth(atlas)
halfway = np.argwhere((cortex.volume() > 0.4) & (cortex.volume() < 0.5))
starts = atlas.grid.xyz_of(np.random.default_rng(7).choice(halfway, 3000))
lines = trace_streamlines(cortex, starts, n_points=15)
thickness = np.linalg.norm(np.diff(lines, axis=1), axis=2).sum(axis=1) * 1e3

scene = Scene(atlas, title="Streamlines of the cortex")
scene.add_lines(lines, values=thickness, colormap="viridis", label="thickness (mm)", size=1.5)
scene.save("brain_streamlines.png", size=(640, 420))
