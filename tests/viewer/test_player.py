import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bregma.viewer import Event, Scene, ViewerError
from bregma.viewer.scene.player import Player
from bregma.viewer.scene.timeline import Timeline, find_timeline

PLACES = np.zeros((2, 3))


def changing(times: tuple[float, ...] = (0.0, 1.0, 3.0)) -> Scene:
    return Scene().add_points(PLACES, values=np.zeros((len(times), 2)), times=times)


def test_playing_moves_the_moment_by_the_clock_and_the_speed() -> None:
    player = Player(changing(), speed=0.5).play()
    assert not player.tick(100.0)
    assert player.tick(101.0)
    assert player.moment == 0.5
    player.speed = 2.0
    player.tick(101.25)
    assert player.moment == 1.0


def test_at_the_end_it_pauses_and_plays_again_from_the_beginning() -> None:
    player = Player(changing()).play()
    player.tick(0.0)
    player.tick(50.0)
    assert (player.moment, player.is_playing) == (3.0, False)
    assert player.play().moment == 0.0


def test_with_a_loop_it_goes_round() -> None:
    player = Player(changing(), loop=True).play()
    player.tick(0.0)
    player.tick(3.5)
    assert player.moment == pytest.approx(0.5)
    assert player.is_playing


def test_a_negative_speed_plays_backwards_from_the_end() -> None:
    player = Player(changing(), speed=-1.0).play()
    assert player.moment == 3.0
    player.tick(0.0)
    player.tick(1.0)
    assert player.moment == 2.0


def test_while_paused_time_stands_and_the_pause_does_not_count() -> None:
    player = Player(changing()).play()
    player.tick(0.0)
    player.tick(1.0)
    player.pause()
    assert not player.tick(2.0)
    player.play().tick(1000.0)
    assert player.moment == 1.0


def test_steps_go_from_moment_to_moment_and_stop_at_the_ends() -> None:
    player = Player(changing()).seek(0.4)
    assert [player.step(1).moment for _ in range(3)] == [1.0, 3.0, 3.0]
    assert [player.step(-1).moment for _ in range(3)] == [1.0, 0.0, 0.0]


def test_seeking_stays_within_what_changes_and_stop_goes_back() -> None:
    player = Player(changing())
    assert (player.seek(99).moment, player.seek(-5).moment) == (3.0, 0.0)
    player.play().seek(2.0)
    assert (player.stop().moment, player.is_playing) == (0.0, False)


def test_listeners_hear_when_it_begins_and_ceases_to_play() -> None:
    heard: list[bool] = []
    player = Player(changing())
    player.on_change(lambda: heard.append(player.is_playing))
    player.play().play().toggle()
    assert heard == [True, False]


def test_a_scene_in_which_nothing_changes_cannot_be_played() -> None:
    with pytest.raises(ViewerError, match="values with times="):
        Player(Scene().add_points(PLACES)).play()


@pytest.mark.parametrize("speed", [0.0, float("nan"), float("inf")])
def test_no_speed_is_refused(speed: float) -> None:
    with pytest.raises(ViewerError, match="a number other than zero"):
        Player(changing(), speed=speed)


def test_the_timeline_has_the_moments_of_all_layers_and_the_events_in_order() -> None:
    scene = changing().add_points(PLACES, name="Others", values=np.zeros((2, 2)), times=(0.5, 1.0))
    scene.change(events=(Event(time=2.0, label="reward"), Event(time=0.7, label="stimulus")))
    timeline = find_timeline(scene.state)
    np.testing.assert_array_equal(timeline.moments, [0.0, 0.5, 1.0, 3.0])
    assert [event.label for event in timeline.events] == ["stimulus", "reward"]
    assert (timeline.event_from(0.0, 1), timeline.event_from(1.0, -1), timeline.event_from(2.0, 1)) == (0.7, 0.7, 2.0)


@given(st.lists(st.floats(-100, 100), min_size=1, unique=True), st.floats(-100, 100), st.integers(1, 4))
def test_a_step_there_and_back_ends_at_no_later_moment(moments: list[float], moment: float, steps: int) -> None:
    timeline = Timeline(np.sort(moments))
    later = timeline.step_from(moment, steps)
    assert later in moments
    assert timeline.step_from(later, -steps) <= later
