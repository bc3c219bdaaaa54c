"""Points: their sizes, colours, moments, and what is drawn of very many."""

from collections.abc import Iterator

import numpy as np
import pytest

from bregma.atlas import phantom_atlas
from bregma.viewer import InvalidLayer, NoOpenGL, Points, Scene
from bregma.viewer.render.camera import MM, place_camera
from bregma.viewer.render.sizes import split_by_size
from bregma.viewer.render.window import Window

SIZE = (240, 240)
PLACES = np.array([[0.003, 0.001, -0.002], [-0.003, -0.004, -0.005], [0.0, 0.002, -0.003]])


@pytest.fixture
def window() -> Iterator[Window]:
    try:
        with Window(Scene(phantom_atlas(32), view="dorsal"), SIZE) as window:
            yield window
    except NoOpenGL as error:
        pytest.skip(str(error))


def pixel(window: Window, xyz: np.ndarray) -> tuple[int, int]:
    column, row, _ = place_camera(window.scene, SIZE).project(xyz * MM, SIZE)
    return int(row), int(column)


def test_points_change_colour_with_time(window: Window) -> None:
    values = [[0.0, 1.0, np.nan], [1.0, 0.0, np.nan]]
    window.scene.add_points(PLACES, values=values, times=[0.0, 1.0], colormap="bwr", missing=(0, 255, 0), size=30)
    first = [int(np.argmax(window.draw()[pixel(window, place)])) for place in PLACES]
    window.scene.change(moment=1.0)
    second = [int(np.argmax(window.draw()[pixel(window, place)])) for place in PLACES]
    assert (first, second) == ([2, 0, 1], [0, 2, 1])


def test_each_point_has_its_size(window: Window) -> None:
    empty = window.draw().astype(int)
    window.scene.add_points(PLACES, rgb=(255, 255, 255), size=20, sizes=[1.0, 2.0, 0.0])
    changed = np.abs(window.draw() - empty).sum(axis=-1) > 100
    areas = []
    for place in PLACES:
        row, column = pixel(window, place)
        areas.append(int(changed[row - 8 : row + 9, column - 8 : column + 9].sum()))
    assert areas[1] == pytest.approx(4 * areas[0], rel=0.4)
    assert areas[2] == 0


def test_a_point_is_picked_with_its_value_and_region(window: Window) -> None:
    window.scene.add_points([[np.nan, 0, 0], [0.002, 0.0005, -0.0034]], values=[1.0, 7.5], sizes=[1.0, 3.0], size=20)
    row, column = pixel(window, np.array([0.002, 0.0005, -0.0034]))
    pick = window.pick(column, row)
    assert pick is not None
    assert (pick.layer, pick.index, pick.value, pick.region) == ("Points", 1, 7.5, "CP")


def test_few_of_many_points_are_drawn_while_the_view_turns(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bregma.viewer.render.points._MOST_WHILE_DRAGGING", 50)
    places = np.random.default_rng(1).uniform(-0.003, 0.003, (1000, 3))
    window.scene.add_points(places, values=np.arange(1000.0))
    actor = window.drawn("Points").props[0]
    still = window.draw()
    window.set_dragging(True)
    assert 10 < actor.GetMapper().GetInput().GetNumberOfPoints() <= 50
    window.set_dragging(False)
    assert actor.GetMapper().GetInput().GetNumberOfPoints() == 1000
    np.testing.assert_array_equal(window.draw(), still)


def test_a_change_of_colours_keeps_the_geometry(window: Window) -> None:
    window.scene.add_points(PLACES, values=[1.0, 2.0, 3.0])
    drawn = window.drawn("Points")
    window.scene.update("Points", values=None, rgb=np.array([[1, 2, 3]] * 3, dtype=np.uint8), size=9.0)
    assert window.drawn("Points") is drawn
    window.scene.update("Points", sizes=np.array([1.0, 2.0, 3.0]))
    assert window.drawn("Points") is not drawn


def test_many_sizes_become_twelve_that_are_near() -> None:
    sizes = np.random.default_rng(2).uniform(1, 5, 500)
    parts = list(split_by_size(np.ones(500, dtype=bool), sizes))
    assert len(parts) == 12
    np.testing.assert_array_equal(np.sort(np.concatenate([which for which, _ in parts])), np.arange(500))
    assert max(np.abs(sizes[which] - factor).max() for which, factor in parts) < 4 / 11 / 2 + 1e-9


def test_points_without_a_place_or_a_size_are_not_drawn() -> None:
    ((which, factor),) = split_by_size(np.array([True, False, True]), np.array([0.0, 1.0, 1.0]))
    assert (which.tolist(), factor) == ([2], 1.0)
    assert list(split_by_size(np.empty(0, dtype=bool), np.empty(0))) == []
    ((everything, _),) = split_by_size(np.ones(3, dtype=bool), None)
    assert everything is None


def test_nothing_to_draw_is_no_fault(window: Window) -> None:
    window.scene.add_points(np.empty((0, 3))).add_points([[np.nan] * 3], name="unknown", sizes=[1.0])
    window.set_dragging(True)
    window.draw()


def test_a_camera_sees_the_ends_of_many_points() -> None:
    places = np.random.default_rng(3).uniform(-0.003, 0.003, (100_001, 3))
    places[7] = [np.nan, 0, 0]
    (corners,) = Points(name="many", xyz=places).places()
    assert corners.shape == (8, 3)
    np.testing.assert_allclose(np.ptp(corners, axis=0), np.nanmax(places, axis=0) - np.nanmin(places, axis=0))


@pytest.mark.parametrize(("sizes", "words"), [([1.0], "sizes of .* are 3 numbers"), ([1, 2, -1], "none negative")])
def test_sizes_that_do_not_fit_are_refused(sizes: list[float], words: str) -> None:
    with pytest.raises(InvalidLayer, match=words):
        Points(name="points", xyz=PLACES, sizes=sizes)


def test_micrometres_are_refused() -> None:
    with pytest.raises(InvalidLayer, match="micrometres"):
        Scene().add_points(PLACES * 1e6)
