"""Examples draw Allen's atlas where it is in the cache, and the phantom elsewhere."""

from pathlib import Path

import numpy as np

from bregma.atlas import example_atlas


def test_without_the_annotation_an_example_draws_the_phantom(tmp_path: Path) -> None:
    assert example_atlas(cache_dir=tmp_path).is_phantom


def test_with_the_annotation_in_the_cache_an_example_draws_it(tmp_path: Path, shared_data: Path) -> None:
    (tmp_path / "annotation_100.nrrd").symlink_to(shared_data / "allen_ccf" / "annotation_100.nrrd")
    atlas = example_atlas(100, cache_dir=tmp_path)
    assert not atlas.is_phantom
    assert np.isclose(atlas.spacing, 100e-6)
    assert atlas.template is None
