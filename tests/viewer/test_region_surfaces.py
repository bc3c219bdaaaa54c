"""All regions at once: which triangles are drawn, in which colours, and how their mesh is kept."""

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bregma.atlas import Atlas, MappingNotFound, Placement, RegionNotFound, make_atlas, make_regions, phantom_atlas
from bregma.viewer import InvalidLayer, NoOpenGL, RegionSurface, RegionSurfaces, Scene, Values
from bregma.viewer.render.camera import MM, place_camera
from bregma.viewer.render.drawn import Hit
from bregma.viewer.render.nets import Net, cast_net
from bregma.viewer.render.skin import closed_skins, outer_skin
from bregma.viewer.render.surfaces import KEEPER, make_surfaces, region_surfaces
from bregma.viewer.render.window import Window

SIZE = (240, 240)
IN_VPM = np.array([0.0011, -0.0017, -0.0039])
IN_MOB = np.array([0.0009, 0.0034, -0.0034])


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return phantom_atlas(80)


@pytest.fixture(scope="module")
def mesh(atlas: Atlas) -> Net:
    return make_surfaces(atlas, atlas.regions.mapping("Allen-lr"))


def visible_rows(atlas: Atlas, *acronyms: str) -> np.ndarray:
    visible = np.zeros(len(atlas.regions), dtype=bool)
    visible[atlas.regions.descendants(list(acronyms))] = True
    return visible


def enclosed_volume(vertices: np.ndarray, faces: np.ndarray) -> float:
    corners = vertices[faces].astype(float)
    return float(np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))) / 6


def is_closed(faces: np.ndarray) -> bool:
    """Whether each edge is met as often in one direction as in the other."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).tolist()
    ways = Counter(map(tuple, edges))
    return all(ways[b, a] == n for (a, b), n in ways.items())


def voxel_volume(atlas: Atlas, mask: np.ndarray) -> float:
    return float(mask.sum() * (atlas.spacing * MM) ** 3)


def test_the_skin_of_all_regions_encloses_the_brain_and_nothing_of_its_inside(atlas: Atlas, mesh: Net) -> None:
    skin = outer_skin(mesh, visible_rows(atlas, "root"))
    assert is_closed(skin.faces)
    assert enclosed_volume(skin.vertices, skin.faces) == pytest.approx(voxel_volume(atlas, atlas.labels > 0), rel=0.05)
    assert "VPM" not in {atlas.regions.acronyms[row] for row in np.unique(skin.face_rows)}


def test_a_hidden_neighbour_bares_what_lay_behind_it(atlas: Atlas, mesh: Net) -> None:
    skin = outer_skin(mesh, visible_rows(atlas, "TH"))
    assert {atlas.regions.acronyms[row] for row in np.unique(skin.face_rows)} == {"VPM", "MD"}
    assert is_closed(skin.faces)
    assert enclosed_volume(skin.vertices, skin.faces) == pytest.approx(voxel_volume(atlas, atlas.mask("TH")), rel=0.25)


def test_each_closed_skin_encloses_its_region(atlas: Atlas, mesh: Net) -> None:
    skin = closed_skins(mesh, visible_rows(atlas, "root"))
    for acronym in ("CP", "MOB", "VPM"):
        for side in ("left", "right"):
            faces = skin.faces[skin.face_rows == atlas.regions.row(acronym, hemisphere=side)]
            wanted = voxel_volume(atlas, atlas.mask(acronym, hemisphere=side))
            assert is_closed(faces)
            assert enclosed_volume(skin.vertices, faces) == pytest.approx(wanted, rel=0.25)


def test_closed_skins_share_no_vertex(atlas: Atlas, mesh: Net) -> None:
    skin = closed_skins(mesh, visible_rows(atlas, "root"))
    np.testing.assert_array_equal(skin.vertex_rows[skin.faces], np.repeat(skin.face_rows[:, None], 3, axis=1))
    assert np.unique(skin.faces).size == len(skin.vertices)


def test_surfaces_stay_closed_where_voxels_meet_at_an_edge_only() -> None:
    noise = np.pad((np.random.default_rng(5).random((9, 9, 9)) < 0.4).astype(np.uint8), 2)
    net = cast_net(noise, np.zeros(3), 1.0, steps=8)
    assert is_closed(net.faces)
    assert net.owners.tolist() == [[1, 0]] * len(net.faces)


def test_nothing_visible_is_an_empty_skin(atlas: Atlas, mesh: Net) -> None:
    nothing = np.zeros(len(atlas.regions), dtype=bool)
    assert len(outer_skin(mesh, nothing).faces) == len(closed_skins(mesh, nothing).faces) == 0


def test_the_mesh_of_a_large_atlas_is_kept_and_mended(tmp_path: Path) -> None:
    atlas = phantom_atlas(104)
    made = region_surfaces(atlas, "Cosmos", 50.0, tmp_path)
    wait_until_kept()
    (kept,) = tmp_path.iterdir()
    region_surfaces.cache_clear()
    read = region_surfaces(atlas, "Cosmos", 50.0, tmp_path)
    for name in ("vertices", "faces", "owners"):
        np.testing.assert_array_equal(getattr(read, name), getattr(made, name))
    kept.write_bytes(kept.read_bytes()[:5000])
    region_surfaces.cache_clear()
    np.testing.assert_array_equal(region_surfaces(atlas, "Cosmos", 50.0, tmp_path).faces, made.faces)
    wait_until_kept()


def wait_until_kept() -> None:
    for thread in threading.enumerate():
        if thread.name == KEEPER:
            thread.join()


def test_a_mesh_that_cannot_be_kept_is_made_anyway(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert len(region_surfaces(phantom_atlas(104), "Cosmos", 50.0, tmp_path / "file").faces)


@pytest.fixture(scope="module")
def window(atlas: Atlas) -> Iterator[Window]:
    scene = Scene(atlas, view="dorsal").add(RegionSurfaces(mapping="Allen"))
    try:
        with Window(scene, SIZE) as window:
            yield window
    except NoOpenGL as error:
        pytest.skip(str(error))


def seen_at(window: Window, xyz: np.ndarray, **look: object) -> np.ndarray:
    fresh = {"opacity": 1.0, "explode": 0.0, "shown": (), "hemisphere": "both", "values": None, "mapping": "Allen"}
    window.scene.update("Regions", **fresh | look)
    column, row, _ = place_camera(window.scene, SIZE).project(xyz * MM, SIZE)
    rgb = window.draw()[int(row), int(column)].astype(float)
    return rgb / max(float(np.linalg.norm(rgb)), 1.0)


def hue(*rgb: int) -> np.ndarray:
    return np.array(rgb) / np.linalg.norm(rgb)


def values_of(atlas: Atlas, numbers: dict[int, float]) -> Values:
    data = np.full(len(atlas.regions), np.nan)
    data[list(numbers)] = list(numbers.values())
    return Values(data=data, colormap="bwr", limits=(0.0, 1.0))


def test_regions_have_the_colours_of_the_atlas(window: Window) -> None:
    np.testing.assert_allclose(seen_at(window, IN_MOB), hue(154, 210, 189), atol=0.06)


def test_only_what_is_shown_is_drawn(window: Window) -> None:
    np.testing.assert_allclose(seen_at(window, IN_VPM, shown=("TH",)), hue(255, 128, 132), atol=0.1)
    background = seen_at(window, IN_VPM, shown=("MOB",))
    assert np.ptp(background) < 0.4


def test_one_hemisphere_is_drawn_alone(window: Window) -> None:
    left, right = (seen_at(window, IN_MOB * [side, 1, 1], hemisphere="left") for side in (-1, 1))
    np.testing.assert_allclose(left, hue(154, 210, 189), atol=0.06)
    assert np.abs(left - right).max() > 0.1


def test_values_colour_each_side_and_what_has_none_is_not_drawn(window: Window, atlas: Atlas) -> None:
    regions = atlas.regions
    sides = {regions.row("MOB"): 1.0, regions.row("MOB", hemisphere="left"): 0.0}
    values = values_of(atlas, sides)
    np.testing.assert_allclose(seen_at(window, IN_MOB, values=values), hue(255, 0, 0), atol=0.3)
    np.testing.assert_allclose(seen_at(window, IN_MOB * [-1, 1, 1], values=values), hue(0, 0, 255), atol=0.3)
    assert np.ptp(seen_at(window, IN_VPM, values=values)) < 0.4


def test_colours_change_without_making_the_triangles_anew(window: Window, atlas: Atlas) -> None:
    seen_at(window, IN_MOB)
    drawn = window.drawn("Regions")
    full = values_of(atlas, dict.fromkeys(range(len(atlas.regions)), 1.0))
    seen_at(window, IN_MOB, values=full)
    shown = window.drawn("Regions")
    window.scene.update("Regions", values=values_of(atlas, dict.fromkeys(range(len(atlas.regions)), 0.0)))
    assert window.drawn("Regions") is shown
    assert drawn.props != []


def test_regions_move_apart_from_the_middle(window: Window) -> None:
    place = IN_MOB + np.array([0, 0.0008, 0])
    seen_at(window, place, explode=0.4)
    moved = window.drawn("Regions").props[0].GetBounds()
    seen_at(window, place, explode=0.8)
    farther = window.drawn("Regions").props[0].GetBounds()
    assert farther[3] > moved[3] + 1.0


def test_a_hit_tells_region_and_value(window: Window, atlas: Atlas) -> None:
    seen_at(window, IN_MOB, values=values_of(atlas, {atlas.regions.row("MOB"): 0.25}))
    drawn = window.drawn("Regions")
    pick = drawn.describe(Hit(drawn.props[0], tuple(IN_MOB * MM), cell=0))
    assert pick is not None
    assert (pick.region, pick.label, pick.value) == ("MOB", "Main olfactory bulb", 0.25)
    assert drawn.describe(Hit(drawn.props[0], (0.0, 0.0, 0.0))) is None


def test_coarser_surfaces_are_drawn_while_many_are_turned(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bregma.viewer.render.regions._MANY_FACES", 10)
    fine = seen_at(window, IN_MOB, opacity=0.5)
    actor = window.drawn("Regions").props[0]
    n_fine = actor.GetMapper().GetInput().GetNumberOfPolys()
    window.set_dragging(True)
    assert actor.GetMapper().GetInput().GetNumberOfPolys() < n_fine / 4
    window.set_dragging(False)
    np.testing.assert_array_equal(fine, seen_at(window, IN_MOB, opacity=0.5))


def test_one_region_can_have_a_side_and_a_value(window: Window, atlas: Atlas) -> None:
    values = Values(data=np.array([[0.0], [1.0]]), times=np.array([0.0, 1.0]), colormap="bwr")
    layer = RegionSurface(name="bulb", acronym="MOB", rgb=(0, 255, 0), opacity=1.0, hemisphere="right", values=values)
    window.scene.add(layer).hide_layer("Regions")
    column, row, _ = place_camera(window.scene, SIZE).project(IN_MOB * MM, SIZE)
    first, second = (
        window.draw()[int(row), int(column)] for moment in (0.0, 1.0) if window.scene.change(moment=moment)
    )
    window.scene.remove("bulb").show_layer("Regions").change(moment=0.0)
    assert (np.argmax(first), np.argmax(second)) == (2, 0)


def test_what_regions_cannot_be_is_refused(atlas: Atlas) -> None:
    with pytest.raises(InvalidLayer, match="move apart by 0 or more, not -1"):
        RegionSurfaces(explode=-1.0)
    with pytest.raises(InvalidLayer, match="left, right, not 'top'"):
        RegionSurfaces(hemisphere="top")  # type: ignore[arg-type] # on purpose
    with pytest.raises(MappingNotFound, match="berryl"):
        region_surfaces(atlas, "Berryl", 50.0)


def test_regions_are_added_all_or_some() -> None:
    scene = Scene(phantom_atlas(16)).add_regions().add_regions("TH", "CP", mapping="Cosmos", opacity=0.3)
    every, some = scene.layers
    assert (every.name, every.mapping, every.shown) == ("Regions", "Beryl", ())
    assert (some.name, some.mapping, some.shown, some.opacity) == ("Regions 2", "Cosmos", ("TH", "CP"), 0.3)
    with pytest.raises(RegionNotFound, match="TH "):
        scene.add_regions("Thalmus")


def test_regions_of_a_small_brain_are_drawn_finely_and_each_by_itself() -> None:
    ids = np.ones((60, 30, 30), dtype=np.int32)
    fly = make_atlas(ids, make_regions([1], ["fly"]), Placement(5.0))
    (layer,) = Scene(fly).add_regions().layers
    assert (layer.mapping, layer.detail_um) == ("Allen", 1.5)
    assert place_camera(Scene(fly, view="dorsal"), (200, 100)).half_height == pytest.approx(0.3 / 2, rel=0.15)


def test_a_camera_shows_all_that_moved_apart(atlas: Atlas) -> None:
    scene = Scene(atlas).add(RegionSurfaces())
    together = place_camera(scene, SIZE).half_height
    assert place_camera(scene.update("Regions", explode=0.5), SIZE).half_height == pytest.approx(together * 1.5)


def test_a_region_is_added_with_its_side_and_its_value(atlas: Atlas) -> None:
    scene = Scene(atlas).add_region(-atlas.regions.ids[atlas.regions.row("MOB")], values=3.0, limits=(0, 5))
    layer = scene.layer("MOB (left)")
    assert isinstance(layer, RegionSurface)
    assert (layer.hemisphere, layer.values.data.tolist(), layer.values.limits) == ("left", [3.0], (0.0, 5.0))
    scene.add_region("CP", values=[1.0, 2.0], times=[0.0, 1.0], opacity=0.3)
    assert scene.layer("CP").values.data.tolist() == [[1.0], [2.0]]
