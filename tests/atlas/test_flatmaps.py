import json
from pathlib import Path

import httpx
import numpy as np
import pytest

from bregma.atlas import (
    AtlasNotFound,
    FlatMap,
    InvalidAtlas,
    cortical_depth,
    load_swanson,
    load_swanson_outlines,
    map_circles,
    map_dorsal_cortex,
    map_pyramid,
    phantom_atlas,
)
from bregma.store import Engine, Retry

ATLAS = phantom_atlas(32)


class Away:
    http = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(404)))


@pytest.fixture(scope="module")
def above() -> FlatMap:
    return map_dorsal_cortex(ATLAS)


def write_swanson(path: Path) -> Path:
    picture = np.zeros((4, 6), dtype=np.int16)
    picture[1, 2:5] = ATLAS.regions.row("CP")
    np.savez(path, swanson2allen=picture)
    return path


def test_every_pixel_of_the_dorsal_cortex_is_the_highest_voxel_of_its_column(above: FlatMap) -> None:
    wanted = set(ATLAS.regions.descendants("Isocortex").tolist())
    for x, y in np.ndindex(ATLAS.labels.shape[:2]):
        column = ATLAS.labels[x, y][ATLAS.labels[x, y] > 0]
        top = int(column[-1]) if column.size else 0
        assert above.rows[y, x] == (top if top in wanted else 0)
    assert (above.rows > 0).any()


def test_the_dorsal_cortex_lies_in_space(above: FlatMap) -> None:
    left, right, back, front = above.extent
    assert left < 0 < right
    assert right - left == pytest.approx(32 * ATLAS.spacing)
    assert (back, front) == pytest.approx((ATLAS.origin[1] - ATLAS.spacing / 2, back + 32 * ATLAS.spacing))
    assert above.is_metric


def test_a_volume_of_rows_projects_onto_the_rows(above: FlatMap) -> None:
    picture = above.project_volume(ATLAS.labels.astype(float))
    np.testing.assert_array_equal(np.nan_to_num(picture), above.rows)
    assert np.isnan(picture[above.rows == 0]).all()


def test_along_streamlines_all_voxels_of_a_pixel_are_used() -> None:
    depths = cortical_depth(ATLAS)
    along = map_dorsal_cortex(ATLAS, depths=depths)
    ones = np.ones(ATLAS.labels.shape)
    count = along.project_volume(ones, reduction="count")
    np.testing.assert_array_equal(along.project_volume(ones, reduction="sum"), count)
    assert np.nanmax(count) > 3
    deepest = along.project_volume(depths.volume(depths.depth), reduction="max")
    shallowest = along.project_volume(depths.volume(depths.depth), reduction="min")
    assert np.nanmean(deepest - shallowest) > 5e-4


def test_points_go_to_the_pixel_above_them(above: FlatMap) -> None:
    pixel = np.argwhere(above.rows > 0)[40]
    assert above.voxels is not None
    voxel = np.unravel_index(above.voxels[tuple(pixel)][0], ATLAS.labels.shape)
    xyz = ATLAS.grid.xyz_of(np.array(voxel))
    counted = above.project_points([xyz, xyz, [np.nan, 0, 0], [0.0, 0.05, 0.0]])
    assert counted[tuple(pixel)] == 2
    assert np.nansum(counted) == 2
    means = above.project_points([xyz, xyz], [1.0, 4.0])
    assert means[tuple(pixel)] == 2.5
    assert np.isfinite(means).sum() == 1


def test_points_and_values_go_together(above: FlatMap) -> None:
    with pytest.raises(InvalidAtlas, match="1 points do not go with"):
        above.project_points([[0.0, 0.0, 0.0]], [1.0, 2.0])


def test_values_of_regions_are_shown(above: FlatMap) -> None:
    values = np.arange(len(ATLAS.regions)) * 10
    np.testing.assert_array_equal(above.show_values(values), above.rows.astype(int) * 10)
    with pytest.raises(InvalidAtlas, match="2655 rows"):
        above.show_values([1.0, 2.0])
    assert above.colours[above.rows == 0, 3].max() == 0


def test_a_volume_of_another_grid_and_unknown_reductions_are_refused(above: FlatMap) -> None:
    with pytest.raises(InvalidAtlas, match="not on a grid"):
        above.project_volume(np.zeros((2, 2, 2)))
    with pytest.raises(InvalidAtlas, match="no reduction 'mode'; known are mean"):
        above.project_volume(np.zeros(ATLAS.labels.shape), reduction="mode")  # type: ignore[arg-type]


def test_circles_show_columns_of_the_brain() -> None:
    flat = map_circles(ATLAS, n=3)
    assert flat.rows.shape[0] == ATLAS.labels.shape[2]
    assert flat.voxels is not None
    x, y, z = np.unravel_index(flat.voxels[..., 0], ATLAS.labels.shape)
    assert (z == np.arange(len(z))[:, None]).all()
    assert np.hypot(np.diff(x[0]), np.diff(y[0])).max() < 8
    np.testing.assert_array_equal(flat.rows, ATLAS.labels[x, y, z])


def test_a_circle_begins_at_the_back_and_goes_round() -> None:
    flat = map_circles(ATLAS, n=1)
    assert flat.voxels is not None
    x, y, _ = np.unravel_index(flat.voxels[0, :, 0], ATLAS.labels.shape)
    quarter = len(x) // 4
    assert y[0] == y.min()
    assert y[2 * quarter] == y.max()
    assert x[quarter] == x.min()
    assert x[3 * quarter] == x.max()


def test_the_pyramid_stacks_the_circles() -> None:
    flat, stacked = map_circles(ATLAS, n=3), map_pyramid(ATLAS, n=3)
    assert stacked.rows.shape[0] == 3 * flat.rows.shape[0]
    assert (stacked.rows > 0).sum() == (flat.rows > 0).sum()
    assert (stacked.rows[-32:] > 0).sum() < (stacked.rows[:32] > 0).sum()
    with pytest.raises(InvalidAtlas, match="not 0"):
        map_circles(ATLAS, n=0)


def test_the_swanson_map_is_read_from_a_file(tmp_path: Path) -> None:
    flat = load_swanson(write_swanson(tmp_path / "swanson2allen.npz"))
    assert flat.rows.shape == (4, 6)
    assert (flat.rows[2] > 0).tolist() == [False, False, True, True, True, False]
    both = load_swanson(tmp_path / "swanson2allen.npz", both_sides=True)
    assert both.rows.shape == (8, 6)
    assert set(np.unique(both.regions.ids[both.rows])) == {-672, 0, 672}
    with pytest.raises(InvalidAtlas, match="drawing without voxels"):
        flat.project_points([[0.0, 0.0, 0.0]])


def test_outlines_are_read_from_a_file(tmp_path: Path) -> None:
    square = {"x": [0, 1, 1, 0], "y": [0, 0, 1, 1]}
    entries = [
        {"thisID": 5, "coordsReg": square, "hole": False},
        {"thisID": 6, "coordsReg": [square] * 2, "hole": True},
    ]
    (tmp_path / "paths.json").write_text(json.dumps(entries))
    first, second = load_swanson_outlines(tmp_path / "paths.json")
    assert (first.row, len(first.rings), first.has_holes) == (5, 1, False)
    assert (second.row, len(second.rings), second.has_holes) == (6, 2, True)
    np.testing.assert_array_equal(first.rings[0], [[0, 0], [1, 0], [1, 1], [0, 1]])


def test_another_file_is_no_swanson_map(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", other=np.zeros(3))
    (tmp_path / "b.npz").write_text("log in")
    np.savez(tmp_path / "c.npz", swanson2allen=np.full((2, 2), 5000))
    for name in "abc":
        with pytest.raises(InvalidAtlas):
            load_swanson(tmp_path / f"{name}.npz")
    (tmp_path / "d.json").write_text('[{"thisID": 9999}]')
    with pytest.raises(InvalidAtlas, match="no outlines"):
        load_swanson_outlines(tmp_path / "d.json")


def test_without_the_swanson_map_the_error_names_the_way_out(tmp_path: Path) -> None:
    engine = Engine(Away(), retry=Retry(attempts=1, sleep=lambda _: None), silent=True)
    with pytest.raises(AtlasNotFound, match=r"swanson2allen\.npz .*public bucket.*pass its path"):
        load_swanson(cache_dir=tmp_path, engine=engine)
    with pytest.raises(AtlasNotFound, match=r"no Swanson flat map at .*nothing\.npz"):
        load_swanson(tmp_path / "nothing.npz")


def test_a_coarser_map_shows_the_same_places(above: FlatMap) -> None:
    coarse = above.coarsen(2)
    np.testing.assert_array_equal(coarse.rows, above.rows[::2, ::2])
    assert coarse.extent == pytest.approx(above.extent)
    assert coarse.picture.plane.spacing == pytest.approx((2 * ATLAS.spacing, 2 * ATLAS.spacing))
    assert above.coarsen(1) is above
