"""Activity that spreads over regions, moment by moment: time on surfaces and slices."""

import numpy as np

from bregma.atlas import example_atlas
from bregma.viewer import Event, Scene

atlas = example_atlas()
onset = {"VISp": 0.05, "CP": 0.12, "TH": 0.04, "MRN": 0.10, "MOs": 0.15, "CA1": 0.2}  # simulated
times = np.arange(-0.1, 0.5, 0.02)
rates = {name: 30 * np.exp(-(((times - start) / 0.06) ** 2)) for name, start in onset.items()}

scene = Scene(atlas, title="A simulated response")
scene.add_region("root", opacity=0.1, rgb=(200, 210, 225), hemisphere="right")
scene.add_regions(mapping="Allen", hemisphere="left")
scene.map_values(rates, times=times, layers=["Regions"], colormap="inferno", label="rate (Hz)", interpolate=True)
scene.change(events=(Event(time=0.0, label="stimulus"),), moment=0.1).look_from("left")
scene.save("brain_activity.png", size=(640, 420))
