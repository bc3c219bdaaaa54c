"""Volumes and flat maps beside the reference's: every voxel, every template value, the columns round the brain."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.brainbox.reference import Reference

from bregma.atlas import Atlas, load_atlas, make_point_volume, map_circles, map_pyramid

pytestmark = pytest.mark.peer

OPEN = """
import builtins
from iblatlas.atlas import AllenAtlas
builtins.atlas = AllenAtlas(100, hist_path=folder)
result = [atlas.label, atlas.image]"""
CIRCLES = """
from iblatlas.flatmaps import circles
import numpy as np
maps = {display: circles(N=5, atlas=atlas, display=display)[0] for display in ("flat", "pyramid")}
result = {display: atlas.label.flat[picture] for display, picture in maps.items()}"""
POINTS = """
from iblatlas.plots import compute_volume_from_points
result = compute_volume_from_points(xyz, fwhm=400, ba=atlas)"""


@pytest.fixture(scope="module")
def folder(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their own copy: the reference writes beside the annotation."""
    folder = tmp_path_factory.mktemp("ccf")
    for name in ("annotation_100.nrrd", "average_template_100.nrrd"):
        shutil.copy(shared_data / "allen_ccf" / name, folder)
    return folder


@pytest.fixture(scope="module")
def ours(folder: Path) -> Atlas:
    return load_atlas(folder, resolution_um=100, template=True, cache_dir=folder)


@pytest.fixture(scope="module")
def theirs(reference: Reference, folder: Path) -> Any:
    return reference(OPEN, folder=str(folder))


def turn(volume: np.ndarray) -> np.ndarray:
    """From their AP, ML, DV to x, y, z."""
    return volume.transpose(1, 0, 2)[:, ::-1, ::-1]


def test_every_voxel_has_their_row_but_for_the_column_of_the_midline(ours: Atlas, theirs: Any) -> None:
    found = turn(theirs[0])
    differs = np.flatnonzero((ours.labels != found).any(axis=(1, 2)))
    assert differs.tolist() == [57]
    x = ours.grid.scales[0][57]
    assert -ours.spacing / 2 < x < 0
    np.testing.assert_array_equal(ours.regions.structure_rows[ours.labels[57]], ours.regions.structure_rows[found[57]])


def test_the_template_is_theirs(ours: Atlas, theirs: Any) -> None:
    np.testing.assert_array_equal(ours.template, turn(theirs[1]))


def test_columns_round_the_brain_are_theirs(ours: Atlas, theirs: Any, reference: Reference) -> None:
    found = reference(CIRCLES)
    structures = ours.regions.structure_rows
    for flat, picture in ((map_circles(ours), found["flat"]), (map_pyramid(ours), found["pyramid"])):
        mine, their = structures[flat.rows[::-1]], structures[picture]
        assert mine.shape[0] == their.shape[0]
        assert abs(mine.shape[1] - their.shape[1]) <= 10
        counts = [np.bincount(each.ravel(), minlength=len(structures))[1:] for each in (mine, their)]
        assert np.corrcoef(counts)[0, 1] > 0.99


def test_density_of_points_is_theirs(ours: Atlas, theirs: Any, reference: Reference) -> None:
    rng = np.random.default_rng(1)
    xyz = rng.uniform([-0.004, -0.006, -0.006], [0.004, 0.002, -0.001], (300, 3))
    found = turn(reference(POINTS, xyz=xyz))
    mine = make_point_volume(ours.grid, xyz, fwhm=4e-4)
    brain = ours.labels > 0
    np.testing.assert_array_equal(np.isnan(found), ~brain)
    np.testing.assert_allclose(mine[brain], found[brain], atol=1e-3 * mine.max())
