"""Region tables, placements and folders of BrainGlobe atlases with something missing, twice, or nonsense."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bregma.atlas import (
    AtlasError,
    AtlasNotFound,
    InvalidAtlas,
    Placement,
    Regions,
    WrongUnit,
    load_brainglobe,
    make_atlas,
    make_regions,
)

tifffile = pytest.importorskip("tifffile")

IDS = np.zeros((6, 5, 8), dtype=np.uint32)
IDS[1:5, 1:4, 1:3] = 2
METADATA = {"name": "rat", "species": "Rattus", "symmetric": True, "resolution": [100.0] * 3, "orientation": "asr"}
ROOT = {"id": 1, "acronym": "root", "name": "root", "structure_id_path": [1], "rgb_triplet": [255, 255, 255]}
REGION = {"id": 2, "acronym": "A", "name": "area", "structure_id_path": [1, 2], "rgb_triplet": [1, 2, 3]}


def make_folder(folder: Path, metadata: Any = None, structures: Any = None) -> Path:
    given = METADATA | {"shape": IDS.shape} if metadata is None else metadata
    (folder / "metadata.json").write_text(json.dumps(given))
    (folder / "structures.json").write_text(json.dumps([ROOT, REGION] if structures is None else structures))
    tifffile.imwrite(folder / "annotation.tiff", IDS)
    return folder


@pytest.mark.parametrize(
    "change",
    [
        {"resolution": [100, 100]},
        {"resolution": 100},
        {"resolution": ["a", 1, 1]},
        {"resolution": [0, 100, 100]},
        {"resolution": [1e-4] * 3},
        {"resolution": [None] * 3},
        {"orientation": "xyz"},
        {"orientation": 5},
        {"shape": [6, 5]},
        {"shape": [1, 2, 3]},
        {"shape": None},
    ],
)
def test_metadata_that_are_nonsense_are_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(InvalidAtlas if "0.0001" not in str(change) else WrongUnit):
        load_brainglobe(make_folder(tmp_path, METADATA | {"shape": IDS.shape} | change))


@pytest.mark.parametrize("metadata", [[], "x", 5, {}])
def test_a_file_that_holds_no_metadata_is_refused(tmp_path: Path, metadata: Any) -> None:
    with pytest.raises(InvalidAtlas, match="no BrainGlobe atlas"):
        load_brainglobe(make_folder(tmp_path, metadata))


@pytest.mark.parametrize(
    "change",
    [
        {"id": 1},
        {"id": -2},
        {"id": 2.5},
        {"id": "2"},
        {"acronym": "root"},
        {"acronym": ""},
        {"acronym": "void"},
        {"structure_id_path": [9, 2]},
        {"structure_id_path": "1/2"},
        {"rgb_triplet": None},
        {"rgb_triplet": [1, 2]},
        {"rgb_triplet": [300, -1, 2]},
        {"rgb_triplet": [0.5, 0.1, 0.2]},
    ],
)
def test_structures_that_are_nonsense_are_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(InvalidAtlas):
        load_brainglobe(make_folder(tmp_path, structures=[ROOT, REGION | change]))


@pytest.mark.parametrize("lacking", REGION)
def test_a_structure_that_lacks_something_is_refused(tmp_path: Path, lacking: str) -> None:
    with pytest.raises(InvalidAtlas, match=lacking):
        load_brainglobe(make_folder(tmp_path, structures=[ROOT, {k: v for k, v in REGION.items() if k != lacking}]))


def test_a_folder_that_lacks_a_file_is_told_so(tmp_path: Path) -> None:
    for name in ("annotation.tiff", "structures.json"):
        (make_folder(tmp_path) / name).unlink()
        with pytest.raises(AtlasNotFound, match=name):
            load_brainglobe(tmp_path)


def test_an_atlas_without_a_name_has_that_of_its_folder(tmp_path: Path) -> None:
    lacking = {name: entry for name, entry in METADATA.items() if name != "name"}
    atlas = load_brainglobe(make_folder(tmp_path, lacking | {"shape": IDS.shape}))
    assert atlas.name == tmp_path.name
    assert atlas.mask("A").sum() == 24


@pytest.mark.parametrize(
    "columns",
    [
        {"ids": ["a", "b"]},
        {"ids": [1.5, 2]},
        {"ids": [2**70, 1]},
        {"acronyms": [None, "b"]},
        {"parents": [2, 1]},
        {"parents": [9, 1]},
        {"parents": [1]},
        {"names": ["x"]},
        {"rgb": [[1, 2, 3]]},
        {"rgb": "red"},
        {"rgb": [[np.nan] * 3] * 2},
        {"rgb": np.ones((2, 4))},
    ],
)
def test_columns_that_make_no_table_are_refused(columns: dict[str, Any]) -> None:
    with pytest.raises(InvalidAtlas):
        make_regions(**{"ids": [1, 2], "acronyms": ["a", "b"]} | columns)


def test_columns_of_a_frame_make_a_table() -> None:
    frame = pd.DataFrame({"id": [5, 6], "acronym": ["a", "b"], "parent": [np.nan, 5.0]})
    table = make_regions(frame["id"], frame["acronym"], parents=frame["parent"], rgb=np.zeros((2, 3)))
    assert table.parents.tolist() == [0, 1, 1]
    assert [type(acronym) for acronym in table.acronyms] == [str] * 3


def test_more_regions_than_labels_can_hold_are_refused() -> None:
    with pytest.raises(InvalidAtlas, match="too many"):
        make_regions(range(1, 40_000), [f"r{i}" for i in range(1, 40_000)])


@pytest.mark.parametrize("spacing", [0, -1, np.nan, np.inf, 1e-4, (100, 100), "a"])
def test_edges_of_voxels_are_positive_micrometres(spacing: Any) -> None:
    with pytest.raises(AtlasError):
        Placement(spacing)


@pytest.mark.parametrize("origin", [(0, 0), (np.nan, 0, 0), ("a", 0, 0), 5, "", (0.005, 0.004, 0.003)])
def test_an_origin_is_a_place_in_micrometres(origin: Any) -> None:
    with pytest.raises(AtlasError):
        Placement(100, origin_um=origin)


@pytest.mark.parametrize("ids", [np.zeros((2, 2), int), np.zeros((2, 2, 2)), np.zeros((0, 2, 2), int), "x", None])
def test_identifiers_are_a_volume_of_integers(ids: Any) -> None:
    with pytest.raises(InvalidAtlas, match="volume of integers"):
        make_atlas(ids, make_regions([1], ["a"]), Placement(100))


def test_a_lateralised_table_is_refused_where_sides_are_told_apart() -> None:
    with pytest.raises(InvalidAtlas, match="every structure once"):
        make_atlas(IDS, Regions.allen().lateralised, Placement(100))
