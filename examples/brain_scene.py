"""A brain without a screen: the annotation as a volume, two regions and a probe."""

from bregma.atlas import example_atlas
from bregma.viewer import Scene

scene = Scene(title="A probe in the thalamus").add_annotation(example_atlas(100)).add_region("TH").add_region("CA1")
scene.add_insertions([[-0.0015, -0.002, 0.0]], [[-0.0015, -0.002, -0.004]], labels=("probe00",))
scene.save("brain_scene.png", size=(640, 420))
