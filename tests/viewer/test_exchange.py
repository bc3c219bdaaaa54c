import numpy as np
import pytest

from bregma.atlas import phantom_atlas
from bregma.viewer import NoOpenGL, Scene, to_pyvista
from bregma.viewer.render.opengl import choose_opengl


def test_a_scene_becomes_a_plotter_that_draws_it() -> None:
    try:
        choose_opengl()
    except NoOpenGL as error:
        pytest.skip(str(error))
    scene = Scene(phantom_atlas(), view="left").add_region("TH", opacity=1.0).slice("coronal").add_region("CP")
    plotter = to_pyvista(scene.hide_layer("CP"), off_screen=True, window_size=(200, 160))
    try:
        assert {"TH", "Coronal"} <= set(plotter.actors)
        assert "CP" not in plotter.actors
        image = np.asarray(plotter.screenshot(return_img=True))[..., :3].astype(int)
        assert ((image[..., 0] > 120) & (image[..., 1] < 110)).any()
    finally:
        plotter.close()
