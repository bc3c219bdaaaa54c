from pathlib import Path

import numpy as np
import pytest

from bregma.atlas import AtlasNotFound, InvalidAtlas, WrongUnit, load_atlas, read_annotation
from bregma.atlas.orientation import ALLEN_ORIENTATION, Orientation, ccf_shape

nrrd = pytest.importorskip("nrrd")


def write_annotation(path: Path, *, resolution_um: float = 100, identifier: int = 549) -> Path:
    """One thalamic voxel, 2 from the front, 1 from the top, 3 from the left."""
    ids = np.zeros((4, 3, 5), dtype=np.uint32)
    ids[2, 1, 3] = identifier
    directions = np.eye(3) * resolution_um
    nrrd.write(str(path), ids, {"space directions": directions, "space": "posterior-inferior-right"})
    return path


def make_brain() -> np.ndarray:
    """A mouse brain of few voxels in the shape of the 100 um files: bulb in front, cortex on top."""
    ids = np.zeros(ccf_shape(100), dtype=np.uint32)
    ids[20:110, 10:70, 10:104] = 997
    ids[20:28, 30:50, 30:84] = 507
    ids[100:110, 20:60, 30:84] = 512
    ids[40:90, 10:20, 20:94] = 315
    ids[40:90, 60:70, 40:74] = 1097
    return ids


def test_a_file_is_put_into_place_relative_to_bregma(tmp_path: Path) -> None:
    atlas = load_atlas(write_annotation(tmp_path / "annotation.nrrd"))
    xyz = np.array([300 - 5739, 5400 - 200, 332 - 100]) * 1e-6
    assert atlas.resolution_um == pytest.approx(100)
    assert atlas.acronyms_at(xyz) == "TH"
    assert (atlas.labels > 0).sum() == 1


def test_a_file_is_told_left_from_right(tmp_path: Path) -> None:
    atlas = load_atlas(write_annotation(tmp_path / "annotation.nrrd"))
    assert atlas.labels.max() == atlas.regions.row("TH", hemisphere="left")


def test_a_folder_stands_for_the_file_in_it(tmp_path: Path) -> None:
    write_annotation(tmp_path / "annotation_100.nrrd")
    assert load_atlas(tmp_path, resolution_um=100).mask("TH").sum() == 1


def test_a_missing_file_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(AtlasNotFound, match=r"nothing\.nrrd.*--atlas PATH.*phantom_atlas"):
        load_atlas(tmp_path / "nothing.nrrd")


def test_unknown_identifiers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidAtlas, match=r"not an annotation of the Allen mouse brain.*\b5\b"):
        load_atlas(write_annotation(tmp_path / "annotation.nrrd", identifier=5))


def test_an_unknown_resolution_is_refused() -> None:
    with pytest.raises(InvalidAtlas, match="not 33"):
        load_atlas(resolution_um=33)


@pytest.mark.parametrize("letters", ["asl", "psl", "lsa", "ria", "pil", "air"])
def test_a_brain_comes_out_the_same_however_its_axes_run(tmp_path: Path, letters: str) -> None:
    brain = make_brain()
    whole = Orientation(ALLEN_ORIENTATION).to_xyz(brain)
    np.save(tmp_path / "straight.npy", brain)
    np.save(tmp_path / "turned.npy", Orientation(letters).from_xyz(whole))
    straight = load_atlas(tmp_path / "straight.npy", cache_dir=tmp_path)
    turned = load_atlas(tmp_path / "turned.npy", orientation=letters, cache_dir=tmp_path)
    assert turned.origin == straight.origin
    np.testing.assert_array_equal(turned.labels, straight.labels)


def test_a_brain_with_axes_in_another_order_is_recognised_by_its_shape(tmp_path: Path) -> None:
    np.save(tmp_path / "brain.npy", make_brain().transpose(2, 0, 1))
    with pytest.raises(InvalidAtlas, match=r"shape of|shape \(114, 132, 80\) of the mouse brain.*orientation='las'"):
        load_atlas(tmp_path / "brain.npy", cache_dir=tmp_path)


@pytest.mark.parametrize(("flipped", "told", "fitting"), [(0, "bulb", "psl"), (1, "below", "ail")])
def test_a_brain_that_lies_the_wrong_way_round_is_recognised(
    tmp_path: Path, flipped: int, told: str, fitting: str
) -> None:
    np.save(tmp_path / "brain.npy", np.flip(make_brain(), flipped))
    with pytest.raises(InvalidAtlas, match=rf"{told}.*pass orientation='{fitting}'"):
        load_atlas(tmp_path / "brain.npy", cache_dir=tmp_path)
    assert load_atlas(tmp_path / "brain.npy", orientation=fitting, cache_dir=tmp_path).mask("MOB").any()


def test_letters_that_name_no_axes_are_refused() -> None:
    with pytest.raises(InvalidAtlas, match=r"three letters.*not 'asr2'"):
        Orientation("asr2")
    with pytest.raises(InvalidAtlas, match="not 'aps'"):
        Orientation("aps")


def test_a_size_that_nobody_says_is_asked_for(tmp_path: Path) -> None:
    np.save(tmp_path / "part.npy", np.zeros((4, 3, 5), np.uint32))
    with pytest.raises(InvalidAtlas, match="pass resolution_um"):
        load_atlas(tmp_path / "part.npy")
    assert load_atlas(tmp_path / "part.npy", resolution_um=25).resolution_um == pytest.approx(25)


@pytest.mark.parametrize("header", [{"space units": ["mm"] * 3}, {}])
def test_a_brain_in_millimetres_is_as_large_as_one_in_micrometres(tmp_path: Path, header: dict[str, object]) -> None:
    directions = {"space directions": np.eye(3) * 0.1, "space dimension": 3}
    nrrd.write(str(tmp_path / "brain.nrrd"), make_brain(), directions | header)
    assert load_atlas(tmp_path / "brain.nrrd", cache_dir=tmp_path).resolution_um == pytest.approx(100)


def test_a_size_that_does_not_go_with_the_shape_is_refused(tmp_path: Path) -> None:
    nrrd.write(str(tmp_path / "brain.nrrd"), make_brain(), {"space directions": np.eye(3) * 25.0, "space dimension": 3})
    with pytest.raises(InvalidAtlas, match="edges of 25 um, but it has the shape"):
        load_atlas(tmp_path / "brain.nrrd", cache_dir=tmp_path)


def test_voxels_that_are_no_cubes_are_refused(tmp_path: Path) -> None:
    header = {"space directions": np.diag([25.0, 25.0, 50.0]), "space dimension": 3}
    nrrd.write(str(tmp_path / "a.nrrd"), np.zeros((4, 3, 5), np.uint32), header)
    with pytest.raises(InvalidAtlas, match="cubic voxels"):
        load_atlas(tmp_path / "a.nrrd")


def test_a_brain_is_prepared_once(tmp_path: Path) -> None:
    path = tmp_path / "brain.npy"
    np.save(path, make_brain())
    first = load_atlas(path, cache_dir=tmp_path / "cache")
    kept = list((tmp_path / "cache" / "prepared").glob("*.npy"))
    made = kept[0].stat().st_mtime_ns
    again = load_atlas(path, cache_dir=tmp_path / "cache")
    assert len(kept) == 1
    assert kept[0].stat().st_mtime_ns == made
    assert isinstance(again.labels, np.memmap)
    assert not again.labels.flags.writeable
    np.testing.assert_array_equal(again.labels, first.labels)


def test_a_changed_file_is_prepared_anew_and_the_old_array_goes(tmp_path: Path) -> None:
    path, brain = tmp_path / "brain.npy", make_brain()
    np.save(path, brain)
    load_atlas(path, cache_dir=tmp_path / "cache")
    brain[60, 40, 20] = 549
    path.unlink()
    np.save(path, brain)
    assert load_atlas(path, cache_dir=tmp_path / "cache").mask("TH").sum() == 1
    assert len(list((tmp_path / "cache" / "prepared").glob("*.npy"))) == 1


def test_where_nothing_can_be_kept_the_atlas_is_made_in_memory(tmp_path: Path) -> None:
    np.save(tmp_path / "brain.npy", make_brain())
    (tmp_path / "file").write_text("no folder")
    atlas = load_atlas(tmp_path / "brain.npy", cache_dir=tmp_path / "file")
    assert not isinstance(atlas.labels, np.memmap)
    assert atlas.mask("CB").any()


def test_a_template_comes_onto_the_grid_of_the_labels(tmp_path: Path) -> None:
    brain = make_brain()
    picture = (brain % 500).astype(np.uint16)
    header = {"space directions": np.eye(3) * 100.0, "space dimension": 3}
    nrrd.write(str(tmp_path / "annotation_100.nrrd"), brain, header)
    nrrd.write(str(tmp_path / "average_template_100.nrrd"), picture, header)
    atlas = load_atlas(tmp_path, resolution_um=100, template=True, cache_dir=tmp_path)
    assert atlas.template is not None
    assert set(np.unique(atlas.template[atlas.mask("MOB")])) == {507 % 500}
    np.save(tmp_path / "other.npy", picture[1:])
    with pytest.raises(InvalidAtlas, match="on the grid of the annotation"):
        load_atlas(tmp_path, resolution_um=100, template=tmp_path / "other.npy", cache_dir=tmp_path)


def test_micrometres_where_metres_belong_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUnit):
        load_atlas(write_annotation(tmp_path / "annotation.nrrd")).rows_at([2000.0, -1000.0, -3000.0])


@pytest.mark.parametrize("resolution_um", [50, pytest.param(25, marks=pytest.mark.long)])
def test_the_real_annotation_has_every_voxel_in_place(shared_data: Path, resolution_um: int, tmp_path: Path) -> None:
    path = shared_data / "allen_ccf" / f"annotation_{resolution_um}.nrrd"
    atlas = read_annotation(path, cache_dir=tmp_path)
    ids, _ = nrrd.read(str(path))
    few = atlas.regions.ids[atlas.labels[::7, ::5, ::3]]
    straight = ids.transpose(2, 0, 1)[:, ::-1, ::-1][::7, ::5, ::3].astype(np.int64)
    np.testing.assert_array_equal(np.abs(few), straight)
    x = atlas.origin[0] + np.arange(len(atlas.labels))[::7] * atlas.spacing
    np.testing.assert_array_equal(few < 0, (straight > 0) & (x < 0)[:, None, None])
