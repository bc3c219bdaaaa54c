"""Regions moved apart, to see those inside."""

from bregma.atlas import example_atlas
from bregma.viewer import Scene

scene = Scene(example_atlas(), title="Beryl regions of the left side")
scene.add_regions(hemisphere="left", explode=0.5).look_from("left")
scene.save("brain_exploded.png", size=(640, 420))
