"""A brain cut open: the surfaces of all regions, and the slice where it is cut."""

from bregma.atlas import example_atlas
from bregma.viewer import Scene

scene = Scene(example_atlas()).add_regions()
scene.slice("coronal", ap=-0.0018, name="Cut")
scene.clip("Cut", flip=True)
scene.save("brain_cut_open.png", size=(640, 420))
