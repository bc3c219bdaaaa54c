"""Volumes and slices drawn small: is what the scene says at the pixel where it should be?"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from bregma.atlas import Atlas, phantom_atlas
from bregma.viewer import ImageVolume, Plane, Scene, Transfer
from bregma.viewer.render.camera import MM, place_camera
from bregma.viewer.render.window import Window

SIZE = (240, 200)
IN_CP = np.array([0.0020, 0.0005, -0.0034])
IN_VPM = np.array([0.0011, -0.0017, -0.0039])


def atlas_with_template() -> Atlas:
    atlas = phantom_atlas(32)
    template = np.asfortranarray((atlas.labels > 0).astype(np.uint16) * 100)
    template[atlas.mask("CP")] = 400
    return replace(atlas, template=template)


@pytest.fixture
def draw(opengl: None) -> Iterator[object]:
    windows: list[Window] = []

    def see(scene: Scene) -> np.ndarray:
        known = next((window for window in windows if window.scene is scene), None)
        if known is None:
            windows.append(known := Window(scene, SIZE))
        return known.draw().astype(int)

    yield see
    for window in windows:
        window.close()


def at(scene: Scene, image: np.ndarray, xyz: np.ndarray) -> np.ndarray:
    column, row, _ = place_camera(scene, SIZE).project(xyz * MM, SIZE)
    return image[int(row), int(column)]


def rgb_of(atlas: Atlas, acronym: str) -> list[int]:
    return atlas.regions.rgb[atlas.regions.row(acronym)].tolist()


def test_a_solid_annotation_has_exactly_the_colours_of_the_atlas_up_to_the_edges(draw) -> None:
    atlas = phantom_atlas(32)
    scene = Scene(atlas, view="left")
    background = draw(scene)
    image = draw(scene.add_annotation(opacity=1.0))
    seen = (image != background).any(axis=-1)
    palette = {tuple(colour) for colour in atlas.regions.rgb[np.unique(atlas.labels)].tolist()}
    exact = np.array([tuple(colour) in palette for colour in image[seen].tolist()])
    assert len(exact) > 3000
    assert exact.mean() > 0.93
    # What is not exact lies beside another colour: nothing inside of a region is mixed.
    inside = seen[1:-1, 1:-1].copy()
    for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        inside &= (np.roll(image, (dy, dx), axis=(0, 1)) == image).all(axis=-1)[1:-1, 1:-1]
    assert {tuple(colour) for colour in image[1:-1, 1:-1][inside].tolist()} <= palette


def test_every_pixel_of_a_slice_is_in_the_palette_straight_or_free(draw) -> None:
    atlas = phantom_atlas()
    palette = {tuple(colour) for colour in atlas.regions.rgb[np.unique(atlas.labels)].tolist()}
    for normal in ((0.0, 1.0, 0.0), (0.3, 1.0, 0.4)):
        scene = Scene(atlas, view="anterior")
        background = draw(scene)
        image = draw(scene.slice(name="Cut", origin=(0, -0.001, 0), normal=normal, outlines=False))
        seen = image[(image != background).any(axis=-1)]
        assert len(seen) > 2000
        assert {tuple(colour) for colour in seen.tolist()} <= palette


def test_a_moved_slice_shows_what_is_there(draw) -> None:
    atlas = phantom_atlas()
    scene = Scene(atlas, view="anterior").slice("coronal", ap=0.0005, outlines=False)
    assert at(scene, draw(scene), IN_CP).tolist() == rgb_of(atlas, "CP")
    scene.move_slice("Coronal", (0.0, -0.0017, 0.0))
    assert at(scene, draw(scene), IN_VPM).tolist() == rgb_of(atlas, "VPM")
    background = draw(Scene(atlas, view="anterior"))
    scene.move_slice("Coronal", (0.0, 0.05, 0.0))
    assert (draw(scene) == background).all()


def test_a_slice_has_the_colours_of_a_mapping_and_of_values(draw) -> None:
    atlas = phantom_atlas()
    scene = Scene(atlas, view="anterior").slice("coronal", ap=-0.0017, outlines=False, mapping="Cosmos")
    assert at(scene, draw(scene), IN_VPM).tolist() == rgb_of(atlas, "TH")
    scene.map_values({"TH": 1.0, "MB": 0.0}, colormap="gray")
    assert at(scene, draw(scene), IN_VPM).tolist() == [255, 255, 255]


def test_outlines_lie_on_borders_and_not_inside(draw) -> None:
    scene = Scene(phantom_atlas(), view="anterior").slice("coronal", ap=0.0005)
    lined = draw(scene)
    plain = draw(scene.update("Coronal", outlines=False))
    changed = (lined != plain).any(axis=-1)
    assert 100 < changed.sum() < 3000
    assert not at(scene, changed[..., None], IN_CP)


def test_values_of_an_annotation_change_with_time_and_not_its_voxels(draw) -> None:
    atlas = phantom_atlas(32)
    scene = Scene(atlas, view="left").add_annotation(opacity=1.0)
    scene.map_values(np.array([[0.0], [1.0]]), ["grey"], times=[0.0, 1.0], colormap="gray")
    outside = np.array([-0.004, -0.001, -0.003])
    assert at(scene, draw(scene), outside).tolist() == [0, 0, 0]
    assert at(scene, draw(scene.change(moment=1.0)), outside).tolist() == [255, 255, 255]


def test_one_hemisphere_and_what_is_shown_are_drawn_alone(draw) -> None:
    atlas = phantom_atlas(32)
    scene = Scene(atlas, view="dorsal")
    background = draw(scene)
    scene.add_annotation(opacity=1.0, hemisphere="left")
    seen = (draw(scene) != background).any(axis=-1)
    middle = int(place_camera(scene, SIZE).project(np.zeros(3), SIZE)[0])
    assert seen[:, : middle - 8].sum() > 1000
    assert not seen[:, middle + 8 :].any()
    scene.update("Annotation", hemisphere="both", shown=("CP",))
    assert at(scene, draw(scene), IN_CP).tolist() == rgb_of(atlas, "CP")
    assert (at(scene, draw(scene), IN_VPM) == at(scene, background, IN_VPM)).all()


def test_a_hollow_annotation_is_empty_inside(draw) -> None:
    scene = Scene(phantom_atlas(), view="left").add_annotation(opacity=0.5)
    full = draw(scene)
    hollow = draw(scene.update("Annotation", hollow=True))
    background = draw(Scene(phantom_atlas(), view="left"))
    assert np.abs(hollow - background).sum() < 0.9 * np.abs(full - background).sum()
    assert (draw(scene.update("Annotation", hollow=False)) == full).all()


def test_light_falls_on_a_solid_annotation_and_leaves_its_outline_and_colours(draw) -> None:
    scene = Scene(phantom_atlas(32), view="left")
    background = draw(scene)
    flat = draw(scene.add_annotation(opacity=1.0))
    lit = draw(scene.update("Annotation", shading=True))
    outline, lit_outline = ((image != background).any(axis=-1) for image in (flat, lit))
    assert (outline != lit_outline).mean() < 0.08
    place = np.array([0.0, -0.0013, -0.0020])
    for image in (lit, draw(scene.map_values({"grey": 0.0, "fiber tracts": 0.0}, colormap="Reds_r"))):
        seen = at(scene, image, place)
        assert seen.max() > 30
    assert seen[0] > 3 * seen[1]


def test_regions_without_a_value_are_fainter(draw) -> None:
    scene = Scene(phantom_atlas(32), view="left")
    background = draw(scene)
    scene.add_annotation(opacity=0.6).map_values({"MOB": 1.0})
    faint = np.abs(draw(scene) - background).sum()
    solid = np.abs(draw(scene.update("Annotation", missing_opacity=1.0)) - background).sum()
    assert faint < 0.5 * solid


def test_a_crop_takes_away_what_is_outside_of_the_box(draw) -> None:
    scene = Scene(phantom_atlas(32), view="left")
    background = draw(scene)
    scene.add_annotation(opacity=1.0).crop(ap=(0.0, None))
    seen = (draw(scene) != background).any(axis=-1)
    front = int(place_camera(scene, SIZE).project(np.zeros(3), SIZE)[0])
    assert seen[:, : front - 4].any()
    assert not seen[:, front + 4 :].any()
    assert (draw(scene.unclip()) != background).any(axis=-1)[:, front + 4 :].any()


def test_a_brain_cut_open_at_a_slice_shows_the_slice(draw) -> None:
    atlas = phantom_atlas()
    scene = Scene(atlas, view="anterior").add_annotation(opacity=1.0).slice("coronal", ap=0.0005, outlines=False)
    scene.map_values({"CP": 1.0}, layers=["Coronal"], colormap="gray", limits=(0, 1))
    assert at(scene, draw(scene), IN_CP).tolist() != [255, 255, 255]
    assert at(scene, draw(scene.clip("Coronal", flip=True)), IN_CP).tolist() == [255, 255, 255]


def test_a_layer_that_is_not_clipped_stays_whole(draw) -> None:
    scene = Scene(phantom_atlas(32), view="left").add_region("root", opacity=1.0).slice("sagittal")
    whole = draw(scene)
    scene.crop(ap=(0.0, None)).update("root", clipped=False).update("Sagittal", clipped=False)
    assert (draw(scene) == whole).all()


@pytest.mark.parametrize("blend", ["composite", "maximum", "average", "isosurface"])
def test_an_image_is_bright_where_it_is_high(draw, blend: str) -> None:
    scene = Scene(atlas_with_template(), view="dorsal")
    background = draw(scene)
    steep = Transfer(limits=(0, 400), opacity=((0, 0), (0.3, 0), (0.5, 1), (1, 1)))
    scene.add_template(blend=blend, transfer=steep, isovalues=(300.0,) if blend == "isosurface" else ())
    changed = np.abs(draw(scene) - background).sum(axis=-1)
    assert at(scene, changed[..., None], IN_CP) > 100
    if blend != "average":
        assert at(scene, changed[..., None], np.array([0.0, -0.006, -0.003])) < 20


def test_an_image_can_be_shaded_hollow_and_faint(draw) -> None:
    scene = Scene(atlas_with_template(), view="dorsal").add_template()
    changes = ({}, {"shading": True}, {"transfer": Transfer(gradient=1.0)}, {"opacity": 0.2})
    seen = [draw(scene.update("Template", **change)) for change in changes]
    assert all((one != other).any() for one, other in pairwise(seen))


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float16", "float64", ">u2", "bool"])
def test_images_of_every_type_are_drawn(draw, dtype: str) -> None:
    image = np.zeros((8, 8, 8))
    image[2:6, 2:6, 2:6] = 1
    scene = Scene(view="dorsal")
    place = {"origin": (-0.002, -0.002, -0.002), "spacing": (0.0005,) * 3}
    scene.add_volume(image.astype(dtype), limits=(0, 1), **place)
    seen = draw(scene)
    assert at(scene, seen, np.array([-0.0003, -0.0003, -0.0003])).sum() > 150


def test_nan_in_an_image_is_not_drawn(draw) -> None:
    image = np.full((8, 8, 8), np.nan)
    scene = Scene(view="dorsal").add_volume(
        np.ones((8, 8, 8)), name="There", origin=(-0.002,) * 3, spacing=(0.0005,) * 3
    )
    scene.hide_layer("There")
    background = draw(scene)
    scene.add_volume(image, limits=(0, 1), origin=(-0.002,) * 3, spacing=(0.0005,) * 3)
    assert (draw(scene) == background).all()


def test_a_changing_image_shows_the_volume_of_its_moment_also_on_slices(draw) -> None:
    atlas = phantom_atlas(32)
    image = np.zeros((2, 32, 32, 32), dtype=np.float32)
    image[1][atlas.mask("CP")] = 1.0
    scene = Scene(atlas, view="dorsal").add_volume(image, name="Rate", times=[0.0, 1.0], limits=(0, 1))
    scene.slice("coronal", ap=0.0005, of="Rate", name="Cut").hide_layer("Cut")
    dark = at(scene, draw(scene), IN_CP).sum()
    assert at(scene, draw(scene.change(moment=1.0)), IN_CP).sum() > dark + 100
    scene.show_layer("Cut").hide_layer("Rate").look_from("anterior")
    assert at(scene, draw(scene), IN_CP).tolist() == [255, 255, 255]
    assert at(scene, draw(scene.change(moment=0.0)), IN_CP).tolist() == [0, 0, 0]


def test_a_slice_follows_the_colours_of_the_volume_it_cuts(draw) -> None:
    atlas = atlas_with_template()
    scene = Scene(atlas, view="anterior").add(ImageVolume(name="T", image=atlas.template, **place_of(atlas)))
    scene.slice("coronal", ap=0.0005, of="T", outlines=False).hide_layer("T")
    before = at(scene, draw(scene), IN_CP)
    scene.update("T", transfer=Transfer(colormap="Reds_r"))
    assert (at(scene, draw(scene), IN_CP) != before).any()


def test_a_slice_of_a_volume_that_is_taken_out_is_empty(draw) -> None:
    atlas = phantom_atlas(32)
    scene = Scene(atlas, view="anterior")
    background = draw(scene)
    scene.add_volume(np.ones((32, 32, 32)), name="Density").slice("coronal", ap=0.0005, of="Density").hide_layer(
        "Density"
    )
    assert (draw(scene) != background).any()
    assert (draw(scene.remove("Density")) == background).all()
    assert (draw(scene.change(moment=1.0).undo()) != background).any()


def test_labels_over_the_template_mix_with_it(draw) -> None:
    atlas = atlas_with_template()
    scene = Scene(atlas, view="anterior").slice("coronal", ap=0.0005, of="both", outlines=False, labels_opacity=0.0)
    red, green, blue = at(scene, draw(scene), IN_CP)
    assert red == green == blue == 255
    mixed = at(scene, draw(scene.update("Coronal", labels_opacity=1.0)), IN_CP)
    np.testing.assert_allclose(mixed, rgb_of(atlas, "CP"), atol=2)


def place_of(atlas: Atlas) -> dict[str, tuple[float, float, float]]:
    return {"origin": atlas.origin, "spacing": (atlas.spacing,) * 3}


def test_a_plane_that_cuts_says_where(draw) -> None:
    scene = Scene(phantom_atlas(32), view="left").add_annotation(opacity=1.0)
    scene.clip(Plane(origin=(0, 0, -0.004), normal=(0, 0, 1)))
    image = draw(scene)
    below = np.array([0.0, -0.001, -0.0055])
    assert (at(scene, image, below) == at(scene, draw(Scene(phantom_atlas(32), view="left")), below)).all()
