import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from bregma.atlas import AtlasNotFound, InvalidAtlas, load_atlas

nrrd = pytest.importorskip("nrrd")


def write_annotation(path: Path, *, resolution_um: float = 100, identifier: int = 549) -> Path:
    """One thalamic voxel, 2 from the front, 1 from the top, 3 from the left."""
    ids = np.zeros((4, 3, 5), dtype=np.uint32)
    ids[2, 1, 3] = identifier
    directions = np.eye(3) * resolution_um
    nrrd.write(str(path), ids, {"space directions": directions, "space": "posterior-inferior-right"})
    return path


def no_network(url: str) -> BinaryIO:
    raise OSError("name or service not known")


def serve_bytes(content: bytes) -> Callable[[str], BinaryIO]:
    def opener(url: str) -> BinaryIO:
        assert url.startswith("https://download.alleninstitute.org/")
        return io.BytesIO(content)

    return opener


def test_a_file_is_put_into_place_relative_to_bregma(tmp_path: Path) -> None:
    atlas = load_atlas(write_annotation(tmp_path / "annotation.nrrd"))
    xyz = np.array([300 - 5739, 5400 - 200, 332 - 100]) * 1e-6
    assert atlas.resolution_um == pytest.approx(100)
    assert atlas.acronyms_at(xyz) == "TH"
    assert (atlas.labels > 0).sum() == 1


def test_a_folder_stands_for_the_file_in_it(tmp_path: Path) -> None:
    write_annotation(tmp_path / "annotation_100.nrrd")
    assert load_atlas(tmp_path, resolution_um=100).mask("TH").sum() == 1


def test_a_missing_file_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(AtlasNotFound, match=r"nothing\.nrrd.*--atlas PATH.*phantom_atlas"):
        load_atlas(tmp_path / "nothing.nrrd")


def test_the_cache_serves_before_the_network(tmp_path: Path) -> None:
    write_annotation(tmp_path / "annotation_100.nrrd")
    assert load_atlas(resolution_um=100, cache_dir=tmp_path, opener=no_network).mask("TH").sum() == 1


def test_without_network_the_error_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(AtlasNotFound, match=r"annotation_50\.nrrd.*not known.*--atlas PATH"):
        load_atlas(cache_dir=tmp_path, opener=no_network)
    assert list(tmp_path.iterdir()) == []


def test_a_download_is_kept(tmp_path: Path) -> None:
    content = write_annotation(tmp_path / "source.nrrd").read_bytes()
    cache = tmp_path / "cache"
    load_atlas(resolution_um=100, cache_dir=cache, opener=serve_bytes(content))
    assert [file.name for file in cache.iterdir()] == ["annotation_100.nrrd"]
    load_atlas(resolution_um=100, cache_dir=cache, opener=no_network)


@pytest.mark.parametrize("damage", [lambda content: content[:-40], lambda content: b"<html>log in</html>"])
def test_a_damaged_download_is_not_kept(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    content = write_annotation(tmp_path / "source.nrrd").read_bytes()
    cache = tmp_path / "cache"
    with pytest.raises(AtlasNotFound, match=r"broke off|log-in page"):
        load_atlas(resolution_um=100, cache_dir=cache, opener=serve_bytes(damage(content)))
    assert list(cache.iterdir()) == []


def test_unknown_identifiers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidAtlas, match=r"not an annotation of the Allen mouse brain.*no region 5"):
        load_atlas(write_annotation(tmp_path / "annotation.nrrd", identifier=5))


def test_a_file_that_is_no_nrrd_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.nrrd").write_text("not a volume")
    with pytest.raises(InvalidAtlas, match="not a readable NRRD"):
        load_atlas(tmp_path / "a.nrrd")


def test_an_unknown_resolution_is_refused() -> None:
    with pytest.raises(InvalidAtlas, match="not 33"):
        load_atlas(resolution_um=33)
