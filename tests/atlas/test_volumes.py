import gzip
from pathlib import Path

import numpy as np
import pytest

from bregma.atlas import AtlasNotFound, InvalidAtlas
from bregma.atlas.volumes import open_volume

VALUES = np.arange(2 * 3 * 4, dtype=np.uint16).reshape(2, 3, 4)


def write_nrrd(path: Path, **header: object) -> Path:
    nrrd = pytest.importorskip("nrrd")
    nrrd.write(str(path), VALUES, header)
    return path


def write_nifti(path: Path) -> Path:
    nibabel = pytest.importorskip("nibabel")
    affine = np.array([[0, 0, 0.05, 0], [-0.025, 0, 0, 0], [0, -0.025, 0, 0], [0, 0, 0, 1.0]])
    image = nibabel.Nifti1Image(VALUES, affine)
    image.header.set_xyzt_units("mm")
    nibabel.save(image, path)
    return path


@pytest.mark.parametrize("encoding", ["gzip", "raw", "bzip2", "ascii"])
def test_an_nrrd_file_is_read_as_it_was_written(tmp_path: Path, encoding: str) -> None:
    volume = open_volume(write_nrrd(tmp_path / "a.nrrd", encoding=encoding, spacings=[25.0, 25.0, 50.0]))
    np.testing.assert_array_equal(volume.read(), VALUES)
    assert volume.spacing_um == (25, 25, 50)
    assert volume.dtype == np.uint16


@pytest.mark.parametrize("ending", ["nii", "nii.gz"])
def test_a_nifti_file_says_its_orientation_and_size(tmp_path: Path, ending: str) -> None:
    volume = open_volume(write_nifti(tmp_path / f"a.{ending}"))
    np.testing.assert_array_equal(volume.read(), VALUES)
    assert volume.orientation == "asl"
    assert volume.spacing_um == pytest.approx((25, 25, 50))


def test_tiff_and_npy_say_neither(tmp_path: Path) -> None:
    tifffile = pytest.importorskip("tifffile")
    tifffile.imwrite(tmp_path / "a.tiff", VALUES)
    np.save(tmp_path / "a.npy", VALUES)
    for name in ("a.tiff", "a.npy"):
        volume = open_volume(tmp_path / name)
        np.testing.assert_array_equal(volume.read(), VALUES)
        assert volume.orientation is None
        assert volume.spacing_um is None


def test_a_large_nrrd_file_comes_in_slabs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bregma.atlas.volumes._SLAB_BYTES", 30)
    places = [place for place, _ in open_volume(write_nrrd(tmp_path / "a.nrrd")).slabs()]
    assert places == [slice(start, start + 2) for start in (0, 2)]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-9],
        lambda content: content[:-20] + b"x" * 20,
        lambda content: b"NRRD0004\n\n" + content,
    ],
)
def test_a_damaged_nrrd_file_is_refused(tmp_path: Path, damage: object) -> None:
    path = write_nrrd(tmp_path / "a.nrrd")
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(InvalidAtlas, match=r"not a readable NRRD|goes on after"):
        open_volume(path).read()


def test_a_file_that_goes_on_is_refused(tmp_path: Path) -> None:
    path = write_nrrd(tmp_path / "a.nrrd")
    head, _, _ = path.read_bytes().partition(b"\n\n")
    path.write_bytes(head + b"\n\n" + gzip.compress(VALUES.tobytes() + b"more"))
    with pytest.raises(InvalidAtlas, match="goes on after the end"):
        open_volume(path).read()


@pytest.mark.parametrize("name", ["a.nrrd", "a.tif", "a.npy", "a.nii"])
def test_a_text_is_no_volume(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("not a volume")
    with pytest.raises(InvalidAtlas, match="is not a readable"):
        open_volume(tmp_path / name)


def test_other_names_and_missing_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.xyz").write_text("")
    with pytest.raises(InvalidAtlas, match=r"no volume by its name; known are \.nrrd"):
        open_volume(tmp_path / "a.xyz")
    with pytest.raises(AtlasNotFound):
        open_volume(tmp_path / "b.nrrd")


def test_a_picture_is_no_volume(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", VALUES[0])
    with pytest.raises(InvalidAtlas, match=r"shape \(3, 4\), not a volume"):
        open_volume(tmp_path / "a.npy")
