import numpy as np
import pytest

from bregma.atlas import phantom_atlas
from bregma.viewer import Change, InvalidLayer, Scene, Values, What


def test_a_step_is_undone_and_done_again() -> None:
    scene = Scene(phantom_atlas()).add_region("TH").add_region("CP").update("TH", opacity=0.2)
    names = [layer.name for layer in scene.undo().undo().layers]
    assert names == ["TH"]
    assert [layer.name for layer in scene.redo().redo().layers] == ["TH", "CP"]
    assert scene.layer("TH").opacity == 0.2
    assert not scene.can_redo


def test_what_is_done_together_is_one_step_and_is_told_once() -> None:
    scene, heard = Scene(phantom_atlas()), []
    scene.follow(heard.append)
    with scene.together():
        scene.add_region("TH").update("TH", opacity=0.3).update("TH", opacity=0.4)
    assert heard == [Change(What.LAYER, "TH")]
    assert scene.undo().layers == ()


def test_what_fails_half_way_changes_nothing() -> None:
    scene, heard = Scene(phantom_atlas()), []
    scene.follow(heard.append)
    with pytest.raises(InvalidLayer), scene.together():
        scene.add_region("TH").add_region("TH")
    assert (scene.layers, heard, scene.can_undo) == ((), [], False)


def test_the_camera_and_the_time_are_not_undone() -> None:
    scene = Scene(phantom_atlas()).add_region("TH").look_from("left").change(moment=2.0).undo()
    assert (scene.camera.view, scene.state.moment, scene.layers) == ("left", 2.0, ())


def test_undoing_nothing_does_nothing() -> None:
    scene = Scene()
    assert scene.undo().redo().state == Scene().state


def test_a_change_to_the_same_tells_nobody_of_what_is_no_layer() -> None:
    scene, heard = Scene(), []
    scene.follow(heard.append)
    scene.look_from("oblique").change(moment=0.0)
    assert heard == []


def test_a_drag_is_told_step_by_step_and_undone_at_once() -> None:
    scene, heard = Scene(phantom_atlas()).add_region("TH"), []
    scene.follow(heard.append)
    scene.begin_gesture().update("TH", opacity=0.4).update("TH", opacity=0.3).end_gesture()
    assert heard == [Change(What.LAYER, "TH")] * 2
    assert scene.update("TH", opacity=0.2).undo().layer("TH").opacity == 0.3
    assert scene.undo().layer("TH").opacity == 0.5


def test_steps_that_hold_much_memory_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bregma.viewer.scene.history._MOST_BYTES", 50_000)
    scene = Scene().add_points(np.zeros((1000, 3)), name="cells")
    for number in range(20):
        scene.update("cells", values=Values(data=np.full(1000, float(number))))
    n_steps = 0
    while scene.can_undo:
        scene.undo()
        n_steps += 1
    assert n_steps == 6  # what is shown, and six times 8 kB before
    for _ in range(n_steps):
        scene.redo()
    assert scene.layer("cells").coloured_by == Values(data=np.full(1000, 19.0))


def test_a_look_that_changes_holds_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bregma.viewer.scene.history._MOST_BYTES", 1000)
    scene = Scene().add_points(np.zeros((1000, 3)), name="cells")
    for number in range(10):
        scene.update("cells", size=float(number + 1))
    for _ in range(10):
        scene.undo()
    assert scene.layers[0].size == Scene().add_points(np.zeros((1000, 3))).layers[0].size  # type: ignore[attr-defined]
