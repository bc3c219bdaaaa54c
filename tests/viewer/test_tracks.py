import numpy as np

from bregma.atlas import phantom_atlas
from bregma.viewer import Insertions, Scene, fit_tracks


def units_along(tip: list[float], entry: list[float], n: int = 40) -> np.ndarray:
    return np.linspace(tip, entry, n)


def test_a_track_runs_through_its_units() -> None:
    tip, entry = [0.002, -0.002, -0.004], [0.0015, -0.001, -0.001]
    tracks = fit_tracks(units_along(tip, entry), np.zeros(40))
    np.testing.assert_allclose(tracks.tips, [tip], atol=1e-9)
    np.testing.assert_allclose(tracks.entries, [entry], atol=1e-9)


def test_each_insertion_has_its_own_track() -> None:
    first, second = units_along([0, 0, -0.004], [0, 0, -0.001]), units_along([0.002, 0, -0.004], [0.002, 0, -0.001])
    tracks = fit_tracks(np.concatenate([first, second]), np.repeat([7, 3], 40))
    assert tracks.insertions.tolist() == [3, 7]
    np.testing.assert_allclose(tracks.tips[:, 0], [0.002, 0], atol=1e-9)


def test_one_place_and_no_place_make_no_track() -> None:
    places = np.array([[0, 0, -0.001], [np.nan, 0, 0]])
    assert len(fit_tracks(places, [0, 1]).tips) == 0


def test_with_an_atlas_a_track_ends_where_it_leaves_the_brain() -> None:
    atlas = phantom_atlas()
    units = units_along([0.002, -0.001, -0.005], [0.002, -0.001, -0.003])
    entry = fit_tracks(units, np.zeros(40), atlas=atlas).entries[0]
    upwards = np.array([0, 0, 1e-6])
    assert atlas.rows_at(entry + upwards) == 0
    assert atlas.rows_at(entry - upwards) > 0
    np.testing.assert_allclose(entry[:2], [0.002, -0.001], atol=1e-9)


def test_units_are_added_with_their_tracks() -> None:
    units = units_along([0.002, -0.001, -0.005], [0.002, -0.001, -0.003])
    scene = Scene(phantom_atlas()).add_units(units, np.zeros(40, int), labels=("probe00",))
    tracks = scene.layer("Insertions")
    assert isinstance(tracks, Insertions)
    assert tracks.labels == ("probe00",)
    assert [layer.name for layer in scene.layers] == ["Insertions", "Units"]
