import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bregma.atlas import (
    MRI_TORONTO,
    NEEDLES,
    Insertion,
    InvalidCoordinates,
    WrongUnit,
    find_crossed_regions,
    phantom_atlas,
    place_along,
    spherical_from_xyz,
    tilt_angles,
    xyz_from_spherical,
)

RECORD = {"x": 1000.0, "y": -2000.0, "z": -50.0, "depth": 4000.0, "theta": 15.0, "phi": 0.0, "roll": 3.0}
small = st.floats(-0.01, 0.01)


@given(small, small, small)
def test_angles_go_there_and_back(x: float, y: float, z: float) -> None:
    r, theta, phi = spherical_from_xyz([x, y, z])
    np.testing.assert_allclose(xyz_from_spherical(r, theta, phi), [x, y, z], atol=1e-15)
    assert 0 <= theta <= 180


def test_theta_is_from_above_and_phi_from_the_right_to_the_front() -> None:
    r, theta, phi = spherical_from_xyz([[0, 0, 2], [1, 0, 0], [0, 1, 0], [0, 0, -1]])
    np.testing.assert_allclose(r, [2, 1, 1, 1])
    np.testing.assert_allclose(theta, [0, 90, 90, 180])
    np.testing.assert_allclose(phi, [0, 0, 90, 0])
    assert np.isnan(spherical_from_xyz([np.nan, 0, 0])[0])


def test_a_lifted_chin_turns_an_upright_probe_to_the_back() -> None:
    theta, phi = tilt_angles(0.0, 0.0, tilt=5.0)
    np.testing.assert_allclose([theta, phi], [5.0, 270.0])
    np.testing.assert_allclose(tilt_angles(*tilt_angles(30.0, 200.0, tilt=7.0), tilt=-7.0), [30.0, 200.0])


def test_a_probe_from_the_right_goes_down_and_to_the_left() -> None:
    insertion = Insertion.from_dict(RECORD)
    np.testing.assert_allclose(insertion.entry, [0.001, -0.002, -5e-5])
    sine, cosine = np.sin(np.radians(15)), np.cos(np.radians(15))
    np.testing.assert_allclose(insertion.tip, [0.001 - 0.004 * sine, -0.002, -5e-5 - 0.004 * cosine])
    np.testing.assert_allclose(insertion.xyz, [insertion.entry, insertion.tip])
    assert insertion.beta == 3.0


def test_a_record_goes_there_and_back() -> None:
    insertion = Insertion.from_dict({**RECORD, "probe_name": "probe00"})
    assert insertion.label == "probe00"
    assert Insertion.from_dict(insertion.to_dict()) == insertion


def test_an_insertion_between_two_points_has_them_as_its_ends() -> None:
    entry, tip = [0.001, 0.002, -0.001], [0.0005, 0.0025, -0.004]
    np.testing.assert_allclose(Insertion.from_ends(entry, tip).xyz, [entry, tip], atol=1e-15)


def test_with_an_atlas_z_is_the_top_of_the_brain() -> None:
    atlas = phantom_atlas(64)
    assert Insertion.from_dict(RECORD, atlas).z == pytest.approx(float(atlas.surface.top_at([0.001, -0.002])))
    beside = Insertion.from_dict({**RECORD, "x": 6000.0, "y": 3500.0}, atlas)
    assert beside.z == pytest.approx(-5e-5)


def test_a_record_that_lacks_an_angle_is_told_so() -> None:
    with pytest.raises(InvalidCoordinates, match=r"lacks theta; it has \['x'"):
        Insertion.from_dict({**RECORD, "theta": None})


def test_metres_in_a_record_and_micrometres_in_an_insertion_are_refused() -> None:
    with pytest.raises(WrongUnit, match="these look like metres"):
        Insertion.from_dict({**RECORD, "x": 0.001, "y": -0.002, "z": 0.0, "depth": 0.004})
    with pytest.raises(WrongUnit, match="these look like micrometres"):
        Insertion(1000.0, -2000.0, 0.0, 0.0, 0.0, 0.004)
    with pytest.raises(WrongUnit, match="depth of an insertion"):
        Insertion(0.001, -0.002, 0.0, 0.0, 0.0, 4000.0)


@pytest.mark.parametrize("depth", [-0.001, np.nan])
def test_an_insertion_without_a_depth_is_refused(depth: float) -> None:
    with pytest.raises(InvalidCoordinates, match="depth of 0 or more"):
        Insertion(0.0, 0.0, 0.0, 0.0, 0.0, depth)


def test_a_traced_track_becomes_an_insertion_from_the_surface_to_its_deepest_point() -> None:
    atlas = phantom_atlas(64)
    entry, tip = np.array([0.0015, -0.002, 0.002]), np.array([0.001, -0.0015, -0.004])
    points = np.linspace(entry, tip, 30)[8:]
    insertion = Insertion.from_track(np.vstack([points, np.full(3, np.nan)]), atlas)
    np.testing.assert_allclose(insertion.tip, tip, atol=1e-9)
    np.testing.assert_allclose(insertion.entry, insertion.brain_entry(atlas), atol=1e-9)
    just_inside = insertion.entry + 1e-6 * insertion.trajectory.vector
    assert atlas.rows_at(just_inside) > 0
    assert atlas.rows_at(insertion.brain_exit(atlas) + 1e-6 * insertion.trajectory.vector) == 0


def test_regions_along_a_probe_are_those_of_small_steps() -> None:
    atlas = phantom_atlas(64)
    insertion = Insertion.from_ends([0.0015, -0.0022, 0.0003], [0.0009, -0.0016, -0.0046])
    crossed = insertion.crossed_regions(atlas)
    depths = np.arange(5e-6, insertion.depth, 1e-5)
    rows = atlas.rows_at(insertion.entry + depths[:, None] * insertion.trajectory.vector)
    np.testing.assert_array_equal(crossed.rows_at(depths), rows)
    assert crossed.rows_at([-1e-6, insertion.depth + 1e-6, np.nan]).tolist() == [0, 0, 0]
    assert crossed.edges[[0, -1]] == pytest.approx([0, insertion.depth])
    assert crossed.lengths.sum() == pytest.approx(insertion.depth)
    assert crossed.acronyms[0] == "void"
    assert "VPM" in crossed.acronyms
    assert (crossed.ids[1:] > 0).all()


def test_neighbours_that_a_mapping_makes_one_are_one_stretch() -> None:
    atlas = phantom_atlas(32)
    track = [[0.0, -0.0015, -0.0036], [0.0015, -0.0015, -0.0036]]  # MD, then VPM
    fine, coarse = (find_crossed_regions(atlas, track, mapping=mapping) for mapping in (None, "Cosmos"))
    assert len(coarse.rows) < len(fine.rows)
    assert (coarse.rows[1:] != coarse.rows[:-1]).all()
    assert "TH" in coarse.acronyms


def test_a_bent_track_keeps_its_length_and_order() -> None:
    atlas = phantom_atlas(32)
    track = np.array([[-0.004, -0.001, -0.003], [0.0, -0.001, -0.003], [0.0, -0.001, -0.003], [0.0, 0.003, -0.003]])
    crossed = find_crossed_regions(atlas, track)
    assert crossed.edges[-1] == pytest.approx(0.008)
    assert crossed.ids[0] < 0 < crossed.ids[-1]


def test_places_along_a_track_go_on_beyond_its_ends() -> None:
    track = [[0, 0, 0], [0.001, 0, 0], [0.001, 0.002, 0]]
    expected = [[-0.001, 0, 0], [0.0005, 0, 0], [0.001, 0.001, 0], [0.001, 0.003, 0], [np.nan] * 3]
    np.testing.assert_allclose(place_along(track, [-0.001, 0.0005, 0.002, 0.004, np.nan]), expected, atol=1e-15)
    with pytest.raises(InvalidCoordinates, match="two different points"):
        place_along([[0, 0, 0], [0, 0, 0]], [0.0])
    with pytest.raises(InvalidCoordinates, match="shape"):
        place_along([0, 0, 0], [0.0])


def test_channels_are_counted_upwards_from_the_tip() -> None:
    insertion = Insertion.from_ends([0, 0, 0], [0, 0.003, -0.004])
    places = insertion.channel_positions([0.0, 0.001], tip_length=200e-6)
    np.testing.assert_allclose(np.linalg.norm(places - insertion.tip, axis=1), [2e-4, 1.2e-3])
    assert places[1, 2] > places[0, 2] > insertion.tip[2]


@pytest.mark.parametrize("space", [NEEDLES, MRI_TORONTO])
def test_coordinates_of_a_head_go_to_the_allens_and_back(space: object) -> None:
    xyz = [[0.001, -0.002, -0.003], [np.nan, 0, 0]]
    np.testing.assert_allclose(space.to_allen(space.from_allen(xyz)), xyz)  # type: ignore[attr-defined]


def test_needles_stretches_the_length_and_squeezes_the_depth() -> None:
    np.testing.assert_allclose(NEEDLES.from_allen([0.001, 0.001, -0.001]), [0.001, 0.001087, -0.000952])
