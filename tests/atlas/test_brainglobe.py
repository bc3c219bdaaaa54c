import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from bregma.atlas import AtlasNotFound, InvalidAtlas, load_atlas, load_brainglobe

tifffile = pytest.importorskip("tifffile")

STRUCTURES = [
    {"id": 12, "acronym": "OT", "name": "optic tectum", "structure_id_path": [1, 12], "rgb_triplet": [10, 200, 30]},
    {"id": 1, "acronym": "root", "name": "root", "structure_id_path": [1], "rgb_triplet": [255, 255, 255]},
    {"id": 7, "acronym": "SPV", "name": "periventricular", "structure_id_path": [1, 12, 7], "rgb_triplet": [1, 2, 3]},
]
METADATA = {
    "name": "tiny_fish",
    "species": "Danio rerio",
    "citation": "Someone 2020",
    "symmetric": True,
    "resolution": [2.0, 2.0, 2.0],
    "orientation": "asr",
    "version": "1.0",
    "shape": [4, 3, 6],
}


def make_ids() -> np.ndarray:
    """A fish: one voxel of SPV at front, top, right; OT at the back, below, left; root between."""
    ids = np.zeros((4, 3, 6), dtype=np.uint32)
    ids[1, 1, 1:5] = 1
    ids[0, 0, 0] = 7
    ids[3, 2, 5] = 12
    return ids


def write_tiff(path: Path, volume: np.ndarray) -> None:
    tifffile.imwrite(path, volume, photometric="minisblack")


def write_folder(folder: Path, **changes: object) -> Path:
    folder.mkdir()
    (folder / "metadata.json").write_text(json.dumps(METADATA | changes))
    (folder / "structures.json").write_text(json.dumps(STRUCTURES))
    write_tiff(folder / "annotation.tiff", make_ids())
    write_tiff(folder / "reference.tiff", (make_ids() * 10).astype(np.uint16))
    return folder


def write_zarr(path: Path, volume: np.ndarray, resolution_um: float) -> None:
    """A pyramid of one level as OME-Zarr 0.5 writes it, in chunks of 2 x 2 x 4."""
    size = (2, 2, 4)
    (path / "0" / "c").mkdir(parents=True)
    scale = {"type": "scale", "scale": [resolution_um / 1000] * 3}
    levels = [{"path": "0", "coordinateTransformations": [scale]}]
    (path / "zarr.json").write_text(json.dumps({"attributes": {"ome": {"multiscales": [{"datasets": levels}]}}}))
    header = {
        "shape": volume.shape,
        "data_type": str(volume.dtype),
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": size}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0,
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "gzip", "configuration": {}}],
    }
    (path / "0" / "zarr.json").write_text(json.dumps(header))
    padded = np.zeros((4, 4, 8), volume.dtype)
    padded[: volume.shape[0], : volume.shape[1], : volume.shape[2]] = volume
    for place in np.ndindex(2, 2, 2):
        where = tuple(slice(at * edge, (at + 1) * edge) for at, edge in zip(place, size, strict=True))
        file = path / "0" / "c" / "/".join(map(str, place))
        file.parent.mkdir(parents=True, exist_ok=True)
        if padded[where].any():
            file.write_bytes(gzip.compress(np.ascontiguousarray(padded[where]).tobytes()))


def write_components(root: Path) -> Path:
    """The layout with a manifest that names its parts."""
    places = {name: f"/{name}/tiny/1_0" for name in ("annotation-sets", "templates", "terminologies")}
    folder = root / "atlases" / "tiny_fish" / "1_0"
    folder.mkdir(parents=True)
    template, terms = {"location": places["templates"]}, {"location": places["terminologies"]}
    drawn = {"location": places["annotation-sets"], "template": template}
    (folder / "manifest.json").write_text(json.dumps(METADATA | {"annotation_set": drawn, "terminology": terms}))
    write_zarr(root / places["annotation-sets"][1:] / "annotations_compressed.ome.zarr", make_ids(), 2)
    write_zarr(root / places["templates"][1:] / "template.ome.zarr", (make_ids() * 10).astype(np.uint16), 2)
    table = root / places["terminologies"][1:] / "terminology.csv"
    table.parent.mkdir(parents=True)
    rows = ["identifier,parent_identifier,annotation_value,name,abbreviation,color_hex_triplet,root_identifier_path"]
    for entry in STRUCTURES:
        color = "#" + bytes(entry["rgb_triplet"]).hex()  # type: ignore[arg-type]
        rows.append(
            f'{entry["id"]},,{entry["id"]},{entry["name"]},{entry["acronym"]},{color},"{entry["structure_id_path"]}"'
        )
    table.write_text("\n".join(rows) + "\n")
    return folder


@pytest.fixture(params=["folder", "components"])
def fish(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write_folder(tmp_path / "tiny_fish_v1.0") if request.param == "folder" else write_components(tmp_path)


def test_a_fish_speaks_the_protocol_of_the_mouse(fish: Path) -> None:
    atlas = load_brainglobe(fish, template=True)
    assert atlas.name == "tiny_fish"
    assert atlas.credit == "Someone 2020"
    assert atlas.resolution_um == pytest.approx(2)
    assert atlas.labels.shape == (6, 4, 3)
    assert atlas.regions.structures.acronyms == ("void", "root", "OT", "SPV")
    assert atlas.mask("OT").sum() == 2
    assert atlas.template is not None
    assert set(atlas.template[atlas.mask("SPV")]) == {70}
    assert tuple(atlas.regions.rgb[atlas.regions.row("OT")]) == (10, 200, 30)
    assert "OT" in atlas.regions.ancestors("SPV")


def test_front_top_and_right_of_a_fish_are_where_they_are(fish: Path) -> None:
    atlas = load_brainglobe(fish)
    right_front_top, left_back_below = np.array([5e-6, 3e-6, 2e-6]), np.array([-5e-6, -3e-6, -2e-6])
    assert atlas.acronyms_at(right_front_top) == "SPV"
    assert atlas.regions.ids[atlas.rows_at(right_front_top)] == 7
    assert atlas.regions.ids[atlas.rows_at(left_back_below)] == -12


def test_the_folder_may_be_opened_as_any_atlas(fish: Path, tmp_path: Path) -> None:
    assert load_atlas(fish).name == "tiny_fish"
    assert load_brainglobe(fish.parent).name == "tiny_fish"


def test_hemispheres_are_taken_from_their_volume(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "fish", symmetric=False)
    write_tiff(folder / "hemispheres.tiff", np.full((4, 3, 6), 1, np.uint8))
    atlas = load_brainglobe(folder)
    assert set(np.sign(atlas.regions.ids[atlas.labels[atlas.labels > 0]])) == {-1}


def test_voxels_that_are_no_cubes_become_cubes(tmp_path: Path) -> None:
    atlas = load_brainglobe(write_folder(tmp_path / "fish", resolution=[4.0, 2.0, 2.0]))
    assert atlas.labels.shape == (6, 8, 3)
    assert atlas.mask("SPV").sum() == 2
    assert atlas.acronyms_at([5e-6, 7e-6, 2e-6]) == "SPV"
    assert atlas.acronyms_at([5e-6, 3e-6, 2e-6]) == "void"


def test_the_origin_is_where_it_is_wanted(tmp_path: Path) -> None:
    atlas = load_brainglobe(write_folder(tmp_path / "fish"), origin_um=(6.0, 2.0, 4.0))
    assert atlas.acronyms_at(np.array([10 - 6, 2 - 0, 4 - 0]) * 1e-6) == "SPV"


def test_bregma_is_the_origin_of_a_mouse_in_the_ccf(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mouse", species="Mus musculus", resolution=[3300, 8000 / 3, 1900])
    atlas = load_brainglobe(folder)
    assert atlas.origin[0] == pytest.approx(-5739e-6)
    assert load_brainglobe(write_folder(tmp_path / "fish")).origin[0] == pytest.approx(-5e-6)


def test_identifiers_in_no_structure_count_as_root(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = write_folder(tmp_path / "fish")
    ids = make_ids()
    ids[2, 2, 2] = 99
    write_tiff(folder / "annotation.tiff", ids)
    assert (load_brainglobe(folder).labels > 0).sum() == 7
    assert "[99] are in no structure" in caplog.text


def test_a_large_atlas_is_prepared_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bregma.atlas.prepared._WORTH_KEEPING", 1)
    monkeypatch.setattr("bregma.atlas.brainglobe.user_cache", lambda: tmp_path / "cache")
    folder = write_folder(tmp_path / "fish")
    first, again = load_brainglobe(folder), load_brainglobe(folder)
    assert isinstance(again.labels, np.memmap)
    np.testing.assert_array_equal(again.labels, first.labels)
    assert len(list((tmp_path / "cache" / "prepared").glob("*.npy"))) == 1


def test_metadata_of_another_volume_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidAtlas, match=r"has shape \(4, 3, 6\), not \[4, 3, 7\]"):
        load_brainglobe(write_folder(tmp_path / "fish", shape=[4, 3, 7]))


def test_what_is_missing_or_damaged_is_told(tmp_path: Path) -> None:
    with pytest.raises(AtlasNotFound, match=r"neither metadata\.json nor manifest\.json"):
        load_brainglobe(tmp_path)
    folder = write_folder(tmp_path / "fish")
    (folder / "structures.json").write_text("[{}]")
    with pytest.raises(InvalidAtlas, match="no BrainGlobe atlas: KeyError"):
        load_brainglobe(folder)


def test_voxels_that_were_not_downloaded_are_told(tmp_path: Path) -> None:
    folder = write_components(tmp_path)
    level = tmp_path / "annotation-sets" / "tiny" / "1_0" / "annotations_compressed.ome.zarr" / "0" / "c"
    level.rename(level.with_name("gone"))
    with pytest.raises(AtlasNotFound, match="let BrainGlobe's tool download"):
        load_brainglobe(folder)
