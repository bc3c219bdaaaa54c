import json
from pathlib import Path

import numpy as np
import pytest

from bregma.atlas import RegionNotFound, phantom_atlas
from bregma.viewer import Change, InvalidLayer, LayerNotFound, NoAtlas, Points, RegionSurface, Scene, ViewerError, What

IN_CP = [0.0024, 0.0009, -0.0034]


def phantom_scene() -> Scene:
    return Scene(title="A phantom").add_annotation(phantom_atlas()).add_region("TH").add_points([IN_CP], name="Units")


def test_layers_are_kept_in_the_order_they_were_added() -> None:
    assert [layer.name for layer in phantom_scene().layers] == ["Annotation", "TH", "Units"]


def test_a_scene_can_be_read_at_a_glance() -> None:
    assert repr(phantom_scene().hide_layer("TH")) == (
        "<Scene of phantom, 200 µm (no brain): Annotation, TH (hidden), Units>"
    )


def test_a_region_has_the_colour_of_the_atlas() -> None:
    layer = phantom_scene().layer("TH")
    assert isinstance(layer, RegionSurface)
    assert layer.rgb == (255, 112, 128)


def test_points_have_the_colour_of_their_region() -> None:
    layer = phantom_scene().layer("Units")
    assert isinstance(layer, Points)
    assert layer.rgb.tolist() == [[152, 214, 249]]


def test_unknown_region_is_refused_with_a_suggestion() -> None:
    with pytest.raises(RegionNotFound, match="did you mean TH"):
        phantom_scene().add_region("th")


def test_a_region_without_voxels_is_refused() -> None:
    with pytest.raises(InvalidLayer, match="no voxel of ENTl"):
        phantom_scene().add_region("ENTl")


def test_a_name_is_used_once() -> None:
    with pytest.raises(InvalidLayer, match="already has a layer 'TH'"):
        phantom_scene().add_region("TH")


def test_without_an_atlas_the_one_of_the_cache_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bregma.viewer.scene.building.load_atlas", phantom_atlas)
    assert Scene().add_region("TH").atlas is not None


def test_a_second_atlas_is_refused() -> None:
    with pytest.raises(InvalidLayer, match="start another Scene"):
        Scene(phantom_atlas(64)).add_annotation(phantom_atlas(32))


@pytest.mark.parametrize("opacity", [-0.1, 1.1, float("nan")])
def test_an_opacity_out_of_range_is_refused(opacity: float) -> None:
    with pytest.raises(InvalidLayer, match=r"between 0 and 1|finite"):
        phantom_scene().update("TH", opacity=opacity)


@pytest.mark.parametrize("rgb", [(1, 2), (0, 0, 256), (0.5, 0.5, 0.5)])
def test_what_is_no_colour_is_refused(rgb: tuple[int, int, int]) -> None:
    with pytest.raises(InvalidLayer, match="colour"):
        phantom_scene().add_region("CP", rgb=rgb)


def test_points_of_another_shape_are_refused() -> None:
    with pytest.raises(InvalidLayer, match=r"shape \(n, 3\)"):
        Scene().add_points([[1.0, 2.0]])


def test_the_array_that_was_given_is_neither_kept_nor_changed() -> None:
    given = np.array([IN_CP])
    layer = Scene().add_points(given).layer("Points")
    given[:] = 0
    assert isinstance(layer, Points)
    assert layer.xyz.tolist() == [IN_CP]
    with pytest.raises(ValueError, match="read-only"):
        layer.xyz[0] = 1


def test_an_unknown_layer_is_named_with_those_there_are() -> None:
    with pytest.raises(LayerNotFound, match="no layer 'CP'; this scene has Annotation, TH, Units"):
        phantom_scene().hide_layer("CP")


def test_a_listener_hears_of_every_change_until_it_stops() -> None:
    scene, heard = phantom_scene(), []
    stop = scene.follow(heard.append)
    scene.hide_layer("TH").look_from("dorsal").remove("Units").add_region("CP")
    stop()
    scene.show_layer("TH")
    assert heard == [
        Change(What.LAYER, "TH"),
        Change(What.CAMERA),
        Change(What.LAYER, "Units"),
        Change(What.LAYER, "CP"),
    ]


def test_a_scene_survives_json() -> None:
    scene = phantom_scene().hide_layer("TH").look_from("left")
    scene.add_insertions([[0, 0, 0]], [IN_CP], labels=("probe00",))
    again = Scene.from_dict(json.loads(json.dumps(scene.to_dict())))
    assert again.to_dict() == scene.to_dict()
    assert repr(again) == repr(scene)


def test_a_scene_is_saved_as_json(tmp_path: Path) -> None:
    path = phantom_scene().save(tmp_path / "scene.json")
    assert Scene.from_dict(json.loads(path.read_text())).title == "A phantom"


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ViewerError, match=r"\.png, \.jpg"):
        phantom_scene().save(tmp_path / "scene.tiff")


def test_a_scene_of_another_atlas_asks_for_it() -> None:
    entry = phantom_scene().to_dict()
    entry["atlas"] |= {"name": "Allen CCFv3, 25 µm", "is_phantom": False}
    with pytest.raises(NoAtlas, match="Allen CCFv3, 25 µm"):
        Scene.from_dict(entry)


def test_a_scene_of_another_version_is_refused() -> None:
    with pytest.raises(ViewerError, match="version 1"):
        Scene.from_dict(phantom_scene().to_dict() | {"version": 1})


@pytest.mark.parametrize("damage", [{"kind": "fog"}, {"kind": "points", "name": "x"}, {"colour": "red"}])
def test_a_damaged_layer_is_refused(damage: dict[str, str]) -> None:
    entry = phantom_scene().to_dict()
    entry["layers"][1] |= damage
    with pytest.raises(InvalidLayer):
        Scene.from_dict(entry)


def test_a_damaged_array_is_refused() -> None:
    entry = phantom_scene().to_dict()
    entry["layers"][2]["xyz"]["base64"] = "AAAA"
    with pytest.raises(InvalidLayer, match="not an array of a scene"):
        Scene.from_dict(entry)


def test_four_views_take_the_slices_that_are_there_and_link_them() -> None:
    scene = Scene(phantom_atlas(16)).slice("coronal", ap=-0.001, name="Mine").split("four")
    assert sorted(layer.name for layer in scene.layers) == ["Horizontal", "Mine", "Sagittal"]
    assert scene.state.cursor == pytest.approx((0.0, -0.001, -0.004))
    assert scene.layer("Mine").linked
    scene.undo()
    assert not scene.layer("Mine").linked
