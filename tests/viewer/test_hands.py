from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import pytest

from bregma.atlas import Atlas, phantom_atlas
from bregma.viewer import Plane, Scene
from bregma.viewer.render.camera import MM
from bregma.viewer.render.hands import Hands
from bregma.viewer.render.window import Window

SIZE = (300, 300)
IN_TH = np.array([-0.0011, -0.0017, -0.0039])
IN_CP = np.array([-0.0020, 0.0005, -0.0034])


@cache
def atlas() -> Atlas:
    return phantom_atlas(32)


@pytest.fixture
def hands(opengl: None) -> Iterator[Hands]:
    """Hands on two regions, a point in the thalamus and a slice, seen from the left."""
    scene = Scene(atlas(), view="left").add_region("TH").add_region("CP").add_points([IN_TH], name="Unit")
    scene.slice("coronal", ap=-0.0017, linked=True)
    with Window(scene, SIZE) as window:
        window.render()
        yield Hands(window, clock=Clock())


class Clock:
    """Goes on by ten seconds whenever somebody looks at it, but for double clicks."""

    def __init__(self) -> None:
        self.now, self.step = 0.0, 10.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def pixel_of(hands: Hands, xyz: np.ndarray, pane: int = 0) -> tuple[int, int]:
    shown = hands.window.panes[pane]
    left, _, _, top = shown.viewport.bounds
    width, height = shown.size_in(SIZE)
    column, row, _ = shown.placement.project(xyz * MM, (width, height))
    return int(column + left * SIZE[0]), int(row + (1 - top) * SIZE[1])


def click(hands: Hands, place: tuple[int, int]) -> None:
    hands.press("left", *place)
    hands.release(*place)


def drag(hands: Hands, begin: tuple[int, int], end: tuple[int, int], **how: object) -> None:
    hands.press(str(how.pop("button", "left")), *begin, **how)  # type: ignore[arg-type] # shift and ctrl
    for share in (0.3, 0.7, 1.0):
        hands.move(begin[0] + share * (end[0] - begin[0]), begin[1] + share * (end[1] - begin[1]))
    hands.release(*end)


def test_a_pick_tells_what_lies_under_a_pixel_from_front_to_back(hands: Hands) -> None:
    hands.scene.remove("Coronal")
    picks = hands.window.pick_all(*pixel_of(hands, IN_TH))
    assert [pick.layer for pick in picks[:2]] == ["TH", "Unit"]
    assert picks[0].xyz[0] < picks[1].xyz[0]
    np.testing.assert_allclose(picks[1].xyz, IN_TH, atol=1e-7)
    assert hands.window.pick(2, 2) is None


def test_what_lies_in_a_brain_of_glass_is_picked_before_it(hands: Hands) -> None:
    hands.scene.remove("Coronal").update("TH", opacity=0.1)
    assert [pick.layer for pick in hands.window.pick_all(*pixel_of(hands, IN_TH))][:2] == ["Unit", "TH"]


def test_what_is_cut_away_or_hidden_is_not_picked(hands: Hands) -> None:
    hands.scene.remove("Coronal")
    place = pixel_of(hands, IN_CP)
    assert {pick.layer for pick in hands.window.pick_all(*place)} == {"CP"}
    hands.scene.change(clipping=(Plane(origin=(0, 0, 0), normal=(1, 0, 0)),))
    assert all(pick.xyz[0] >= 0 for pick in hands.window.pick_all(*place))
    hands.scene.hide_layer("CP")
    assert hands.window.pick(*place) is None


def test_a_click_selects_and_again_what_lies_behind(hands: Hands) -> None:
    hands.scene.remove("Coronal")
    seen = []
    for _ in range(2):
        click(hands, pixel_of(hands, IN_TH))
        seen.append(hands.scene.state.selection.layer)
    assert seen == ["TH", "Unit"]
    click(hands, (2, 2))
    assert hands.scene.state.selection is None


def test_a_double_click_looks_at_the_place(hands: Hands) -> None:
    hands._clock.step = 0.1  # type: ignore[attr-defined]
    place = pixel_of(hands, IN_CP)
    click(hands, place)
    click(hands, place)
    focus = np.array(hands.scene.camera.focus)
    np.testing.assert_allclose(focus[1:], IN_CP[1:], atol=3e-4)
    assert hands.scene.state.cursor == hands.scene.state.selection.xyz


def test_the_left_button_turns_what_it_holds_along_with_the_mouse(hands: Hands) -> None:
    drag(hands, (2, 2), (32, 2))
    position, focus = np.array(hands.scene.camera.position), np.array(hands.scene.camera.focus)
    away = (position - focus) / np.linalg.norm(position - focus)
    np.testing.assert_allclose(away, [-np.cos(np.radians(18)), np.sin(np.radians(18)), 0], atol=1e-6)


@pytest.mark.parametrize("how", [{"button": "middle"}, {"shift": True}])
def test_moving_keeps_what_was_under_the_mouse_there(hands: Hands, how: dict[str, object]) -> None:
    before = pixel_of(hands, IN_CP)
    drag(hands, (20, 20), (50, 35), **how)
    assert pixel_of(hands, IN_CP) == (before[0] + 30, before[1] + 15)


def test_the_wheel_zooms_towards_what_is_under_the_mouse(hands: Hands) -> None:
    place = pixel_of(hands, IN_CP)
    height = hands.window.panes[0].placement.half_height
    hands.scroll(2, *place)
    assert hands.window.panes[0].placement.half_height == pytest.approx(height / 1.15**2)
    assert np.abs(np.subtract(pixel_of(hands, IN_CP), place)).max() <= 1


def test_a_slice_is_dragged_along_its_normal_with_ctrl_or_once_it_is_selected(hands: Hands) -> None:
    hands.scene.look_from("oblique").hide_layer("TH").hide_layer("CP")
    begin, normal = np.array([-0.003, -0.0017, -0.004]), np.array([0, 1, 0])
    target = begin + 0.001 * normal
    drag(hands, pixel_of(hands, begin), pixel_of(hands, target), ctrl=True)
    assert hands.scene.layer("Coronal").origin[1] == pytest.approx(-0.0007, abs=1e-4)
    click(hands, pixel_of(hands, target))
    drag(hands, pixel_of(hands, target), pixel_of(hands, begin))
    assert hands.scene.layer("Coronal").origin[1] == pytest.approx(-0.0017, abs=1e-4)


def test_a_drag_is_one_step_to_undo(hands: Hands) -> None:
    hands.scene.look_from("oblique").hide_layer("TH").hide_layer("CP")
    begin = np.array([-0.003, -0.0017, -0.004])
    drag(hands, pixel_of(hands, begin), pixel_of(hands, begin + np.array([0, 0.001, 0])), ctrl=True)
    assert hands.scene.undo().layer("Coronal").origin[1] == -0.0017


def test_in_a_flat_view_the_mouse_moves_the_cursor_and_the_wheel_the_slice(hands: Hands) -> None:
    hands.scene.split("four")
    target = np.array([0.002, -0.0017, -0.003])
    click(hands, pixel_of(hands, target))
    np.testing.assert_allclose(hands.scene.state.cursor, target, atol=2e-4)
    assert hands.scene.layer("Sagittal").origin == hands.scene.state.cursor
    place = pixel_of(hands, target)
    hands.scroll(3, *place)
    assert hands.scene.state.cursor[1] == pytest.approx(-0.0017 + 3 * hands.scene.atlas.spacing)
    hands.scroll(1, *place, ctrl=True)
    assert hands.scene.state.viewports[0].camera.is_free
    assert not hands.scene.camera.is_free


def test_turning_in_one_linked_view_turns_the_others(hands: Hands) -> None:
    hands.scene.split(["TH", "CP"])
    drag(hands, (10, 100), (60, 100))
    first, second = (pane.placement.backwards for pane in hands.window.panes)
    np.testing.assert_allclose(first, second)
    assert abs(first[1]) > 0.1


def test_the_view_is_coarse_while_it_turns_and_fine_at_rest(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bool] = []
    drawn = hands.window.drawn("Unit")
    monkeypatch.setattr(drawn, "set_dragging", heard.append)
    hands.press("left", 2, 2)
    hands.move(30, 2)
    hands.move(40, 2)
    assert heard == [True]
    hands.release(40, 2)
    assert heard == [True, False]


def test_scrolling_is_fine_once_it_rests(hands: Hands) -> None:
    waiting: list[Callable[[], None]] = []
    heard: list[bool] = []
    scrolling = Hands(hands.window, later=lambda _, then: waiting.append(then))
    hands.window.drawn("Unit").set_dragging = heard.append  # type: ignore[method-assign]
    scrolling.scroll(1, 150, 150)
    scrolling.scroll(1, 150, 150)
    waiting[0]()
    assert heard == [True]
    waiting[1]()
    assert heard == [True, False]


@pytest.mark.parametrize(("key", "view"), [("d", "dorsal"), ("L", "left"), ("o", "oblique")])
def test_letters_choose_views(hands: Hands, key: str, view: str) -> None:
    hands.type_key("Left")
    assert hands.scene.camera.is_free
    hands.type_key(key)
    assert hands.scene.camera.view == view


def test_keys_undo_and_let_go_of_the_selection(hands: Hands) -> None:
    click(hands, pixel_of(hands, IN_CP))
    hands.scene.update("CP", opacity=0.1)
    hands.type_key("z", ctrl=True)
    assert hands.scene.layer("CP").opacity == 0.5
    hands.type_key("Escape")
    assert hands.scene.state.selection is None


def test_hovering_tells_what_is_under_the_mouse(hands: Hands) -> None:
    heard: list[str] = []
    hands.on_hover(lambda pick: heard.append(pick.layer if pick else ""))
    hands.move(*pixel_of(hands, IN_CP))
    hands.move(2, 2)
    assert heard == ["CP", ""]


def test_events_of_an_interactor_reach_the_hands(hands: Hands) -> None:
    interactor, (x, y) = hands.interactor, pixel_of(hands, IN_CP)
    interactor.Enable()
    interactor.SetEventInformation(x, SIZE[1] - 1 - y, 0, 0)
    interactor.LeftButtonPressEvent()
    interactor.LeftButtonReleaseEvent()
    assert hands.scene.state.selection.layer == "CP"
    interactor.SetEventInformation(2, 2, 0, 0)
    interactor.LeftButtonPressEvent()
    interactor.SetEventInformation(40, 2, 0, 0)
    interactor.MouseMoveEvent()
    interactor.LeftButtonReleaseEvent()
    height = hands.scene.camera.height
    interactor.MouseWheelForwardEvent()
    assert hands.scene.camera.height == pytest.approx(height / 1.15)
    interactor.SetKeySym("Escape")
    interactor.KeyPressEvent()
    assert hands.scene.state.selection is None


def test_a_lettered_window_shows_cursor_and_selection_and_lets_go_of_them(hands: Hands) -> None:
    hands.scene.split("four")
    bare = hands.window.draw().astype(int)
    hands.window.set_lettered(True)
    click(hands, pixel_of(hands, np.array([0.002, -0.0017, -0.003])))
    column, row = pixel_of(hands, np.array([0.002, -0.0017, -0.003]))
    lettered = hands.window.draw().astype(int)
    around = (slice(column - 1, column + 2), slice(row - 1, row + 2))
    assert (lettered[5, around[0]] - bare[5, around[0]])[:, 0].max() > 80
    assert (lettered[around[1], 5] - bare[around[1], 5])[:, 0].max() > 80
    hands.scene.change(selection=None, cursor=None)
    hands.window.set_lettered(False)
    hands.scene.move_cursor((0.0, -0.0017, -0.004))
    assert np.abs(hands.window.draw()[5, column] - bare[5, column]).max() < 5


def test_what_is_translucent_is_sorted_only_where_it_has_to_be_and_at_rest(hands: Hands) -> None:
    def peels() -> bool:
        return bool(hands.window.panes[0].renderer.GetUseDepthPeeling())

    assert peels()
    hands.window.set_dragging(True)
    assert not peels()
    hands.window.set_dragging(False)
    hands.scene.update("TH", opacity=1.0)
    assert not peels()


def test_a_nearer_translucent_surface_tints_a_farther_one_whatever_the_order(hands: Hands) -> None:
    hands.scene.remove("Coronal").remove("Unit")
    place = pixel_of(hands, IN_CP)
    hands.scene.add_region("SSp", opacity=0.5)
    last = hands.window.draw()[place[1], place[0]].astype(int)
    hands.scene.remove("CP").add_region("CP")
    np.testing.assert_allclose(hands.window.draw()[place[1], place[0]], last, atol=4)
