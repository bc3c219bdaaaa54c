import numpy as np

from bregma.atlas import phantom_atlas
from bregma.viewer import Scene, to_pyvista


def test_a_scene_becomes_a_plotter_that_draws_it(opengl: None) -> None:
    scene = Scene(phantom_atlas(), view="left").add_region("TH", opacity=1.0).slice("coronal").add_region("CP")
    plotter = to_pyvista(scene.hide_layer("CP"), off_screen=True, window_size=(200, 160))
    try:
        assert {"TH", "Coronal"} <= set(plotter.actors)
        assert "CP" not in plotter.actors
        image = np.asarray(plotter.screenshot(return_img=True))[..., :3].astype(int)
        assert ((image[..., 0] > 120) & (image[..., 1] < 110)).any()
    finally:
        plotter.close()
