"""What a line of sight meets in volumes and on slices, known from the voxels; nothing is drawn."""

from dataclasses import replace

import numpy as np
import pytest

from bregma.atlas import phantom_atlas
from bregma.atlas.grid import Grid
from bregma.viewer import Pick, Plane, Scene
from bregma.viewer.render.camera import MM, place_camera
from bregma.viewer.render.drawers import draw_layer
from bregma.viewer.render.drawn import Drawn, World
from bregma.viewer.render.geometry import make_planes
from bregma.viewer.render.sight import Sight
from bregma.viewer.render.walking import find_brightest, find_starts, walk

pytest.importorskip("vtkmodules")

SIZE = (400, 300)
IN_CP = np.array([0.0020, 0.0005, -0.0034])


def draw(scene: Scene, name: str, moment: float = 0.0) -> Drawn:
    world = World(lambda: scene.atlas, scene.state.find, lambda: SIZE[1])
    drawn = draw_layer(scene.layer(name), world)
    drawn.follow(scene.layer(name), moment)
    return drawn


def sight_of(scene: Scene, xyz: np.ndarray) -> Sight:
    placement = place_camera(scene, SIZE)
    column, row, _ = placement.project(xyz * MM, SIZE).tolist()
    return Sight(placement, SIZE, (column, row))


def picks_of(scene: Scene, name: str, xyz: np.ndarray, moment: float = 0.0) -> list[Pick]:
    drawn = draw(scene, name, moment)
    hits = drawn.meet(sight_of(scene, xyz))
    assert hits is not None
    return [pick for hit in hits if (pick := drawn.describe(hit)) is not None]


def test_a_line_of_sight_meets_the_regions_in_their_order() -> None:
    scene = Scene(phantom_atlas(), view="right").add_annotation()
    path = np.stack([np.arange(0.0064, -0.0064, -1e-5), *(np.full(1280, part) for part in IN_CP[1:])], axis=1)
    rows = scene.atlas.rows_at(path)
    expected = [scene.atlas.regions.acronyms[row] for row in rows[find_starts(rows)]]
    assert [pick.region for pick in picks_of(scene, "Annotation", IN_CP)] == expected
    assert expected[0] == "SSp-bfd5"


def test_regions_of_a_mapping_are_met_as_one_and_those_not_shown_never() -> None:
    scene = Scene(phantom_atlas(), view="right").add_annotation(mapping="Cosmos", shown=("CP",), hemisphere="right")
    assert [pick.region for pick in picks_of(scene, "Annotation", IN_CP)] == ["CNU"]


def test_a_pick_tells_the_value_of_the_moment() -> None:
    scene = Scene(phantom_atlas(), view="right").add_annotation(shown=("CP",), hemisphere="right")
    scene.map_values(np.array([[1.0], [2.0]]), ["CP"], times=[0.0, 1.0])
    assert [pick.value for pick in picks_of(scene, "Annotation", IN_CP, moment=1.0)] == [2.0]


def test_what_is_cut_away_is_not_met() -> None:
    scene = Scene(phantom_atlas(), view="right").add_annotation()
    drawn = draw(scene, "Annotation")
    sight = sight_of(scene, IN_CP)
    drawn._cutters = [(IN_CP * MM, np.array([-1.0, 0.0, 0.0]))]  # only what is left of CP's middle remains
    first = drawn.describe(drawn.meet(sight)[0])
    assert first is not None
    assert first.region == "CP"
    assert first.xyz[0] == pytest.approx(IN_CP[0], abs=2e-4)


@pytest.mark.parametrize("normal", [(0.0, 1.0, 0.0), (0.2, 1.0, 0.3)])
def test_a_slice_tells_the_region_that_is_there(normal: tuple[float, float, float]) -> None:
    scene = Scene(phantom_atlas(), view="anterior").slice(name="Cut", origin=tuple(IN_CP), normal=normal)
    rng = np.random.default_rng(0)
    for offset in rng.uniform(-0.003, 0.003, (12, 3)) * [1, 0, 1]:
        sight = sight_of(scene, IN_CP + offset)
        met = sight.meet_plane(IN_CP * MM, normal)
        expected = str(scene.atlas.acronyms_at(met / MM))
        picks = picks_of(scene, "Cut", IN_CP + offset)
        # Of a free slice the pixels are those nearest to the voxels.
        near = {str(one) for one in scene.atlas.acronyms_at(met / MM + rng.uniform(-1e-4, 1e-4, (60, 3)))}
        assert (picks[0].region if picks else "void") in {expected} | (near if normal[0] else set())


def test_a_slice_of_values_tells_the_value() -> None:
    scene = Scene(phantom_atlas(), view="anterior").slice("coronal", ap=0.0005).map_values({"CP": 4.5})
    (pick,) = picks_of(scene, "Coronal", IN_CP)
    assert (pick.region, pick.value) == ("CP", 4.5)
    assert pick.xyz == pytest.approx(tuple(IN_CP), abs=1e-9)


def test_a_slice_of_the_template_tells_the_intensity() -> None:
    atlas = phantom_atlas(32)
    template = np.asfortranarray((atlas.labels > 0) * np.uint16(77))
    scene = Scene(replace(atlas, template=template), view="anterior").slice("coronal", ap=0.0005, of="template")
    (pick,) = picks_of(scene, "Coronal", IN_CP)
    assert (pick.region, pick.value) == ("CP", 77.0)
    assert picks_of(scene, "Coronal", np.array([0.0061, 0.0005, -0.0085])) == []


@pytest.mark.parametrize(("blend", "expected"), [("maximum", 9.0), ("composite", 5.0)])
def test_an_image_is_met_where_it_is_seen_most(blend: str, expected: float) -> None:
    image = np.zeros((11, 5, 5))
    image[8], image[3] = 5.0, 9.0
    scene = Scene(view="right").add_volume(
        image, name="Image", origin=(-5e-4, -2e-4, -2e-4), spacing=(1e-4,) * 3, limits=(0, 10), blend=blend
    )
    scene.update("Image", transfer=replace(scene.layer("Image").transfer, opacity=((0, 0), (0.4, 1), (1, 1))))
    drawn = draw(scene, "Image")
    world = World(lambda: scene.atlas, scene.state.find, lambda: SIZE[1], has_atlas=lambda: False)
    drawn.world = world
    (hit,) = drawn.meet(sight_of(scene, np.zeros(3)))
    pick = drawn.describe(hit)
    assert pick is not None
    assert (pick.value, pick.region) == (expected, "")


def test_a_line_walks_through_the_volume_and_not_beside_it() -> None:
    scene = Scene(view="right").add_points([[0.0, 0.0, 0.0]])
    grid = Grid((10, 10, 10), (-4.5e-4,) * 3, (1e-4,) * 3)
    places = walk(grid, sight_of(scene, np.zeros(3)))
    assert len(places) == 20
    assert np.all(np.diff(places[:, 0]) < 0)
    assert np.abs(places[:, 0]).max() < 5e-4
    assert len(walk(grid, sight_of(scene, np.array([0.0, 0.003, 0.0])))) == 0
    assert len(walk(grid, sight_of(scene, np.zeros(3)), [(np.zeros(3), np.array([1.0, 0.0, 0.0]))])) == 10


def test_what_is_behind_something_solid_is_not_seen() -> None:
    assert find_brightest(np.array([0.0, 0.1, 1.0, 1.0])) == 2
    assert find_brightest(np.array([0.6, 0.9])) == 0
    assert find_brightest(np.zeros(3)) is None
    assert find_brightest(np.empty(0)) is None


def test_a_cut_through_a_scene_does_not_take_the_slice_that_lies_in_it() -> None:
    scene = Scene(phantom_atlas(16)).slice("coronal", ap=0.001).clip("Coronal")
    drawn = draw(scene, "Coronal")
    drawn.clip(make_planes(scene.state.clipping))
    assert all(prop.GetMapper().GetClippingPlanes().GetNumberOfItems() == 0 for prop in drawn.props)
    scene.clip(Plane(origin=(0, 0, 0), normal=(1, 0, 0)))
    drawn.clip(make_planes(scene.state.clipping))
    assert all(prop.GetMapper().GetClippingPlanes().GetNumberOfItems() == 1 for prop in drawn.props)
