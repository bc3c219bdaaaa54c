"""Regions as surfaces: the one that matters solid, what holds it as glass, others on one side only."""

from bregma.atlas import example_atlas
from bregma.viewer import Scene

scene = Scene(example_atlas(), title="From the thalamus to the barrel cortex")
barrel_cortex = scene.atlas.regions.search("barrel cortex")[0]
scene.add_region("root", opacity=0.08, rgb=(200, 210, 225))
scene.add_region("TH", opacity=0.2).add_region("VPM", opacity=1.0)
scene.add_region(barrel_cortex, opacity=0.4, hemisphere="left").add_region("CP", opacity=0.5, hemisphere="left")
scene.save("brain_regions.png", size=(640, 420))
