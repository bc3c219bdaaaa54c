"""Lines, meshes, graphs, images along a path and words: where they are, in which colours, and what a hit tells."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bregma.atlas import RegionNotFound, compute_centroids, phantom_atlas
from bregma.viewer import Connections, InvalidLayer, Lines, NoOpenGL, PathImage, Pick, Scene, View
from bregma.viewer.render.camera import MM, place_camera
from bregma.viewer.render.connections import bend_arcs
from bregma.viewer.render.lines import part_lines
from bregma.viewer.render.path_image import make_ribbon
from bregma.viewer.render.window import Window
from bregma.viewer.scene.graphs import find_edges

SIZE = (240, 240)
LEFT, RIGHT = np.array([-0.003, 0.0, -0.001]), np.array([0.003, 0.0, -0.001])


@pytest.fixture(scope="module")
def one_window() -> Iterator[Window]:
    try:
        with Window(Scene(phantom_atlas(32), view="dorsal"), SIZE) as window:
            yield window
    except NoOpenGL as error:
        pytest.skip(str(error))


@pytest.fixture
def window(one_window: Window) -> Iterator[Window]:
    yield one_window
    for layer in one_window.scene.layers:
        one_window.scene.remove(layer.name)
    one_window.scene.change(moment=0.0)


def pixel(window: Window, xyz: Any) -> tuple[int, int]:
    column, row, _ = place_camera(window.scene, SIZE).project(np.asarray(xyz) * MM, SIZE)
    return round(float(row)), round(float(column))


def seen_at(window: Window, xyz: Any) -> np.ndarray:
    row, column = pixel(window, xyz)
    return window.draw()[row - 1 : row + 2, column - 1 : column + 2].reshape(-1, 3).max(axis=0)


def picked_at(window: Window, xyz: Any) -> Pick:
    row, column = pixel(window, xyz)
    pick = window.pick(column, row)
    assert pick is not None
    return pick


def test_lines_are_coloured_by_value_at_each_moment(window: Window) -> None:
    front = np.array([0, 0.001, 0])
    lines = [[LEFT, LEFT + 2 * front], [RIGHT, RIGHT + 2 * front, RIGHT + 3 * front]]
    window.scene.add_lines(lines, values=[[0.0, 1.0], [1.0, 0.0]], times=[0.0, 1.0], colormap="bwr", size=20)
    first = [int(np.argmax(seen_at(window, end + front))) for end in (LEFT, RIGHT)]
    window.scene.change(moment=1.0)
    second = [int(np.argmax(seen_at(window, end + front))) for end in (LEFT, RIGHT)]
    assert (first, second) == ([2, 0], [0, 2])
    pick = picked_at(window, RIGHT + 2.5 * front)
    assert (pick.layer, pick.index, pick.value) == ("Lines", 1, 0.0)


def test_lines_have_the_colour_of_the_region_where_they_begin() -> None:
    scene = Scene(phantom_atlas()).add_lines([[[0.002, 0.0005, -0.0034], [0, 0, 0]], np.empty((0, 3))])
    layer = scene.layer("Lines")
    assert isinstance(layer, Lines)
    assert layer.rgb.tolist() == [[152, 214, 249], [160, 160, 160]]


@given(st.lists(st.lists(st.booleans(), max_size=6), max_size=6))
def test_unknown_points_part_lines_and_no_piece_crosses_two(known: list[list[bool]]) -> None:
    flat = np.array([one for line in known for one in line], dtype=bool)
    xyz = np.where(flat[:, None], np.arange(len(flat))[:, None] * np.ones(3), np.nan)
    lengths = np.array([len(line) for line in known], dtype=np.int64)
    places, pieces, line_of = part_lines(xyz.reshape(-1, 3), lengths)
    expected = []
    start = 0
    for number, line in enumerate(known):
        runs = "".join("1" if one else " " for one in line).split()
        expected += [(number, len(run)) for run in runs]
        start += len(line)
    assert list(zip(line_of.tolist(), pieces.tolist(), strict=True)) == expected
    np.testing.assert_array_equal(places[:, 0], np.flatnonzero(flat))


def test_a_mesh_of_arrays_is_drawn_and_its_vertices_have_values(window: Window) -> None:
    corners = np.array([[-0.002, -0.002, 0], [0.002, -0.002, 0], [0, 0.003, 0]])
    window.scene.add_mesh((corners, [[0, 1, 2]]), values=[1.0, 1.0, 1.0], colormap="bwr", limits=(0, 1), name="plate")
    assert np.argmax(seen_at(window, [0, 0, 0])) == 0
    pick = picked_at(window, [0, 0.002, 0])
    assert (pick.layer, pick.index, pick.value) == ("plate", 2, 1.0)
    window.scene.update("plate", values=None, rgb=(0, 255, 0))
    assert np.argmax(seen_at(window, [0, 0, 0])) == 1


def test_a_graph_joins_the_centres_of_regions(window: Window) -> None:
    atlas = window.scene.atlas
    window.scene.add_connections([[0, 2.0], [0, 0]], regions=["CP", "VISp5"], bend=0.0, label="weight")
    layer = window.scene.layer("Connections")
    assert isinstance(layer, Connections)
    centres = compute_centroids(atlas)[atlas.regions.rows(["CP", "VISp5"])]
    np.testing.assert_allclose(layer.nodes, centres)
    assert layer.labels == ("CP", "VISp5")
    pick = picked_at(window, centres.mean(axis=0))
    assert (pick.label, pick.value, pick.index) == ("CP → VISp5", 2.0, 0)
    row, column = pixel(window, centres[0])
    assert ("CP", None) in {(pick.label, pick.value) for pick in window.pick_all(column, row)}


def test_the_columns_of_a_table_name_the_regions_and_a_side_is_chosen() -> None:
    table = pd.DataFrame([[0.0, 1.0], [1.0, 0.0]], columns=["CP", "CA1"])
    layer = Scene(phantom_atlas(32)).add_connections(table, hemisphere="left").layer("Connections")
    assert isinstance(layer, Connections)
    assert np.all(layer.nodes[:, 0] < 0)
    assert layer.edges.tolist() == [[0, 1]]


def test_strong_arcs_are_wide_and_come_last() -> None:
    graph = find_edges([[5.0, -3.0, 0.0], [np.nan, 0.0, 1.0], [2.0, 0.0, 0.0]])
    assert graph.edges.tolist() == [[1, 2], [2, 0], [0, 1]]
    assert graph.weights.tolist() == [1.0, 2.0, -3.0]
    assert np.all(np.diff(graph.widths) > 0)
    assert find_edges([[0, 1.0], [3.0, 0]], threshold=2).edges.tolist() == [[1, 0]]


@pytest.mark.parametrize(
    ("matrix", "more", "words"),
    [
        ([[0, 1.0]], {"regions": ["CP"]}, "is square for 1 regions, not \\(1, 2\\)"),
        ([[0, 1.0], [1.0, 0]], {"regions": ["CP"]}, "is square for 1 regions, not \\(2, 2\\)"),
        ([[0, 1.0], [0, 0]], {"regions": ["CP", "MD"], "threshold": 5.0}, "weight of 5 or more; the largest is 1"),
        ([[0, 1.0], [0, 0]], {}, "say where the nodes are"),
        ([[0, 1.0], [0, 0]], {"regions": ["CP", "ENTl"]}, "has no voxel of ENTl"),
    ],
)
def test_graphs_that_cannot_be_drawn_are_refused(matrix: Any, more: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidLayer, match=words):
        Scene(phantom_atlas(32)).add_connections(matrix, **more)


def test_an_unknown_region_of_a_graph_is_refused() -> None:
    with pytest.raises(RegionNotFound, match="THH"):
        Scene(phantom_atlas(32)).add_connections([[0, 1.0], [1.0, 0]], regions=["CP", "THH"])


def test_arcs_begin_and_end_at_their_nodes_and_rise_between() -> None:
    nodes = np.array([[-0.002, 0, -0.003], [0.002, 0, -0.003]])
    (arc,) = bend_arcs(nodes, np.array([[0, 1]]), 0.25)
    np.testing.assert_allclose(arc[[0, -1]], nodes)
    assert arc[:, 2].max() == pytest.approx(-0.003 + 0.25 * 0.004, rel=0.01)
    (line,) = bend_arcs(nodes, np.array([[0, 1]]), 0.0)
    assert line.shape == (2, 3)


def test_lines_and_meshes_take_colours_without_being_made_anew(window: Window) -> None:
    window.scene.add_lines([[LEFT, RIGHT]]).add_mesh((np.eye(3) * 0.001, [[0, 1, 2]]))
    lines, mesh = window.drawn("Lines"), window.drawn("Mesh")
    window.scene.update("Lines", rgb=np.array([1, 2, 3]), size=4.0).update("Mesh", rgb=(1, 2, 3), opacity=0.5)
    assert (window.drawn("Lines"), window.drawn("Mesh")) == (lines, mesh)


def test_arcs_follow_width_colour_and_moment_without_being_made_anew(window: Window) -> None:
    window.scene.add_connections([[0, 1.0], [0, 0]], nodes=[LEFT, RIGHT])
    drawn = window.drawn("Connections")
    window.scene.update("Connections", rgb=(255, 0, 0), values=None, size=5.0, opacity=0.5)
    assert window.drawn("Connections") is drawn
    window.scene.update("Connections", bend=0.5)
    assert window.drawn("Connections") is not drawn


def test_an_image_stands_along_its_path_with_exactly_its_colours(window: Window) -> None:
    image = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 0]]], dtype=np.uint8)
    window.scene.add_path_image([[0, -0.002, 0], [0, 0.002, 0]], image, width=0.004, name="image")
    for row, y in enumerate((-0.001, 0.001)):
        for column, x in enumerate((-0.001, 0.001)):
            place = pixel(window, [x, y, 0])
            assert window.draw()[place].tolist() == image[row, column].tolist()
    assert picked_at(window, [0.001, 0.0012, 0]).label == "row 1, column 1"
    window.scene.update("image", image=255 - image)
    assert window.draw()[pixel(window, [-0.001, -0.001, 0])].tolist() == [0, 255, 255]


def test_numbers_become_the_colours_of_a_map() -> None:
    layer = Scene().add_path_image([[0, 0, 0], [0, 0, 0.001]], [0.0, 1.0], colormap="gray").layer("Path image")
    assert isinstance(layer, PathImage)
    assert layer.image.tolist() == [[[0, 0, 0]], [[255, 255, 255]]]


def test_a_bent_path_bends_its_image_evenly() -> None:
    path = [[0, 0, 0], [0, 0, -0.001], [0, 0.003, -0.001]]
    layer = PathImage(name="bent", path=path, image=np.zeros((4, 1, 3), dtype=np.uint8), width=0.0002)
    vertices, faces = make_ribbon(layer)
    middles = vertices.reshape(5, 2, 3).mean(axis=1)
    np.testing.assert_allclose(middles, [[0, 0, 0], *([0, y, -0.001] for y in (0, 0.001, 0.002, 0.003))], atol=1e-12)
    assert faces.shape == (8, 3)


def test_words_are_drawn_at_their_place_in_their_colour(window: Window) -> None:
    empty = window.draw().astype(int)
    window.scene.add_text("HHHH", [0.001, 0.001, 0], rgb=(0, 255, 0), size=60)
    changed = np.argwhere(np.abs(window.draw() - empty).sum(axis=-1) > 200)
    row, column = pixel(window, [0.001, 0.001, 0])
    np.testing.assert_allclose(changed.mean(axis=0), [row, column], atol=4)
    row, column = changed[0]
    assert np.argmax(window.draw()[row, column]) == 1


def test_an_insertion_is_picked_by_its_label(window: Window) -> None:
    unknown = [np.nan] * 3
    window.scene.add_insertions([unknown, LEFT], [LEFT, RIGHT], labels=("a", "b"), values=[1.0, 2.0], size=10)
    pick = picked_at(window, (LEFT + RIGHT) / 2)
    assert (pick.label, pick.index, pick.value) == ("b", 1, 2.0)


def test_what_scenes_hold_can_be_stored(window: Window) -> None:
    scene = window.scene
    scene.add_connections([[0, 1.0], [0, 0]], nodes=[LEFT, RIGHT], name="graph").add_text("words", LEFT)
    scene.add_lines([[LEFT, RIGHT]]).add_path_image([LEFT, RIGHT], [1.0, 2.0])
    assert Scene.from_dict(scene.to_dict()).state == replace(scene.state, camera=scene.camera)
    assert scene.camera.view is View.DORSAL
