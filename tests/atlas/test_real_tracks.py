"""Tracks of real probes, through the real annotation."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from bregma.atlas import Atlas, Insertion, find_crossed_regions, load_atlas


@pytest.fixture(scope="module")
def atlas(shared_data: Path) -> Atlas:
    return load_atlas(shared_data / "allen_ccf" / "annotation_100.nrrd")


@pytest.fixture(scope="module")
def tracks(shared_data: Path) -> list[np.ndarray]:
    with gzip.open(shared_data / "bwm_tables" / "insertions_details.json.gz") as file:
        records = json.load(file)
    return [np.array(picks) / 1e6 for one in records if (picks := one["json"].get("xyz_picks"))][::10]


def test_regions_along_real_probes_are_those_of_steps_of_ten_micrometres(
    atlas: Atlas, tracks: list[np.ndarray]
) -> None:
    assert len(tracks) > 50
    for track in tracks:
        insertion = Insertion.from_track(track, atlas)
        crossed = insertion.crossed_regions(atlas)
        depths = np.arange(5e-6, insertion.depth, 1e-5)
        rows = atlas.rows_at(insertion.entry + depths[:, None] * insertion.trajectory.vector)
        np.testing.assert_array_equal(crossed.rows_at(depths), rows)
        assert crossed.rows[0] > 0  # it begins at the surface


def test_points_of_real_bent_tracks_are_in_the_regions_that_they_cross(atlas: Atlas, tracks: list[np.ndarray]) -> None:
    for track in tracks:
        crossed = find_crossed_regions(atlas, track, mapping="Beryl")
        along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(track, axis=0), axis=1))])
        middles = (along[1:] + along[:-1]) / 2
        rows = atlas.rows_at((track[1:] + track[:-1]) / 2, mapping="Beryl")
        on_face = np.abs(middles[:, None] - crossed.edges).min(axis=1) < 1e-9
        assert ((crossed.rows_at(middles) == rows) | on_face).all()
