"""Three slices through one place and the whole brain, linked: move the cursor, and all four follow."""

from bregma.atlas import example_atlas
from bregma.viewer import Scene

scene = Scene(example_atlas()).add_region("root", opacity=0.1, rgb=(200, 210, 225)).add_region("VPM", opacity=0.8)
scene.split("four").move_cursor((-0.0015, -0.0018, -0.0038))
scene.save("brain_slices.png", size=(800, 560))
