"""Reading and writing files and objects."""

import errno
import json
import logging

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from bregma.alf import (
    AlfBunch,
    ALFPath,
    InvalidALFName,
    MultipleObjectsFound,
    ObjectNotFound,
    UnequalLengths,
    UnreadableFile,
    atomic_write,
    load_object,
    read_file,
    write_object,
    write_table,
)


def trials_table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "intervals_0": [0.0, 1.0, 2.0],
            "intervals_1": [0.5, 1.5, 2.5],
            "correct": [True, False, True],
            "block": ["a", "b", "a"],
            "choice": np.array([-1, 0, 1], dtype=np.int8),
        }
    )


def test_an_object_comes_back_as_it_was_written(tmp_path):
    values = {"times": np.arange(5.0), "clusters": np.arange(5, dtype=np.uint16), "xy": np.ones((5, 2), np.float32)}
    paths = write_object(tmp_path / "alf", "spikes", values)
    assert [path.name for path in paths] == ["spikes.times.npy", "spikes.clusters.npy", "spikes.xy.npy"]
    loaded = load_object(tmp_path / "alf", "spikes")
    assert set(loaded) == set(values)
    for key, value in values.items():
        np.testing.assert_array_equal(loaded[key], value)
        assert loaded[key].dtype == value.dtype


@settings(deadline=None)
@given(arrays(st.sampled_from([np.float64, np.int32, np.bool_]), array_shapes(min_dims=1, max_dims=3), elements=None))
def test_arrays_of_any_shape_survive_the_disk(tmp_path_factory, array):
    folder = tmp_path_factory.mktemp("object")
    write_object(folder, "obj", {"attr": array})
    loaded = load_object(folder, "obj").attr
    expected = array.reshape(-1) if array.ndim == 2 and array.shape[1] == 1 else array
    np.testing.assert_array_equal(loaded, expected)


def test_a_table_is_spread_into_columns_of_their_own_types(tmp_path):
    write_table(tmp_path, "trials", trials_table(), namespace="ibl")
    trials = load_object(tmp_path, "trials")
    assert trials.intervals.shape == (3, 2)
    assert trials.correct.dtype == bool
    assert trials.choice.dtype == np.int8
    assert list(trials.block) == ["a", "b", "a"]
    assert trials.is_consistent


def test_a_column_wins_over_a_file_of_the_same_name(tmp_path):
    write_table(tmp_path, "trials", trials_table(), namespace="ibl")
    write_object(tmp_path, "trials", {"choice": [1, 1, 1]}, namespace="ibl")
    np.testing.assert_array_equal(load_object(tmp_path, "trials").choice, trials_table().choice)


def test_only_wanted_attributes_are_loaded(tmp_path):
    write_table(tmp_path, "trials", trials_table(), namespace="ibl")
    assert set(load_object(tmp_path, "trials", attributes=["choice", "intervals"])) == {"choice", "intervals"}


def test_a_bunch_and_a_frame_are_two_views_of_the_same(tmp_path):
    frame = trials_table()
    pd.testing.assert_frame_equal(AlfBunch.from_df(frame).to_df(), frame, check_dtype=False)


def test_columns_that_are_not_numbered_from_zero_stay_columns():
    bunch = AlfBunch.from_df(pd.DataFrame({"probe_0": [1], "other_7": [2], "x": [0], "x_0": [1], "x_1": [2]}))
    assert set(bunch) == {"probe_0", "other_7", "x", "x_0", "x_1"}


def test_a_bunch_names_what_it_has_when_asked_for_what_it_lacks():
    with pytest.raises(AttributeError, match="there are times"):
        _ = AlfBunch(times=np.zeros(3)).amps


def test_two_timestamps_become_one_time_per_row(tmp_path):
    write_object(tmp_path, "wheel", {"position": np.arange(11.0)})
    write_object(tmp_path, "wheel", {"timestamps": np.array([[0, 100.0], [10, 110.0]])})
    np.testing.assert_allclose(load_object(tmp_path, "wheel").timestamps, np.arange(100.0, 111.0))


def test_a_missing_object_lists_those_there_are(tmp_path):
    write_object(tmp_path, "spikes", {"times": [1.0]})
    with pytest.raises(ObjectNotFound, match="it has spikes"):
        load_object(tmp_path, "trials")


def test_two_namespaces_for_one_attribute_are_ambiguous(tmp_path):
    write_object(tmp_path, "trials", {"choice": [1]}, namespace="ibl")
    write_object(tmp_path, "trials", {"choice": [2]}, namespace="other")
    with pytest.raises(MultipleObjectsFound, match="name the namespace"):
        load_object(tmp_path, "trials")
    assert load_object(tmp_path, "trials", namespace="other").choice == [2]


def test_unequal_attributes_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(UnequalLengths, match="'times': 3, 'amps': 2"):
        write_object(tmp_path, "spikes", {"times": [1, 2, 3], "amps": [1, 2]})
    assert list(tmp_path.iterdir()) == []


def test_unequal_attributes_on_disk_are_reported(tmp_path, caplog):
    write_object(tmp_path, "spikes", {"times": [1, 2, 3]})
    write_object(tmp_path, "spikes", {"amps": [1, 2]})
    with caplog.at_level(logging.WARNING):
        assert not load_object(tmp_path, "spikes").is_consistent
    assert "differ in length" in caplog.text


@pytest.mark.parametrize("attribute", ["a-b", "../times", "a.b", "times_"])
def test_malformed_attributes_are_refused_before_anything_is_written(tmp_path, attribute):
    with pytest.raises(InvalidALFName):
        write_object(tmp_path, "spikes", {"times": [1], attribute: [1]})
    assert list(tmp_path.iterdir()) == []


def test_python_objects_are_not_written(tmp_path):
    with pytest.raises(UnreadableFile, match="Python objects"):
        write_object(tmp_path, "spikes", {"times": np.array([{}, []], dtype=object)})
    assert list(tmp_path.iterdir()) == []


def test_pickled_objects_are_never_loaded(tmp_path):
    path = tmp_path / "spikes.times.npy"
    np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(UnreadableFile, match="could run code"):
        read_file(path)


@pytest.mark.parametrize("name", ["a.b.npy", "a.b.pqt", "a.b.json", "a.b.npz", "a.b.csv"])
@pytest.mark.parametrize("content", [b"", b"\x93NUMPY garbage \xff\xfe"])
def test_empty_and_damaged_files_are_named(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=name):
        read_file(path)


def test_a_cut_off_array_is_refused(tmp_path):
    (path,) = write_object(tmp_path, "spikes", {"times": np.arange(1000.0)})
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(UnreadableFile, match="cannot read"):
        read_file(path)


def test_an_array_that_announces_more_than_memory_holds_is_refused(tmp_path):
    path = tmp_path / "a.two.npy"
    np.save(path, np.zeros(4))
    path.write_bytes(path.read_bytes().replace(b"(4,)", b"(4000000000000000,)"))
    with pytest.raises(UnreadableFile, match=r"a\.two\.npy"):
        read_file(path)


@pytest.mark.parametrize("damage", [lambda whole: whole[:-30], lambda whole: whole[:60] + b"\xff" * 20 + whole[80:]])
def test_a_damaged_archive_of_arrays_is_named(tmp_path, damage):
    path = tmp_path / "a.two.npz"
    np.savez_compressed(path, x=np.arange(1000.0), y=np.arange(2))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(UnreadableFile, match=r"a\.two\.npz"):
        read_file(path)


def test_text_formats_are_read(tmp_path):
    (tmp_path / "a.csv.csv").write_text("x,y\n1,2\n")
    (tmp_path / "a.tab.tsv").write_text("x\ty\n1\t2\n")
    (tmp_path / "a.set.json").write_text(json.dumps({"k": [1]}))
    (tmp_path / "a.lines.jsonable").write_text('{"i": 1}\n\n{"i": 2}\n')
    assert read_file(tmp_path / "a.csv.csv").to_dict("list") == {"x": [1], "y": [2]}
    assert read_file(tmp_path / "a.tab.tsv").to_dict("list") == {"x": [1], "y": [2]}
    assert read_file(tmp_path / "a.set.json") == {"k": [1]}
    assert read_file(tmp_path / "a.lines.jsonable") == [{"i": 1}, {"i": 2}]


def test_archives_of_arrays_are_read(tmp_path):
    np.savez(tmp_path / "a.one.npz", np.arange(3))
    np.savez(tmp_path / "a.two.npz", x=np.arange(3), y=np.arange(2))
    np.testing.assert_array_equal(read_file(tmp_path / "a.one.npz"), np.arange(3))
    assert set(read_file(tmp_path / "a.two.npz")) == {"x", "y"}


def test_what_is_not_read_at_once_gives_its_path(tmp_path):
    video = tmp_path / "_iblrig_leftCamera.raw.mp4"
    video.touch()
    assert read_file(video) == ALFPath(video)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.b.npy"
    path.write_bytes(b"old")

    def write_to_a_full_disk() -> None:
        with atomic_write(path) as file:
            file.write(b"new")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_to_a_full_disk()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_trials_that_the_field_extracted_are_loaded(shared_data):
    folder = shared_data / "ibl_raw_sessions/reference_ibllib410/session_training_ge5/alf"
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    trials = load_object(folder, "trials")
    assert trials.is_consistent
    assert trials.intervals.shape[1] == 2
