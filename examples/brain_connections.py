"""Who projects to whom: arcs between the centres of regions, as wide and bright as the connection is strong."""

import numpy as np

from bregma.atlas import example_atlas
from bregma.viewer import Scene

acronyms = ["MOs", "VISp", "SSp-bfd", "CP", "VPM", "CA1", "MRN"]
weights = np.random.default_rng(5).gamma(1.0, 1.0, (7, 7))  # simulated; read_connectivity reads measured ones
np.fill_diagonal(weights, 0)

scene = Scene(example_atlas(), title="The strongest of simulated connections")
scene.add_region("root", opacity=0.08, rgb=(200, 210, 225))
scene.add_regions(*acronyms, hemisphere="left", opacity=0.25)
scene.add_connections(
    weights, regions=acronyms, hemisphere="left", threshold=0.8, colormap="plasma", label="strength", size=5
)
scene.save("brain_connections.png", size=(640, 420))
