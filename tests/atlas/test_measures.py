from dataclasses import replace

import numpy as np
import pytest

from bregma.atlas import (
    Atlas,
    InvalidAtlas,
    InvalidCoordinates,
    OutsideVolume,
    WrongUnit,
    compute_centroids,
    compute_volumes,
    find_nearby_regions,
    phantom_atlas,
)
from bregma.atlas.coarsening import vote_in_blocks

ATLAS = phantom_atlas(32)


def test_volumes_are_those_of_the_voxels_inside() -> None:
    volumes, own = compute_volumes(ATLAS), compute_volumes(ATLAS, with_inner=False)
    voxel = ATLAS.grid.voxel_volume_mm3
    for side in ("left", "right"):
        row = ATLAS.regions.row("TH", hemisphere=side)
        assert volumes[row] == pytest.approx(ATLAS.mask("TH", hemisphere=side).sum() * voxel)
        assert own[row] == 0
    assert own.sum() == pytest.approx(ATLAS.labels.size * voxel)
    assert volumes[0] == own[0]
    assert volumes[ATLAS.regions.row("root")] == pytest.approx(own[1:].sum() / 2, rel=0.01)


def test_centroids_are_the_means_of_the_voxels_inside() -> None:
    centroids = compute_centroids(ATLAS)
    for side in ("left", "right"):
        inside = ATLAS.grid.xyz_of(np.argwhere(ATLAS.mask("TH", hemisphere=side)))
        np.testing.assert_allclose(centroids[ATLAS.regions.row("TH", hemisphere=side)], inside.mean(axis=0))
    assert np.isnan(centroids[0]).all()
    assert np.isnan(centroids[ATLAS.regions.row("VISam")]).all()
    assert np.isnan(compute_centroids(ATLAS, with_inner=False)[ATLAS.regions.row("TH")]).all()


def test_shares_around_places_are_those_of_a_ball_drawn_voxel_by_voxel() -> None:
    rng = np.random.default_rng(3)
    places, radius = rng.uniform(*ATLAS.grid.bounds.T, (20, 3)), 1.1e-3
    nearby = find_nearby_regions(ATLAS, places, radius)
    # Void around the volume, wide enough for the ball.
    labels = np.pad(ATLAS.labels, 4)
    centres = ATLAS.grid.xyz_of(np.argwhere(labels >= 0) - 4)
    for i, place in enumerate(places):
        inside = labels.reshape(-1)[np.linalg.norm(centres - place, axis=1) <= radius]
        rows, counts = np.unique(inside, return_counts=True)
        found = nearby.points == i
        order = np.argsort(nearby.rows[found])
        np.testing.assert_array_equal(nearby.rows[found][order], rows)
        np.testing.assert_allclose(nearby.fractions[found][order], counts / counts.sum())
        assert (np.diff(nearby.fractions[found]) <= 0).all()


def test_many_places_in_pieces_have_the_same_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    places = np.random.default_rng(4).uniform(*ATLAS.grid.bounds.T, (30, 3))
    whole = find_nearby_regions(ATLAS, places, 5e-4, mapping="Cosmos")
    monkeypatch.setattr("bregma.atlas.neighbourhood._VOXELS_AT_ONCE", 1000)
    pieces = find_nearby_regions(ATLAS, places, 5e-4, mapping="Cosmos")
    for column in ("points", "rows", "fractions", "ids"):
        np.testing.assert_array_equal(getattr(pieces, column), getattr(whole, column))


def test_a_radius_of_nothing_finds_the_voxel_of_the_place() -> None:
    places = np.random.default_rng(5).uniform(*ATLAS.grid.bounds.T, (50, 3))
    np.testing.assert_array_equal(find_nearby_regions(ATLAS, places, 0.0).rows, ATLAS.rows_at(places))


def test_nan_has_void_around_it_and_no_place_has_nothing() -> None:
    nearby = find_nearby_regions(ATLAS, [[np.nan, 0, 0], [0.001, -0.0017, -0.0039]], 5e-4)
    assert nearby.around(0) == {"void": 1.0}
    assert next(iter(nearby.around(1))) == "VPM"
    assert len(find_nearby_regions(ATLAS, np.empty((0, 3)), 1e-4).rows) == 0


def test_a_radius_in_micrometres_is_refused() -> None:
    with pytest.raises(WrongUnit, match="radii"):
        find_nearby_regions(ATLAS, [0.0, 0.0, 0.0], 200)
    with pytest.raises(InvalidCoordinates, match="no list of spheres"):
        find_nearby_regions(ATLAS, [0.0, 0.0, 0.0], -1e-4)


def test_the_surface_is_the_ends_of_the_brain_in_each_column() -> None:
    surface, brain = ATLAS.surface, ATLAS.labels > 0
    z = ATLAS.grid.scales[2]
    for i, j in np.argwhere(brain.any(axis=2))[::40]:
        assert surface.top[i, j] == z[brain[i, j]].max()
        assert surface.bottom[i, j] == z[brain[i, j]].min()
    assert np.isnan(surface.top[~brain.any(axis=2)]).all()
    assert surface.top_at([0.001, -0.002]) == surface.top_at([0.001, -0.002, 99.0])
    assert np.isnan(surface.bottom_at([[0.09, 0.0], [np.nan, 0.0]])).all()


def test_the_filled_brain_holds_voids_between_top_and_bottom() -> None:
    labels = ATLAS.labels.copy()
    i, j, k = np.argwhere(ATLAS.surface.fill()).T
    inner = (np.abs(ATLAS.grid.scales[2][k] - (ATLAS.surface.top + ATLAS.surface.bottom)[i, j] / 2)) < 5e-4
    labels[i[inner], j[inner], k[inner]] = 0  # a hole at half the height, as a ventricle
    holed = replace(ATLAS, labels=labels).surface
    brain = labels > 0
    from_below, from_above = (np.maximum.accumulate(part, axis=2) for part in (brain, brain[:, :, ::-1]))
    np.testing.assert_array_equal(holed.fill(), from_below & from_above[:, :, ::-1])
    assert (holed.fill() & ~brain).sum() > 100


def test_the_nearest_surface_point_is_the_nearest_voxel_with_void_beside_it() -> None:
    brain = np.pad(ATLAS.labels > 0, 1)
    core = brain[1:-1, 1:-1, 1:-1].copy()
    for axis in range(3):
        for shift in (1, -1):
            core &= np.roll(brain, shift, axis)[1:-1, 1:-1, 1:-1]
    outside = ATLAS.grid.xyz_of(np.argwhere((ATLAS.labels > 0) & ~core))
    assert len(ATLAS.surface.points) == len(outside)
    places = np.random.default_rng(6).uniform(*ATLAS.grid.bounds.T, (20, 3))
    nearest = ATLAS.surface.nearest(places)
    distance = np.linalg.norm(outside - places[:, None], axis=-1).min(axis=1)
    np.testing.assert_allclose(np.linalg.norm(nearest - places, axis=1), distance)
    assert np.isnan(ATLAS.surface.nearest([np.nan, 0, 0])).all()


def test_labels_under_a_mapping_and_outside_follow_the_options() -> None:
    place = [0.001, -0.0017, -0.0039]
    assert ATLAS.acronyms_at(place, mapping="Cosmos") == "TH"
    assert ATLAS.ids_at([-0.001, -0.0017, -0.0039], mapping="Cosmos-lr") == -549
    outside = [0.001, -0.0017, -0.05]
    assert ATLAS.ids_at(outside) == 0
    assert ATLAS.rows_at(outside, outside="clip") == ATLAS.labels[tuple(ATLAS.grid.index_of(outside, outside="clip"))]
    with pytest.raises(OutsideVolume):
        ATLAS.acronyms_at(outside, outside="raise")
    with pytest.raises(WrongUnit):
        ATLAS.rows_at([1000.0, 0, 0])


@pytest.mark.parametrize("step", [2, 3])
def test_a_majority_is_counted_in_each_block(step: int) -> None:
    labels = np.random.default_rng(7).integers(0, 4, (6, 7, 5)).astype(np.uint16)
    voted = vote_in_blocks(labels, step)
    whole = np.pad(labels, [(0, -n % step) for n in labels.shape])
    for index in np.ndindex(*voted.shape):
        block = whole[tuple(slice(i * step, (i + 1) * step) for i in index)]
        assert voted[index] == np.bincount(block.ravel()).argmax()


def test_a_coarse_atlas_by_majority_keeps_places_and_averages_the_template() -> None:
    template = np.asfortranarray(np.random.default_rng(8).integers(0, 500, ATLAS.labels.shape).astype(np.uint16))
    coarse = replace(ATLAS, template=template).coarsen(800, by="majority")
    np.testing.assert_allclose(coarse.grid.bounds, ATLAS.grid.bounds)
    assert coarse.template is not None
    assert coarse.template[1, 2, 3] == round(template[2:4, 4:6, 6:8].mean())
    sampled = replace(ATLAS, template=template).coarsen(800)
    assert sampled.template is not None
    np.testing.assert_array_equal(sampled.template, template[::2, ::2, ::2])
    with pytest.raises(ValueError, match="'sampling' or by 'majority'"):
        ATLAS.coarsen(800, by="mean")  # type: ignore[arg-type]


def test_a_template_on_another_grid_is_refused() -> None:
    with pytest.raises(InvalidAtlas, match="the template has shape"):
        Atlas(ATLAS.labels, ATLAS.origin, ATLAS.spacing, ATLAS.regions, "wrong", template=np.zeros((1, 2, 3)))
