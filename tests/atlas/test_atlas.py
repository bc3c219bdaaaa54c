from pathlib import Path

import numpy as np
import pytest

from bregma.atlas import Atlas, InvalidAtlas, RegionNotFound, load_atlas, phantom_atlas


def small_atlas(**changes: object) -> Atlas:
    regions = phantom_atlas(8).regions
    labels = np.zeros((2, 3, 4), dtype=np.uint16)
    labels[1, 2, 3] = regions.row("VPM")
    values = {"labels": labels, "origin": (0.0, 0.0, 0.0), "spacing": 1e-3, "regions": regions, "name": "small"}
    return Atlas(**(values | changes))  # type: ignore[arg-type]


def test_a_coordinate_has_the_region_of_the_nearest_voxel() -> None:
    atlas = small_atlas()
    assert atlas.acronyms_at([0.001, 0.002, 0.003]) == "VPM"
    assert atlas.acronyms_at([0.00051, 0.00151, 0.00251]) == "VPM"
    assert atlas.acronyms_at([0.00049, 0.002, 0.003]) == "void"


@pytest.mark.parametrize("outside", [[0.09, 0, 0], [-0.00051, 0, 0], [np.nan, 0, 0], [np.inf, 0, 0]])
def test_outside_and_nan_are_void(outside: list[float]) -> None:
    assert small_atlas().rows_at(outside) == 0


def test_a_mask_holds_the_descendants() -> None:
    mask = small_atlas().mask("TH")
    assert mask.sum() == 1
    assert mask[1, 2, 3]


def test_mask_of_an_unknown_region_is_refused() -> None:
    with pytest.raises(RegionNotFound, match="did you mean"):
        small_atlas().mask("THH")


@pytest.mark.parametrize(
    "changes",
    [{"spacing": 0.0}, {"labels": np.zeros((2, 2), np.uint16)}, {"labels": np.full((1, 1, 1), 60000, np.uint16)}],
)
def test_what_is_no_volume_of_rows_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidAtlas):
        small_atlas(**changes)


def test_a_coarser_atlas_keeps_regions_in_place() -> None:
    fine = phantom_atlas(64)
    coarse = fine.coarsen(400)
    assert coarse.resolution_um == pytest.approx(400)
    centre = np.array(coarse.origin) + np.array([10, 12, 14]) * coarse.spacing
    assert coarse.rows_at(centre) == fine.rows_at(centre)


def test_published_channel_regions_are_reproduced(shared_data: Path) -> None:
    pandas = pytest.importorskip("pandas")
    atlas = load_atlas(shared_data / "allen_ccf" / "annotation_25.nrrd")
    channels = pandas.read_parquet(shared_data / "bwm_tables" / "channels_bwm.pqt", columns=["x", "y", "z", "atlas_id"])
    rows = atlas.rows_at(channels[["x", "y", "z"]].to_numpy())
    np.testing.assert_array_equal(np.abs(atlas.regions.ids[rows]), channels["atlas_id"])
