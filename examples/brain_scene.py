"""Two regions and a probe, drawn without a screen; a phantom stands in for the brain."""

from bregma.atlas import phantom_atlas
from bregma.viewer import Scene

scene = Scene(title="A probe in the thalamus").add_annotation(phantom_atlas()).add_region("TH").add_region("CA1")
scene.add_insertions([[-0.0015, -0.002, 0.0]], [[-0.0015, -0.002, -0.004]], labels=("probe00",))
scene.save("brain_scene.png", size=(800, 500))
