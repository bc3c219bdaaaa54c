from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bregma.atlas import AtlasNotFound, InvalidAtlas, Trajectory, phantom_atlas
from bregma.atlas import Plane as AtlasPlane
from bregma.viewer import ImageVolume, InvalidLayer, NoAtlas, Plane, Scene, Slice

PLACE = {"origin": (0.0, 0.0, 0.0), "spacing": (1e-4, 1e-4, 1e-4)}


def image_of(scene: Scene, name: str) -> ImageVolume:
    layer = scene.layer(name)
    assert isinstance(layer, ImageVolume)
    return layer


def test_a_volume_on_the_voxels_of_the_atlas_lies_where_the_atlas_lies() -> None:
    atlas = phantom_atlas(16)
    layer = image_of(Scene(atlas).add_volume(np.ones((16, 16, 16)), name="Density", colormap="magma"), "Density")
    assert layer.origin == atlas.origin
    assert layer.spacing == pytest.approx((atlas.spacing,) * 3)
    assert layer.transfer.colormap == "magma"


def test_a_volume_that_lies_nowhere_is_refused() -> None:
    with pytest.raises(InvalidLayer, match=r"spacing= and origin=, in metres"):
        Scene(phantom_atlas(16)).add_volume(np.ones((4, 5, 6)))
    with pytest.raises(InvalidLayer, match="micrometres"):
        Scene().add_volume(np.ones((4, 5, 6)), origin=(5000.0, 0, 0), spacing=(1e-4,) * 3)


@pytest.mark.parametrize("image", [np.ones((3, 3)), np.empty((0, 3, 3)), np.array([[["a"]]])])
def test_what_is_no_volume_is_refused(image: np.ndarray) -> None:
    with pytest.raises(InvalidLayer, match="is a volume"):
        Scene().add_volume(image, **PLACE)


def test_a_changing_volume_needs_its_times() -> None:
    with pytest.raises(InvalidLayer, match="times="):
        Scene().add_volume(np.ones((2, 3, 3, 3)), **PLACE)
    with pytest.raises(InvalidLayer, match="rising times"):
        Scene().add_volume(np.ones((2, 3, 3, 3)), times=[1.0, 0.0], **PLACE)
    assert Scene().add_volume(np.ones((2, 3, 3, 3)), times=[0.0, 4.0], **PLACE).span == (0.0, 4.0)


def test_a_volume_is_kept_as_it_was_given_and_as_it_is_drawn() -> None:
    given = np.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5)
    kept = image_of(Scene().add_volume(given, times=[0.0, 1.0], name="Rate", **PLACE), "Rate").image
    assert kept is not None
    assert kept[1].flags.f_contiguous
    given[:] = 0
    assert kept.ravel().tolist() == list(range(120))
    fixed = np.ones((3, 3, 3))
    fixed.flags.writeable = False
    assert image_of(Scene().add_volume(fixed, name="Fixed", **PLACE), "Fixed").image is fixed


def test_a_file_is_turned_to_right_front_up(tmp_path: Path) -> None:
    nrrd = pytest.importorskip("nrrd")
    stored = np.zeros((4, 3, 2), dtype=np.uint16)  # front to back, top to bottom, left to right
    stored[0, 0, 1] = 7  # front, top, right
    path = tmp_path / "expression.nrrd"
    nrrd.write(str(path), stored, {"space directions": np.eye(3) * 200, "space dimension": 3})
    layer = image_of(Scene().add_volume(path), "expression")
    assert layer.image is not None
    assert np.argwhere(layer.image).tolist() == [[1, 3, 2]]
    assert layer.spacing == pytest.approx((200e-6,) * 3)
    # The first voxel of the file is the front, top, left corner of the CCF.
    left_front_top = np.array(layer.origin) + np.array(layer.spacing) * [0, 3, 2]
    np.testing.assert_allclose(left_front_top, [-0.005739, 0.0054, 0.000332], atol=1e-9)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AtlasNotFound, match="no volume at"):
        Scene().add_volume(tmp_path / "there.nrrd")
    (tmp_path / "notes.txt").write_text("no volume")
    with pytest.raises(InvalidAtlas, match="no volume by its name"):
        Scene().add_volume(tmp_path / "notes.txt")
    np.save(tmp_path / "plain.npy", np.ones((3, 4, 5)))
    with pytest.raises(InvalidLayer, match="how large a voxel is"):
        Scene().add_volume(tmp_path / "plain.npy")
    assert Scene().add_volume(tmp_path / "plain.npy", spacing=(1e-4,) * 3).layers[0].name == "plain"


def test_a_template_that_is_not_there_is_asked_for() -> None:
    scene = Scene(replace(phantom_atlas(16), template=None))
    for add in (scene.add_template, lambda: scene.slice("coronal", of="template")):
        with pytest.raises(NoAtlas, match="template=True"):
            add()
    assert not scene.layers


def test_a_slice_of_what_is_not_there_is_refused() -> None:
    scene = Scene().add_volume(np.ones((3, 3, 3)), name="Density", **PLACE)
    with pytest.raises(InvalidLayer, match="annotation, template, both, Density"):
        scene.add(Slice(name="Cut", of="Densty"))
    assert scene.add(Slice(name="Cut", of="Density")).layer("Cut")


def test_a_box_cuts_at_the_sides_that_are_given() -> None:
    scene = Scene().crop(ml=(0.0, None), ap=(-0.004, 0.002))
    assert scene.state.clipping == (
        Plane(origin=(0, 0, 0), normal=(1, 0, 0)),
        Plane(origin=(0, -0.004, 0), normal=(0, 1, 0)),
        Plane(origin=(0, 0.002, 0), normal=(0, -1, 0)),
    )
    assert scene.unclip().state.clipping == ()
    assert len(scene.undo().state.clipping) == 3


@pytest.mark.parametrize(("box", "words"), [({"ap": (0.002, -0.002)}, "less to more"), ({"dv": (-2, 0)}, "divide by")])
def test_a_box_that_is_none_is_refused(box: dict[str, tuple[float, float]], words: str) -> None:
    with pytest.raises(InvalidLayer, match=words):
        Scene().crop(**box)


def test_a_scene_is_cut_at_a_slice_and_by_six_planes_at_most() -> None:
    scene = Scene().add(Slice(name="Cut", origin=(0, 0.001, 0))).clip("Cut", flip=True)
    assert scene.state.clipping == (Plane(origin=(0, 0.001, 0), normal=(0, -1, 0)),)
    for _ in range(5):
        scene.clip(Plane(origin=(0, 0, 0), normal=(1, 0, 0)))
    with pytest.raises(InvalidLayer, match="6 planes"):
        scene.clip(Plane(origin=(0, 0, 0), normal=(1, 0, 0)))
    with pytest.raises(InvalidLayer, match="no slice"):
        scene.add_volume(np.ones((3, 3, 3)), name="Density", **PLACE).clip("Density")


def test_a_plane_of_the_atlas_is_a_slice_as_it_is() -> None:
    atlas = phantom_atlas(16)
    line = Trajectory((-0.002, -0.002, 0.0), (0.0, 0.3, -1.0))
    scene = Scene(atlas).slice(AtlasPlane.along(atlas.grid, line)).slice(AtlasPlane.cut(atlas.grid, "sagittal", 0.001))
    tilted, flat = scene.layers
    assert isinstance(tilted, Slice)
    assert isinstance(flat, Slice)
    assert (tilted.name, flat.name) == ("Tilted", "Sagittal")
    away = np.array(tilted.normal)
    assert away @ line.vector == pytest.approx(0)
    assert away @ (line.point - tilted.origin) == pytest.approx(0)
    assert abs(flat.normal[0]) == 1
    with pytest.raises(InvalidLayer, match="and no plane"):
        scene.slice(AtlasPlane.cut(atlas.grid, "sagittal", 0.001), ml=0.0)
