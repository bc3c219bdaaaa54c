"""What is no scene is refused at the door, with the value and the way out; and what is messy is read."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bregma.atlas import phantom_atlas
from bregma.atlas.errors import AtlasError, InvalidCoordinates
from bregma.viewer import Camera, RegionSurface, Scene, ViewerError, fit_tracks

XYZ = np.array([[0.0, -0.002, -0.003], [0.001, -0.002, -0.004], [0.0, -0.001, -0.002]])


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(phantom_atlas(32))


REFUSED: dict[str, tuple[Callable[[Scene], Any], str]] = {
    "near field": (lambda s: s.add_region("CP", opacty=0.3), "did you mean opacity"),
    "near field of values": (lambda s: s.map_values({"CP": 1.0}, lable="Hz"), "did you mean label"),
    "text for a number": (lambda s: s.add_region("CP", opacity="half"), "finite number, not 'half'"),
    "array for a number": (lambda s: s.add_points(XYZ, size=np.ones(3)), "finite number"),
    "endless": (lambda s: s.add_points(XYZ, size=np.inf), "finite number, not inf"),
    "name of a colour": (lambda s: s.add_region("CP", rgb="red"), "0 to 255, not 'red'"),
    "one limit": (lambda s: s.add_points(XYZ, values=[1, 2, 3], limits=5), "2 finite numbers, not 5"),
    "three limits": (lambda s: s.add_points(XYZ, values=[1, 2, 3], limits=(1, 2, 3)), "2 finite numbers"),
    "no colour map": (lambda s: s.add_points(XYZ, values=[1, 2, 3], colormap=None), "colormap of a values"),
    "text for texts": (lambda s: s.add_annotation(shown="CP"), "list of texts, not 'CP'"),
    "numbers for values": (lambda s: s.add_regions(values=[1, 2]), "type Values"),
    "void": (lambda s: s.add_region("void"), "outside of the brain"),
    "ragged": (lambda s: s.add_points([[0, 0, 0], [1]]), "array of numbers"),
    "no layer": (lambda s: s.add("CP"), "holds layers"),
    "no region": (lambda s: s.add(RegionSurface(name="a", acronym="CPP", rgb=(1, 2, 3))), "or CP"),
    "no moment": (lambda s: s.change(moment=float("nan")), "moment of a scene"),
    "no camera": (lambda s: s.change(camera="left"), "type Camera"),
    "no events": (lambda s: s.change(events=(1.0,)), "type Event"),
    "no viewport": (lambda s: s.change(viewports=()), "one viewport"),
    "too far apart": (lambda s: s.add_points(XYZ, values=[1e308, -1e308, 0]), "limits of values"),
    "far cursor": (lambda s: s.change(cursor=(1000.0, 0.0, 0.0)), "micrometres"),
    "voxels in mm": (lambda s: s.add_volume(np.ones((2, 2, 2)), spacing=(0.2,) * 3, origin=(0, 0, 0)), "millimetres"),
    "place as text": (lambda s: s.slice("coronal", ap="front"), "finite number, not 'front'"),
    "half a range": (lambda s: s.crop(ml=(0,)), "side of a box"),
    "view": (lambda s: s.look_from("top"), "one of oblique.*not 'top'"),
    "name of an atlas": (lambda s: Scene("allen"), "load_atlas"),
    "text of values": (lambda s: s.map_values({"CP": "high"}), "values of regions"),
    "numbers of lines": (lambda s: s.add_mesh((XYZ,)), "vertices, faces"),
    "no direction": (lambda s: s.add_path_image(XYZ, [1.0], across=(0, 0, 0)), "length of across"),
    "few labels": (lambda s: s.add_units(XYZ, [1, 1, 1], labels=("a",)), "insertion 1"),
    "few insertions": (lambda s: fit_tracks(XYZ, [0]), "3 units"),
    "unknown insertions": (lambda s: fit_tracks(XYZ, [np.nan] * 3), "whole numbers"),
    "endless zoom": (lambda s: Camera(zoom=np.inf), "finite"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_drawn_is_refused_by_the_errors_of_the_house(case: str, scene: Scene) -> None:
    attempt, words = REFUSED[case]
    with pytest.raises((ViewerError, AtlasError), match=words):
        attempt(scene.copy())


def test_numbers_of_numpy_and_lists_become_what_json_gives_back(scene: Scene) -> None:
    made = scene.copy().add_points(XYZ, size=np.float32(3), visible=np.bool_(True)).add_annotation(shown=["CP"])
    assert Scene.from_dict(json.loads(json.dumps(made.to_dict()))).state == made.state


def test_what_is_masked_or_none_is_missing(scene: Scene) -> None:
    hidden = np.ma.masked_array([1.0, 2.0, 3.0], mask=[False, True, False])
    masked = scene.copy().add_points(XYZ, values=hidden).layer("Points").coloured_by
    given = scene.copy().add_points(XYZ, values=[1.0, None, 3.0]).layer("Points").coloured_by
    assert masked is not None
    assert given is not None
    assert np.isnan(masked.data).tolist() == np.isnan(given.data).tolist() == [False, True, False]


HOSTILE: dict[str, Any] = {
    "a list": [],
    "an atlas that fills the memory": {"version": 2, "atlas": {"name": "x", "is_phantom": True, "shape": [10**6] * 3}},
    "an atlas of nothing": {"version": 2, "atlas": {}},
    "one name twice": {"version": 2, "layers": [{"kind": "text", "name": "a", "text": "b", "xyz": [0, 0, 0]}] * 2},
    "points for a camera": {"version": 2, "camera": {"kind": "points", "name": "a", "xyz": [[0, 0, 0]]}},
    "text for layers": {"version": 2, "layers": "many"},
    "a layer that lacks all": {"version": 2, "layers": [{"kind": "points"}]},
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_scene_is_refused_in_words(case: str) -> None:
    with pytest.raises(ViewerError):
        Scene.from_dict(HOSTILE[case])


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\x00"])
def test_a_damaged_file_is_no_scene(text: str, tmp_path: Path) -> None:
    (tmp_path / "scene.json").write_text(text)
    with pytest.raises(ViewerError):
        Scene.load(tmp_path / "scene.json")


def test_places_whose_axes_are_others_are_refused_of_a_brain_and_a_few_are_not() -> None:
    phantom = phantom_atlas(32)
    brain = replace(phantom, is_phantom=False)
    upside_down = phantom.grid.xyz_of(np.argwhere(phantom.labels > 0)[::50]) * [1, 1, -1]
    with pytest.raises(InvalidCoordinates, match="are asked for"):
        Scene(brain).add_points(upside_down)
    Scene(brain).add_points(upside_down[:2])
    Scene(phantom).add_points(upside_down)


def test_a_slice_whose_volume_was_taken_out_is_saved_and_read(scene: Scene) -> None:
    place = {"spacing": (1e-4,) * 3, "origin": (0, 0, 0)}
    left = scene.copy().add_volume(np.ones((2, 2, 2)), **place).slice("coronal", of="Volume").remove("Volume")
    assert Scene.from_dict(left.to_dict()).state == left.state


def test_a_listener_that_fails_does_not_keep_the_news_from_others(scene: Scene) -> None:
    changed, heard = scene.copy(), []

    def fail(_: object) -> None:
        raise KeyError("broken")

    changed.follow(fail)
    changed.follow(heard.append)
    with pytest.raises(KeyError, match="broken"):
        changed.add_points(XYZ)
    assert [change.name for change in heard] == ["Points"]
