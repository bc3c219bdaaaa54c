"""A figure for a paper: no background, no letters, at any resolution."""

from bregma.atlas import example_atlas
from bregma.viewer import Look, Scene

scene = Scene(example_atlas()).change(look=Look.paper()).look_from("left")
scene.add_region("root", opacity=0.15, rgb=(150, 160, 175))
for acronym in ("CP", "CA1", "TH", "MRN"):
    scene.add_region(acronym, opacity=0.9, hemisphere="left")
scene.save("brain_for_print.png", size=(900, 600), transparent=True, lettered=False)
