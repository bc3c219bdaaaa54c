"""A scene as one page that turns in any browser, without a server; with its picture, and as data to open again."""

from bregma.atlas import example_atlas
from bregma.viewer import Look, Scene

scene = Scene(example_atlas(), title="Cosmos regions").add_regions(mapping="Cosmos")
scene.change(look=Look.paper())
scene.save("brain_as_page.html")
scene.save("brain_as_page.json")
Scene.load("brain_as_page.json", atlas=scene.atlas).save("brain_as_page.png", size=(640, 420))
