"""Volumes and tables that were cut short, damaged or are something else: an error that names the file."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bregma.atlas import (
    AtlasNotFound,
    InvalidAtlas,
    InvalidValues,
    read_annotation,
    read_connectivity,
    read_franklin_paxinos,
    read_hierarchy,
)

IDS = np.zeros((12, 10, 8), dtype=np.int32)
IDS[6, 5, 2] = 549
IDS[::2, :3] = 1089
RANDOM = np.random.default_rng(1)


def write_nrrd(path: Path) -> None:
    pytest.importorskip("nrrd").write(str(path), IDS, {"space directions": np.eye(3) * 100.0, "space dimension": 3})


def write_nifti(path: Path) -> None:
    nibabel = pytest.importorskip("nibabel")
    nibabel.save(nibabel.Nifti1Image(IDS, np.diag([0.1, 0.1, 0.1, 1.0])), path)


def write_tiff(path: Path) -> None:
    pytest.importorskip("tifffile").imwrite(path, IDS)


WRITERS = {
    "a.nrrd": write_nrrd,
    "a.nii": write_nifti,
    "a.nii.gz": write_nifti,
    "a.tiff": write_tiff,
    "a.npy": lambda path: np.save(path, IDS),
}


def read(path: Path) -> Any:
    return read_annotation(path, resolution_um=100, orientation="asl", cache_dir=path.parent / "cache")


@pytest.mark.parametrize("name", WRITERS)
def test_a_volume_that_was_cut_short_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    WRITERS[name](path)
    whole = path.read_bytes()
    assert read(path).mask("TH").sum() == 1
    for size in (0, 3, 10, *(len(whole) * part // 8 for part in range(1, 6))):
        path.write_bytes(whole[:size])
        with pytest.raises(InvalidAtlas, match="a\\."):
            read(path)


@pytest.mark.filterwarnings("ignore")  # readers warn of what they cannot make sense of
@pytest.mark.parametrize("name", WRITERS)
def test_a_damaged_volume_is_refused_or_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    WRITERS[name](path)
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    for _ in range(30):
        damaged = whole.copy()
        damaged[RANDOM.integers(0, min(whole.size, 400), 3)] ^= 255
        path.write_bytes(damaged.tobytes())
        try:
            read(path)
        except InvalidAtlas:
            continue


@pytest.mark.parametrize("content", [b"<html>log in</html>" * 50, bytes(1000)])
@pytest.mark.parametrize("name", WRITERS)
def test_another_file_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidAtlas, match="not a readable"):
        read(path)


@pytest.mark.parametrize("read_table", [read_connectivity, read_hierarchy, read_franklin_paxinos])
@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", b""), ("a.csv", b"\x00\xff" * 50), ("a.csv", b"a,b\n1,2\n"), ("a.pqt", b"PAR1junkPAR1"), ("a.pqt", b"")],
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, read_table: Any, name: str, content: bytes) -> None:
    path = tmp_path / name
    with pytest.raises(AtlasNotFound, match="no table at"):
        read_table(path)
    path.write_bytes(content)
    with pytest.raises(InvalidValues, match="a\\."):
        read_table(path)
