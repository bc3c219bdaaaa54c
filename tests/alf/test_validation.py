"""Validation of folders."""

import json

import numpy as np
import pandas as pd
import pytest

from bregma.alf import Severity, validate_folder, write_object, write_table


@pytest.fixture
def folder(tmp_path):
    """A session in which all is well."""
    session = tmp_path / "mylab/Subjects/KS014/2019-08-30/001"
    write_object(session / "alf/probe00", "spikes", {"times": np.arange(9) / 8, "clusters": np.arange(9) % 3})
    write_object(session / "alf/probe00", "clusters", {"depths": np.arange(3.0)})
    cues = {"goCue_times": [0.1, np.nan], "intervals_0": [0.0, 1.0], "intervals_1": [0.5, 1.5], "choice": [1, -1]}
    write_table(session / "alf", "trials", pd.DataFrame(cues), namespace="ibl")
    write_object(session / "alf", "wheel", {"position": np.arange(5.0)}, namespace="ibl")
    np.save(session / "alf/_ibl_wheel.timestamps.npy", np.array([[0, 0.5], [4, 2.5]]))
    return session


def only(found):
    (one,) = found
    return one.severity.value, one.file.name, one.what


def test_a_folder_in_which_all_is_well_has_no_findings(folder):
    assert validate_folder(folder) == []


def test_attributes_of_other_lengths_are_named_with_both_numbers(folder):
    np.save(folder / "alf/probe00/clusters.depths.npy", np.arange(3.0))
    np.save(folder / "alf/probe00/clusters.amps.npy", np.arange(3.0))
    np.save(folder / "alf/probe00/clusters.labels.npy", np.arange(4))
    severity, name, what = only(validate_folder(folder))
    assert (severity, name) == ("error", "clusters.labels.npy")
    assert "labels has 4 rows, other attributes of clusters have 3" in what


def test_parts_of_one_attribute_count_together(folder):
    np.save(folder / "alf/probe00/clusters.labels.part1.npy", np.arange(1))
    np.save(folder / "alf/probe00/clusters.labels.part2.npy", np.arange(2))
    assert validate_folder(folder) == []


@pytest.mark.parametrize(
    ("name", "values", "what"),
    [
        ("probe00/spikes.clusters.npy", np.arange(9), "run from 0 to 8, but object 'clusters' has rows 0 to 2"),
        ("probe00/spikes.clusters.npy", np.arange(9) / 2, "no whole numbers"),
        ("probe00/spikes.clusters.npy", -np.ones(9), "run from -1"),
        ("probe00/spikes.times.npy", np.arange(9.0)[::-1], "times go back 8 times, first after row 0"),
        ("probe00/spikes.times.npy", np.full(9, np.nan), "9 of 9 times are not finite"),
        ("probe00/spikes.times.npy", np.full(9, "a"), "not numbers"),
        ("probe00/spikes.times.npy", np.ones((9, 2)), "shape"),
        ("_ibl_wheelMoves.intervals.npy", np.array([[0, 1], [3.5, 2]]), "1 of 2 intervals end before they start"),
        ("_ibl_wheelMoves.intervals.npy", np.arange(4.0), "shape"),
        ("_ibl_wheel.timestamps.npy", np.array([[4, 0.5], [0, 2.5]]), "go back"),
        ("_ibl_wheel.timestamps.npy", np.array([0, 1, np.inf, 3, 4]), "not all finite"),
        ("_ibl_wheel.timestamps.npy", np.zeros((5, 3)), "shape"),
    ],
)
def test_values_that_break_the_promise_of_their_name_are_errors(folder, name, values, what):
    np.save(folder / "alf" / name, values)
    severity, file, said = only(validate_folder(folder))
    assert (severity, file) == ("error", name.rpartition("/")[2])
    assert what in said


@pytest.mark.parametrize("values", [np.arange(9), np.arange(9) + 1.7e9])
def test_times_of_another_clock_are_doubted_until_it_is_named(folder, values):
    path = folder / "alf/probe00/spikes.times.npy"
    np.save(path, values)
    severity, name, _ = only(validate_folder(folder))
    assert (severity, name) == ("warning", "spikes.times.npy")
    path.rename(path.with_name("spikes.times_ephysClock.npy"))
    assert validate_folder(folder) == []


def test_a_column_of_a_table_is_checked_as_a_file_is(folder):
    table = pd.DataFrame({"intervals_0": [1.0], "intervals_1": [0.5]})
    write_table(folder / "alf", "trials", table, namespace="ibl")
    assert "1 of 1 intervals end before they start" in only(validate_folder(folder))[2]


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY\x01\x00 damaged"])
def test_empty_and_damaged_files_are_errors(folder, content):
    (folder / "alf/licks.times.npy").write_bytes(content)
    found = validate_folder(folder)
    assert {(one.severity, one.file.name) for one in found} == {(Severity.ERROR, "licks.times.npy")}


def test_pickled_arrays_are_errors(folder):
    np.save(folder / "alf/licks.times.npy", np.array([{}], dtype=object), allow_pickle=True)
    assert only(validate_folder(folder))[:2] == ("error", "licks.times.npy")


def test_metadata_that_name_other_columns_are_errors(folder):
    np.save(folder / "alf/eye.xyPos.npy", np.zeros((4, 2)))
    (folder / "alf/eye.xyPos.metadata.json").write_text(json.dumps({"columns": ["x", "y", "z"]}))
    assert "2 columns, its metadata name 3" in only(validate_folder(folder))[2]


def test_names_and_places_that_break_the_convention_are_found(tmp_path, folder):
    (folder / "alf/notes.txt").write_text("x")
    assert only(validate_folder(folder))[:2] == ("warning", "notes.txt")
    write_object(tmp_path / "KS014/2020-13-45/001/#r#/alf", "spikes", {"times": [0.5]})
    found = validate_folder(tmp_path / "KS014/2020-13-45/001")
    assert [one.severity for one in found] == [Severity.ERROR, Severity.ERROR]
    assert "revision has folders inside" in found[1].what


def test_one_file_is_checked_alone(folder):
    assert validate_folder(folder / "alf/probe00/spikes.times.npy") == []
    with pytest.raises(FileNotFoundError, match="nowhere"):
        validate_folder(folder / "nowhere")
