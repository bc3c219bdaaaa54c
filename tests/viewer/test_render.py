"""The same questions to both renderers: is what the scene says at the pixel where it should be?"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bregma.atlas import Atlas, phantom_atlas
from bregma.viewer import NoOpenGL, Scene, ViewerError
from bregma.viewer.render.camera import MM, place_camera
from bregma.viewer.render.software import draw_without_opengl
from bregma.viewer.render.window import Window

SIZE = (300, 300)
IN_VPM = np.array([0.0011, -0.0017, -0.0039])
IN_CP = np.array([0.0020, 0.0005, -0.0034])
Draw = Callable[[Scene], np.ndarray]


def draw_with_opengl(scene: Scene) -> np.ndarray:
    try:
        with Window(scene, SIZE) as window:
            return window.draw().astype(int)
    except NoOpenGL as error:
        pytest.skip(str(error))


def draw_with_numpy(scene: Scene) -> np.ndarray:
    return draw_without_opengl(scene, SIZE, np.zeros((SIZE[1], 1, 3))).astype(int)


@pytest.fixture(params=[draw_with_opengl, draw_with_numpy], ids=["opengl", "numpy"])
def draw(request: pytest.FixtureRequest) -> Draw:
    return request.param


def pixel_of(scene: Scene, xyz: np.ndarray) -> tuple[int, int]:
    column, row, _ = place_camera(scene, SIZE).project(xyz * MM, SIZE)
    return int(row), int(column)


def hue(rgb: np.ndarray) -> np.ndarray:
    """Colour without brightness: light changes one, not the other."""
    return rgb / max(float(np.linalg.norm(rgb)), 1.0)


def first_region_from_left(atlas: Atlas, xyz: np.ndarray) -> int:
    path = np.arange(-0.006, 0.006, 5e-5)
    rows = atlas.rows_at(np.stack([path, np.full(path.size, xyz[1]), np.full(path.size, xyz[2])], axis=-1))
    return int(rows[rows > 0][0])


def test_a_solid_annotation_has_exactly_the_colour_of_the_region_in_front(draw: Draw) -> None:
    atlas = phantom_atlas()
    scene = Scene(view="left").add_annotation(atlas, opacity=1.0)
    picture = draw(scene)
    for place in ((0, 3.4, -3.4), (0, -6.8, -3.3), (0, -1.3, -4.5), (0, -3.5, -1.4)):
        xyz = np.array(place) * 1e-3
        expected = atlas.regions.rgb[first_region_from_left(atlas, xyz)]
        np.testing.assert_allclose(picture[pixel_of(scene, xyz)], expected, atol=1)


def test_a_solid_surface_has_the_hue_of_its_region(draw: Draw) -> None:
    scene = Scene(phantom_atlas(), view="left").add_region("CP", opacity=1.0)
    seen = draw(scene)[pixel_of(scene, IN_CP * [-1, 1, 1])]
    assert seen.max() > 100
    np.testing.assert_allclose(hue(seen), hue(np.array([152, 214, 249])), atol=0.06)


def test_a_surface_is_where_its_voxels_are(draw: Draw) -> None:
    atlas = phantom_atlas()
    scene = Scene(atlas, view="dorsal")
    empty = draw(scene)
    drawn = np.abs(draw(scene.add_region("CP", opacity=1.0)) - empty).sum(axis=-1) > 40
    voxels = np.argwhere(atlas.mask("CP")) * atlas.spacing + np.array(atlas.origin)
    places = place_camera(scene, SIZE).project(voxels * MM, SIZE)
    expected = np.zeros(drawn.shape, dtype=bool)
    expected[places[:, 1].astype(int), places[:, 0].astype(int)] = True
    rows, columns = np.nonzero(drawn)
    assert expected[drawn].any()
    for found, wanted in ((rows, places[:, 1]), (columns, places[:, 0])):
        assert abs(found.min() - wanted.min()) < 6
        assert abs(found.max() - wanted.max()) < 6


def test_a_nearer_solid_surface_hides_a_farther_one(draw: Draw) -> None:
    scene = Scene(phantom_atlas(), view="left").add_region("TH", opacity=1.0).add_region("SSp", opacity=1.0)
    in_front = draw(scene)[pixel_of(scene, IN_VPM)]
    np.testing.assert_allclose(hue(in_front), hue(np.array([24, 128, 100])), atol=0.08)
    behind = draw(scene.hide_layer("SSp"))[pixel_of(scene, IN_VPM)]
    np.testing.assert_allclose(hue(behind), hue(np.array([255, 112, 128])), atol=0.08)


def test_a_hidden_layer_is_not_drawn(draw: Draw) -> None:
    scene = Scene(phantom_atlas(), view="left")
    empty = draw(scene)
    scene.add_annotation().add_region("TH").add_points([IN_VPM]).add_insertions([IN_VPM], [IN_CP])
    assert np.any(draw(scene) != empty)
    for layer in scene.layers:
        scene.hide_layer(layer.name)
    np.testing.assert_array_equal(draw(scene), empty)


def test_points_are_drawn_where_they_are_in_their_colour(draw: Draw) -> None:
    places = np.array([[0.003, 0.001, -0.002], [-0.003, -0.004, -0.005], [np.nan, 0, 0]])
    scene = Scene(phantom_atlas(), view="dorsal")
    empty = draw(scene)
    scene.add_points(places, rgb=(0, 255, 0), size=20)
    changed = np.abs(draw(scene) - empty).sum(axis=-1) > 60
    for place in places[:2]:
        row, column = pixel_of(scene, place)
        assert changed[row, column]
        assert np.argmax(draw(scene)[row, column]) == 1
    assert changed.sum() < 150


def test_a_point_inside_a_translucent_surface_shines_through(draw: Draw) -> None:
    scene = Scene(phantom_atlas(), view="left").add_region("TH", opacity=0.4)
    scene.add_points([IN_VPM * [-1, 1, 1]], rgb=(0, 255, 0), size=20)
    red, green, _ = draw(scene)[pixel_of(scene, IN_VPM)]
    assert green > red > 20


def test_a_track_is_drawn_from_entry_to_tip(draw: Draw) -> None:
    entry, tip = np.array([0.002, -0.002, 0.0]), np.array([0.002, 0.001, -0.006])
    scene = Scene(phantom_atlas(), view="left")
    empty = draw(scene)
    changed = np.abs(draw(scene.add_insertions([entry], [tip], rgb=(255, 255, 255))) - empty).sum(axis=-1) > 60
    for share in (0.05, 0.5, 0.95):
        row, column = pixel_of(scene, entry + share * (tip - entry))
        assert changed[row - 1 : row + 2, column - 1 : column + 2].any()


def test_the_same_scene_gives_the_same_picture(draw: Draw) -> None:
    scene = Scene().add_annotation(phantom_atlas()).add_region("TH").add_points([IN_VPM])
    np.testing.assert_array_equal(draw(scene), draw(scene))


def test_both_renderers_agree_on_what_is_where() -> None:
    scene = Scene().add_annotation(phantom_atlas()).add_region("TH", opacity=0.6).add_region("CP", opacity=0.6)
    difference = np.abs(draw_with_opengl(scene) - draw_with_numpy(scene)).max(axis=-1)
    assert np.mean(difference > 60) < 0.02


def test_a_window_follows_its_scene() -> None:
    scene = Scene(phantom_atlas(), view="left").add_region("TH", opacity=1.0)
    try:
        window = Window(scene, SIZE)
    except NoOpenGL as error:
        pytest.skip(str(error))
    with window:
        before = window.draw()
        scene.update("TH", rgb=(0, 0, 255))
        row, column = pixel_of(scene, IN_VPM)
        assert np.argmax(before[row, column]) == 0
        assert np.argmax(window.draw()[row, column]) == 2
        scene.look_from("dorsal").add_points([IN_VPM * [-1, 1, 1]], rgb=(0, 255, 0), size=30).remove("TH")
        row, column = pixel_of(scene, IN_VPM * [-1, 1, 1])
        assert np.argmax(window.draw()[row, column]) == 1


def test_a_picture_is_lettered_and_written(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    scene = Scene(title="Phantom").add_annotation(phantom_atlas(32)).add_region("TH")
    first = scene.save(tmp_path / "scene.png", size=(480, 300)).read_bytes()
    with image.open(tmp_path / "scene.png") as picture:
        assert picture.size == (480, 300)
    assert scene.save(tmp_path / "again.png", size=(480, 300)).read_bytes() == first
    scene.title = "Another title"
    assert scene.save(tmp_path / "again.png", size=(480, 300)).read_bytes() != first


@pytest.mark.parametrize("size", [(8, 300), (300, 40_000)])
def test_a_picture_of_no_sensible_size_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    with pytest.raises(ViewerError, match="16 to 30000 pixels"):
        Scene(phantom_atlas()).save(tmp_path / "scene.png", size=size)
    assert list(tmp_path.iterdir()) == []
