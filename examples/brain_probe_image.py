"""Activity along a probe as an image in the brain: each row at its depth, time across."""

import numpy as np

from bregma.atlas import Insertion, example_atlas
from bregma.viewer import Scene

probe = Insertion(x=-0.0022, y=-0.0020, z=-0.0002, phi=180, theta=10, depth=0.0042)
depth, time = np.meshgrid(np.linspace(0, 1, 96), np.linspace(0, 1, 60), indexing="ij")
rates = 30 * np.exp(-(((time - 0.3 - 0.4 * np.sin(4 * depth) ** 2) / 0.12) ** 2))  # simulated

scene = Scene(example_atlas(), title="Simulated rates of 60 ms at each depth").look_from("posterior")
scene.add_region("root", opacity=0.12, rgb=(200, 210, 225)).add_region("VPM", opacity=0.5)
scene.add_region("CA1", opacity=0.5).add_insertions([probe.entry], [probe.tip], labels=("probe00",))
scene.add_path_image(probe.xyz, rates, colormap="magma", width=1.2e-3, name="Rates")
scene.save("brain_probe_image.png", size=(640, 420))
