"""A probe from its record in Alyx: what it crosses, a number at each channel, and the slice that it lies in."""

import numpy as np

from bregma.atlas import Insertion, Plane, example_atlas
from bregma.viewer import Scene

atlas = example_atlas()
record = {"x": -2243, "y": -2000, "z": -120, "theta": 15, "phi": 180, "depth": 4000, "label": "probe00"}
probe = Insertion.from_dict(record, atlas)
channels = probe.channel_positions(np.arange(20, 3840, 20) * 1e-6)
power = np.sin(np.linspace(0, 9, len(channels))) ** 2  # simulated
crossed = probe.crossed_regions(atlas, mapping="Beryl").acronyms

scene = Scene(atlas, title="A probe through " + ", ".join(crossed))
scene.add_region("root", opacity=0.12, rgb=(200, 210, 225))
scene.slice(Plane.along(atlas.grid, probe.trajectory), mapping="Beryl", opacity=0.8)
scene.add_points(channels, values=power, colormap="magma", label="power (simulated)", name="Channels", size=9)
scene.save("brain_probe.png", size=(640, 420))
