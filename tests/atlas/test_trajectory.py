import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bregma.atlas import Grid, InvalidCoordinates, OutsideBrain, Trajectory, phantom_atlas
from bregma.atlas.path import walk_voxels

GRID = Grid((10, 12, 14), (-0.001, -0.002, -0.003), (2e-4, 3e-4, 1e-4))
coordinate = st.floats(-0.004, 0.004)
place = st.tuples(coordinate, coordinate, coordinate).map(np.array)


def test_a_line_is_fitted_to_noisy_points_and_runs_downwards() -> None:
    rng = np.random.default_rng(0)
    along = rng.uniform(0, 0.004, 200)
    points = np.array([0.001, 0.002, -0.001]) + along[:, None] * [0.0, -0.6, -0.8] + rng.normal(0, 1e-6, (200, 3))
    line = Trajectory.fit(np.vstack([points, [np.nan, 0, 0]]))
    np.testing.assert_allclose(line.vector, [0.0, -0.6, -0.8], atol=1e-3)
    assert line.distance([0.001, 0.002, -0.001]) < 2e-6


@pytest.mark.parametrize("points", [[[0, 0, 0]], [[0, 0, 0.001]] * 5, [[np.nan, 0, 0], [0, 0, 0]]])
def test_one_place_makes_no_line(points: list[list[float]]) -> None:
    with pytest.raises(InvalidCoordinates, match="two different points"):
        Trajectory.fit(points)


def test_a_direction_without_length_is_refused() -> None:
    with pytest.raises(InvalidCoordinates, match="three entries and a length"):
        Trajectory(np.zeros(3), np.zeros(3))


def test_a_point_is_found_by_one_of_its_coordinates() -> None:
    line = Trajectory(np.array([0.001, 0.002, 0.0]), np.array([1.0, 0.0, -2.0]))
    np.testing.assert_allclose(line.at("z", -0.002), [0.002, 0.002, -0.002])
    np.testing.assert_allclose(line.at("x", [0.0, 0.001]), [[0.0, 0.002, 0.002], [0.001, 0.002, 0.0]])
    assert np.isnan(line.at("y", 0.002)).all()


@given(place, place)
def test_a_projection_is_on_the_line_and_nearest(point: np.ndarray, other: np.ndarray) -> None:
    line = Trajectory(np.array([0.001, 0.0, -0.001]), np.array([0.2, 0.3, -0.9]))
    nearest = line.project(point)
    np.testing.assert_allclose((nearest - point) @ line.vector, 0, atol=1e-12)
    assert line.distance(point) == pytest.approx(np.linalg.norm(point - nearest), abs=1e-12)
    assert line.distance(point) <= np.linalg.norm(point - line.project(other)) + 1e-12


def test_distance_from_a_piece_of_a_line_is_from_its_ends_beyond_them() -> None:
    line = Trajectory(np.zeros(3), np.array([0.0, 0.0, -1.0]))
    ends = [[0, 0, -0.003], [0, 0, -0.001]]
    points = [[0.001, 0, 0], [0.001, 0, -0.002], [0, 0.001, -0.004]]
    np.testing.assert_allclose(line.distance(points, ends=ends), np.array([2**0.5, 1, 2**0.5]) * 1e-3)
    np.testing.assert_allclose(line.distance(points), 1e-3)


@given(place, place)
def test_a_line_leaves_a_volume_through_its_faces(start: np.ndarray, way: np.ndarray) -> None:
    if np.linalg.norm(way) < 1e-4:
        return
    line = Trajectory(start, way)
    ends = line.exit_points(GRID)
    along = line.distance_along(ends) if len(ends) else np.zeros(2)
    samples = line.point + np.linspace(-0.05, 0.05, 2000)[:, None] * line.vector
    inside = (GRID.index_of(samples)[:, 0] >= 0) & np.isfinite(samples).all(axis=1)
    expected = (line.distance_along(samples) > along[0]) & (line.distance_along(samples) < along[1])
    assert (inside != expected).sum() <= 2


def test_a_line_in_a_lower_face_is_inside_and_one_in_an_upper_face_is_not() -> None:
    low, high = GRID.bounds[0]
    assert len(Trajectory(np.array([low, 0, 0]), np.array([0, 0, 1.0])).exit_points(GRID)) == 2
    assert len(Trajectory(np.array([high, 0, 0]), np.array([0, 0, 1.0])).exit_points(GRID)) == 0


@given(place, place)
def test_a_walk_visits_the_voxels_that_small_steps_find(start: np.ndarray, stop: np.ndarray) -> None:
    path = walk_voxels(GRID, start, stop)
    assert path.edges[0] == 0
    assert path.edges[-1] == pytest.approx(np.linalg.norm(stop - start))
    assert (np.diff(path.edges) >= 0).all()
    part = (np.arange(500) + 0.5) / 500
    found = GRID.index_of(start + part[:, None] * (stop - start))
    walked = path.index[np.searchsorted(path.edges[1:-1], part * path.edges[-1], side="right")]
    on_face = np.abs(part[:, None] * path.edges[-1] - path.edges).min(axis=1) < 2e-9  # shorter ones are left out
    assert ((found == walked).all(axis=1) | on_face).all()


def test_a_line_enters_the_brain_where_small_steps_do() -> None:
    atlas = phantom_atlas(64)
    line = Trajectory(np.array([0.001, -0.001, -0.003]), np.array([0.3, 0.2, 0.8]))
    entry, leaving = line.brain_ends(atlas)
    steps = np.linspace(-0.01, 0.01, 20001)
    inside = np.flatnonzero(atlas.rows_at(line.point + steps[:, None] * line.vector))
    bottom, top = line.point + steps[inside[[0, -1]], None] * line.vector
    np.testing.assert_allclose([entry, leaving], [top, bottom], atol=2e-6)
    np.testing.assert_allclose(line.distance([entry, leaving]), 0, atol=1e-12)


def test_a_line_beside_the_brain_does_not_meet_it() -> None:
    with pytest.raises(OutsideBrain, match=r"does not meet the brain.*metres"):
        Trajectory(np.array([0.006, 0.003, 0.0]), np.array([0, 0, 1.0])).brain_ends(phantom_atlas(16))
    with pytest.raises(OutsideBrain):
        Trajectory(np.array([0.05, 0.0, 0.0]), np.array([0, 0, 1.0])).brain_ends(phantom_atlas(16))
