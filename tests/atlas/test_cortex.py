import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bregma.atlas import (
    Atlas,
    CorticalDepth,
    InvalidAtlas,
    Placement,
    cortical_depth,
    load_atlas,
    make_atlas,
    make_regions,
    phantom_atlas,
    project_to_pia,
    project_to_white_matter,
    trace_streamlines,
)

EDGE = 1e-4


def make_slab(thickness: int = 10) -> Atlas:
    """A flat cortex of so many voxels between void above and fibres below."""
    ids = np.zeros((6, 6, thickness + 6), dtype=int)
    ids[:, :, :3] = 3
    ids[:, :, 3 : 3 + thickness] = 2
    table = make_regions([1, 2, 3], ["root", "Isocortex", "fiber tracts"], parents=[None, 1, 1])
    return make_atlas(ids, table, Placement(EDGE * 1e6, "lpi"))


def make_shell(inner: float = 6.0, outer: float = 14.0) -> Atlas:
    """A cortex between two spheres."""
    x, y, z = np.indices((32, 32, 32)) - 15.5
    radius = np.sqrt(x**2 + y**2 + z**2)
    ids = np.where(radius < inner, 3, np.where(radius < outer, 2, 0))
    table = make_regions([1, 2, 3], ["root", "Isocortex", "fiber tracts"], parents=[None, 1, 1])
    return make_atlas(ids, table, Placement(EDGE * 1e6, "lpi"), hemispheres=np.ones_like(ids))


@pytest.fixture(scope="module")
def shell() -> CorticalDepth:
    return cortical_depth(make_shell())


@given(st.integers(3, 20))
@settings(max_examples=6, deadline=None)
def test_in_a_slab_depth_is_the_distance_to_its_surface(thickness: int) -> None:
    depth = cortical_depth(make_slab(thickness))
    below = (thickness - np.arange(thickness) - 0.5) * EDGE
    np.testing.assert_allclose(depth.volume(depth.depth)[2, 2, 3 : 3 + thickness], below, rtol=1e-3)
    np.testing.assert_allclose(depth.volume()[3, 1, 3 : 3 + thickness], below / (thickness * EDGE), atol=1e-3)
    np.testing.assert_allclose(depth.thickness, thickness * EDGE, rtol=1e-3)


def test_between_spheres_the_potential_is_that_of_a_capacitor(shell: CorticalDepth) -> None:
    place = shell.grid.xyz_of(np.stack(np.unravel_index(shell.voxels, shell.grid.shape), axis=-1))
    radius = np.linalg.norm(place, axis=1) / EDGE
    expected = (1 / radius - 1 / 14) / (1 / 6 - 1 / 14)
    assert np.abs(shell.fraction - expected).mean() < 0.02
    assert np.abs(shell.depth / EDGE - (14 - radius)).mean() < 0.4
    assert np.median(shell.thickness) / EDGE == pytest.approx(8, abs=0.4)


def test_streamlines_between_spheres_are_radii(shell: CorticalDepth) -> None:
    start = np.array([[0.0, 6e-4, 8e-4]])
    line = trace_streamlines(shell, start, n_points=9)[0]
    direction = line / np.linalg.norm(line, axis=1, keepdims=True)
    np.testing.assert_allclose(direction, np.broadcast_to([0, 0.6, 0.8], (9, 3)), atol=0.06)
    radius = np.linalg.norm(line, axis=1) / EDGE
    assert radius[0] == pytest.approx(14, abs=1)
    assert radius[-1] == pytest.approx(6, abs=1)
    np.testing.assert_allclose(np.diff(radius), np.diff(radius).mean(), atol=0.1)
    np.testing.assert_allclose(project_to_pia(shell, start)[0], line[0])
    np.testing.assert_allclose(project_to_white_matter(shell, start)[0], line[-1])


def test_outside_of_the_cortex_there_is_no_depth(shell: CorticalDepth) -> None:
    nowhere = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.01], [np.nan, 0.0, 0.0]]
    assert np.isnan(shell.fraction_at(nowhere)).all()
    assert np.isnan(shell.depth_at(nowhere)).all()
    assert np.isnan(shell.thickness_at(nowhere)).all()
    assert np.isnan(trace_streamlines(shell, nowhere)).all()
    assert shell.fraction_at([0.0, 0.0, 1e-3]).shape == ()


def test_a_line_of_one_point_is_refused(shell: CorticalDepth) -> None:
    with pytest.raises(ValueError, match="not 1"):
        trace_streamlines(shell, [[0.0, 0.0, 1e-3]], n_points=1)


def test_the_phantom_has_a_cortex() -> None:
    depth = cortical_depth(phantom_atlas())
    assert 0 <= depth.fraction.min() < 0.1
    assert 0.9 < depth.fraction.max() <= 1


def test_an_atlas_without_cortex_is_told() -> None:
    table = make_regions([1], ["OT"])
    with pytest.raises(InvalidAtlas, match=r"no cortex between pia and white matter.*Isocortex"):
        cortical_depth(make_atlas(np.ones((2, 2, 2), int), table, Placement(10.0)))


@pytest.mark.long
def test_layers_of_the_real_cortex_lie_in_their_order(shared_data: Path, tmp_path: Path) -> None:
    atlas = load_atlas(shared_data / "allen_ccf" / "annotation_50.nrrd", cache_dir=tmp_path)
    depth = cortical_depth(atlas, cache_dir=tmp_path)
    names = np.array(atlas.regions.names)[atlas.labels.reshape(-1)[depth.voxels]]
    layers = np.array(
        [found[1] if (found := re.search(r"layer (\d\S*)", name, re.IGNORECASE)) else "" for name in names]
    )
    means = [depth.fraction[layers == layer].mean() for layer in ("1", "2/3", "4", "5", "6a", "6b")]
    assert means == sorted(means)
    assert means[0] < 0.05
    assert means[-1] > 0.95
    again = cortical_depth(atlas, cache_dir=tmp_path)
    np.testing.assert_array_equal(again.fraction, depth.fraction)
    primary = np.isin(atlas.labels.reshape(-1)[depth.voxels], atlas.regions.descendants("VISp"))
    assert np.median(depth.thickness[primary]) == pytest.approx(0.9e-3, abs=0.1e-3)
