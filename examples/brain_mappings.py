"""The same brain in four parcellations, side by side under one camera."""

from bregma.atlas import example_atlas
from bregma.viewer import Scene

names = ("Allen", "Beryl", "Cosmos", "Swanson")
scene = Scene(example_atlas())
for name in names:
    scene.add_regions(name=name, mapping=name)
scene.split(names).look_from("left")
scene.save("brain_mappings.png", size=(800, 560))
