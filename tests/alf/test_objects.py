"""Objects of several files: parts, metadata, tables and times."""

import numpy as np
import pandas as pd
import pytest

from bregma.alf import (
    AlfBunch,
    ALFPath,
    InvalidALFName,
    MultipleObjectsFound,
    ObjectNotFound,
    UnequalLengths,
    UnreadableFile,
    read_file,
    write_object,
    write_table,
)
from bregma.alf import io as alfio


def save(folder, name, values):
    np.save(folder / name, np.asarray(values))


def test_numbered_parts_are_joined_in_their_order(tmp_path):
    for part in ("001", "000", "002"):
        save(tmp_path, f"frames.times.part{part}.npy", [int(part), 10 + int(part)])
    save(tmp_path, "frames.times.part000.raw.npy", [5])
    frames = alfio.load_object(tmp_path, "frames")
    assert frames.times.tolist() == [0, 10, 1, 11, 2, 12]
    assert frames["times.part000.raw"].tolist() == [5]


def test_a_part_of_a_part_is_no_further_part(tmp_path):
    save(tmp_path, "frames.times.part1.npy", [1])
    save(tmp_path, "frames.times.part1.part2.npy", [2])
    assert set(alfio.load_object(tmp_path, "frames")) == {"times.part1", "times.part1.part2"}


def test_devices_in_extra_parts_stay_apart(tmp_path):
    save(tmp_path, "ephys.raw.imec0.npy", [1])
    save(tmp_path, "ephys.raw.imec1.npy", [2])
    ephys = alfio.load_object(tmp_path, "ephys")
    assert set(ephys) == {"raw.imec0", "raw.imec1"}
    assert alfio.load_object(tmp_path, "ephys", short_keys=True).raw.tolist() == [1, 2]


def test_runs_of_one_recording_are_joined_when_asked_for_together(tmp_path):
    save(tmp_path, "_spikeglx_ephysData_g0_t1.imec0.npy", [3, 4])
    save(tmp_path, "_spikeglx_ephysData_g0_t0.imec0.npy", [1, 2])
    assert alfio.load_object(tmp_path, "ephysData_g0_t1").imec0.tolist() == [3, 4]
    assert alfio.load_object(tmp_path, "ephysData*").imec0.tolist() == [1, 2, 3, 4]


def test_parts_of_videos_come_as_paths_and_of_tables_as_one(tmp_path):
    for i in range(2):
        (tmp_path / f"camera.raw.0{i}.mp4").write_bytes(b"film")
        pd.DataFrame({"x": [i]}).to_csv(tmp_path / f"camera.pose.0{i}.csv", index=False)
    camera = alfio.load_object(tmp_path, "camera")
    assert camera.raw == [ALFPath(tmp_path / f"camera.raw.0{i}.mp4") for i in range(2)]
    assert camera.pose.tolist() == [0, 1]


def test_settings_cannot_be_joined(tmp_path):
    for i in range(2):
        (tmp_path / f"rig.set.0{i}.json").write_text("{}")
    with pytest.raises(MultipleObjectsFound, match="cannot be joined"):
        alfio.load_object(tmp_path, "rig")


def test_short_keys_leave_extra_parts_out(tmp_path):
    save(tmp_path, "obj.times_bpod.raw.npy", [1])
    assert set(alfio.load_object(tmp_path, "obj", short_keys=True)) == {"times_bpod"}


def test_a_file_stands_for_its_object_and_files_for_theirs(tmp_path):
    paths = write_object(tmp_path, "spikes", {"times": [1, 2], "amps": [3, 4]})
    assert set(alfio.load_object(paths[0])) == {"times", "amps"}
    assert set(alfio.load_object(paths)) == {"times", "amps"}
    other = write_object(tmp_path, "clusters", {"depths": [1]})
    with pytest.raises(MultipleObjectsFound, match="clusters, spikes"):
        alfio.load_object(paths + other)
    with pytest.raises(ValueError, match="name the object"):
        alfio.load_object(tmp_path)
    with pytest.raises(ObjectNotFound, match="no folder"):
        alfio.load_object(tmp_path / "nowhere" / "spikes.times.npy")


def test_metadata_names_columns_and_the_rest_is_kept(tmp_path):
    (path,) = write_object(tmp_path, "eye", {"raw": np.arange(6).reshape(3, 2)})
    save(tmp_path, "eye.rawer.npy", [1, 2, 3])
    assert alfio.save_metadata(path, {"columns": ["x", "y"], "unit": "px"}).name == "eye.raw.metadata.json"
    eye = alfio.load_object(tmp_path, "eye")
    assert eye.x.tolist() == [0, 2, 4]
    assert eye.rawer.tolist() == [1, 2, 3]
    assert eye.rawmetadata == {"unit": "px"}
    assert "raw" not in eye
    with pytest.raises(InvalidALFName):
        alfio.save_metadata(tmp_path / "notes.txt", {})


def test_metadata_that_name_too_few_columns_are_refused(tmp_path):
    (path,) = write_object(tmp_path, "eye", {"raw": np.arange(6).reshape(3, 2)})
    alfio.save_metadata(path, {"columns": ["x"]})
    with pytest.raises(UnreadableFile, match="1 columns"):
        alfio.load_object(tmp_path, "eye")


def test_metadata_of_one_device_do_not_describe_another(tmp_path):
    save(tmp_path, "ephys.raw.imec0.npy", [1])
    save(tmp_path, "ephys.raw.imec1.npy", [2])
    alfio.save_metadata(tmp_path / "ephys.raw.imec1.npy", {"gain": 5})
    ephys = alfio.load_object(tmp_path, "ephys")
    assert ephys["raw.imec1metadata"] == {"gain": 5}
    assert "raw.imec0metadata" not in ephys


def test_flat_binary_is_mapped_as_its_metadata_say(tmp_path):
    values = np.arange(8, dtype="<i2").reshape(4, 2)
    path = tmp_path / "lfp.raw.bin"
    values.tofile(path)
    assert read_file(path) == ALFPath(path)
    alfio.save_metadata(path, {"dtype": "int16", "columns": ["left", "right"], "gain": 2})
    assert isinstance(read_file(path).left, np.memmap)
    lfp = alfio.load_object(tmp_path, "lfp")
    assert lfp.right.tolist() == [1, 3, 5, 7]
    assert lfp.rawmetadata == {"dtype": "int16", "gain": 2}
    alfio.save_metadata(path, {"dtype": "int16", "shape": [2, 2, 2]})
    np.testing.assert_array_equal(read_file(path), values.reshape(2, 2, 2))
    alfio.save_metadata(path, {"dtype": "int16", "shape": [3, 3]})
    with pytest.raises(UnreadableFile, match="16 bytes"):
        read_file(path)


def test_a_table_on_another_clock_names_its_columns_so(tmp_path):
    pd.DataFrame({"start": [1.0], "window_0": [0], "window_1": [2]}).to_parquet(tmp_path / "trials.table_bpod.pqt")
    pd.DataFrame({"choice": [True]}).to_parquet(tmp_path / "trials.table.pqt")
    trials = alfio.load_object(tmp_path, "trials")
    assert set(trials) == {"start_bpod", "window_bpod", "choice"}
    assert trials.window_bpod.shape == (1, 2)
    assert trials.choice.dtype == bool


def test_parts_of_the_name_choose_files(tmp_path):
    save(tmp_path, "_ibl_obj.times_bpod.npy", [1])
    save(tmp_path, "obj.times.npy", [2])
    save(tmp_path, "obj.raw.a.b.npy", [3])
    (tmp_path / "notes.txt").touch()
    assert set(alfio.load_object(tmp_path, "obj", timescale="bpod")) == {"times_bpod"}
    assert set(alfio.load_object(tmp_path, "obj", extra=["a", "b"])) == {"raw.a.b"}
    assert set(alfio.load_object(tmp_path, "^o.*", wildcards=False, attribute="ti")) == {"times", "times_bpod"}
    files, parts = alfio.filter_by(tmp_path, namespace=[None, "ibl"], extra=None)
    assert [str(file) for file in files] == ["_ibl_obj.times_bpod.npy", "obj.times.npy"]
    assert parts[0] == ("ibl", "obj", "times", "bpod", None, "npy")
    with pytest.raises(TypeError, match="no part 'colour'"):
        alfio.filter_by(tmp_path, colour="red")


def test_an_object_exists_with_all_its_attributes(tmp_path):
    write_object(tmp_path, "spikes", {"times": [1], "amps": [2]})
    assert alfio.exists(tmp_path, "spikes")
    assert alfio.exists(tmp_path, "sp*", ["times", "amps"])
    assert not alfio.exists(tmp_path, "spikes", ["times", "depths"])
    assert not alfio.exists(tmp_path, "spikes", namespace="ibl")
    assert not alfio.exists(tmp_path / "nowhere", "spikes")
    assert alfio.filter_by(tmp_path / "nowhere", object="spikes") == ([], [])


def test_other_revisions_and_formats_are_variants(tmp_path):
    folder = tmp_path / "subject" / "2020-01-01" / "001" / "alf"
    (folder / "#2020-02-02#").mkdir(parents=True)
    names = ["obj.attr.npy", "#2020-02-02#/obj.attr.npy", "obj.attr.csv", "_ibl_obj.attr.npy", "obj.attribute.npy"]
    for name in names:
        (folder / name).touch()
    first = ALFPath(folder / names[0])
    assert alfio.find_variants([first]) == {first: [folder / names[1]]}
    assert alfio.find_variants([first], extension=False)[first] == [folder / names[2], folder / names[1]]
    assert folder / names[3] in alfio.find_variants([first], namespace=False)[first]
    with pytest.raises(ValueError, match="not an ALF file name"):
        alfio.find_variants([folder / "notes.txt"])


def test_series_are_read_with_their_times(tmp_path):
    (path, times) = write_object(tmp_path, "wheel", {"position": [0.0, 1, 2], "timestamps": [[0, 5.0], [2, 7.0]]})
    when, what = alfio.read_ts(path)
    assert when.tolist() == [5, 6, 7]
    assert what.tolist() == [0, 1, 2]
    times.unlink()
    with pytest.raises(FileNotFoundError, match="beside"):
        alfio.read_ts(path)
    with pytest.raises(ValueError, match=r"\(2, 2\)"):
        alfio.ts2vec(np.zeros((2, 3)), 4)


@pytest.mark.parametrize(
    ("shapes", "status"),
    [
        ({"a": (3,), "b": (3, 2)}, 0),
        ({"a": (3,), "b": (1, 2)}, 0),
        ({"a": (3,), "b": (2,)}, 1),
        ({"a": (3,), "timestamps": (2, 2)}, 0),
        ({"a": (3,), "timestamps": (3, 1)}, 0),
        ({"a": (3,), "timestamps": (3, 2)}, 1),
        ({}, 0),
    ],
)
def test_dimensions_agree_or_not(shapes, status):
    bunch = AlfBunch({key: np.zeros(shape) for key, shape in shapes.items()}, paths=["x"], settings={})
    assert bunch.check_dimensions == alfio.check_dimensions(bunch) == status
    assert bunch.is_consistent == (status == 0)


def test_bunches_are_appended_row_by_row():
    first = AlfBunch(x=np.array([1]), names=["a"])
    both = first.append({"x": np.array([2]), "names": ["b"]})
    assert both.x.tolist() == [1, 2]
    assert both.names == ["a", "b"]
    assert first.x.tolist() == [1]
    assert first.append({"x": np.array([3]), "names": []}, inplace=True) is None
    assert first.x.tolist() == [1, 3]
    assert first.append({}).x.tolist() == [1, 3]
    assert AlfBunch().append({"y": [1]}) == {"y": [1]}
    with pytest.raises(UnequalLengths, match="differ in y"):
        first.append({"x": np.array([1]), "names": ["z"], "y": np.array([1])})


def test_what_has_no_rows_stays_where_others_are_appended(caplog):
    both = AlfBunch(x=[1], unit="V", nothing=None).append({"x": [2], "unit": "mV", "nothing": None})
    assert both == {"x": [1, 2], "unit": "V", "nothing": None}
    assert "'unit' is a str" in caplog.text
    AlfBunch(x=np.arange(2), y=np.arange(2)).append({"x": np.arange(2), "y": np.arange(3)})
    assert "{'x': 4, 'y': 5}" in caplog.text


def test_a_table_has_ten_columns_of_an_attribute_at_most(caplog):
    frame = alfio.dataframe({"wide": np.zeros((2, 12)), "flat": np.arange(2), "cube": np.zeros((2, 2, 2))})
    assert list(frame.columns) == [*(f"wide_{i}" for i in range(10)), "flat"]
    assert "'cube' has 3 dimensions" in caplog.text
    with pytest.raises(ValueError, match="differ in rows"):
        alfio.dataframe({"a": np.zeros(2), "b": np.zeros(3)})


def test_objects_are_saved_with_extra_parts(tmp_path):
    paths = alfio.save_object_npy(tmp_path, {"times": np.arange(3)}, "spikes", ["raw", "v2"], "ibl", "bpod")
    assert [path.name for path in paths] == ["_ibl_spikes.times_bpod.raw.v2.npy"]
    assert isinstance(paths[0], ALFPath)
    values = {"goCue_times": np.arange(3), "motion energy": np.arange(3), "x_bpod": np.arange(3)}
    names = [path.name for path in alfio.save_object_npy(tmp_path, values, "left camera")]
    assert names == ["leftCamera.goCue_times.npy", "leftCamera.motionEnergy.npy", "leftCamera.xBpod.npy"]
    with pytest.raises(ValueError, match="differ in rows"):
        alfio.save_object_npy(tmp_path, {"times": np.arange(3), "amps": np.arange(2)}, "spikes")


def test_nothing_comes_of_no_file_and_an_empty_one(tmp_path):
    (tmp_path / "obj.attr.npy").touch()
    assert alfio.load_file_content(None) is None
    assert alfio.load_file_content(tmp_path / "obj.attr.npy") is None


def test_pickled_objects_are_loaded_if_allowed(tmp_path):
    np.save(tmp_path / "obj.attr.npy", np.array([{"a": 1}]), allow_pickle=True)
    np.savez(tmp_path / "obj.more.npz", x=np.array([{"a": 1}]))
    for name in ("obj.attr.npy", "obj.more.npz"):
        with pytest.raises(UnreadableFile, match="allow_pickle=True"):
            read_file(tmp_path / name)
    loaded = alfio.load_object(tmp_path, "obj", allow_pickle=True)
    assert loaded.attr[0] == {"a": 1} == loaded.more["x"][0]


def test_sparse_arrays_are_read(tmp_path):
    path = tmp_path / "rf.map.sparse_npz"
    content = {"coords": np.array([[0, 1], [2, 0]]), "data": np.array([1.5, 2.5]), "shape": np.array([2, 3])}
    with path.open("wb") as file:
        np.savez(file, **content, fill_value=np.float64(0))
    assert read_file(path).toarray().tolist() == [[0, 0, 1.5], [2.5, 0, 0]]
    with path.open("wb") as file:
        np.savez(file, **content, fill_value=np.float64(1))
    with pytest.raises(UnreadableFile, match="fills with"):
        read_file(path)
    with path.open("wb") as file:
        np.savez(file, data=content["data"])
    with pytest.raises(UnreadableFile, match="lacks coords, shape"):
        read_file(path)


def test_yaml_is_read_and_runs_nothing(tmp_path):
    (tmp_path / "rig.set.yaml").write_text("a: [1, 2]\n")
    (tmp_path / "rig.bad.yml").write_text("!!python/object/apply:os.getcwd []\n")
    assert read_file(tmp_path / "rig.set.yaml") == {"a": [1, 2]}
    with pytest.raises(UnreadableFile, match=r"rig\.bad\.yml"):
        read_file(tmp_path / "rig.bad.yml")


def test_a_text_table_of_one_column_is_a_series(tmp_path):
    (tmp_path / "a.one.csv").write_text("x\n1\n2\n")
    (tmp_path / "a.two.ssv").write_text("x y\n1 2\n")
    assert read_file(tmp_path / "a.one.csv").tolist() == [1, 2]
    assert read_file(tmp_path / "a.two.ssv").shape == (1, 2)


def test_sessions_and_their_files_are_found(tmp_path):
    for session in ("b/2020-01-02/001", "a/2020-01-01/002", "a/2020-01-01/nothing"):
        (tmp_path / "lab" / "Subjects" / session / "alf").mkdir(parents=True)
    found = list(alfio.iter_sessions(tmp_path))
    assert [path.parts[-3:] for path in found] == [("a", "2020-01-01", "002"), ("b", "2020-01-02", "001")]
    assert list(alfio.iter_sessions(tmp_path, pattern="*/Subjects/*/????-??-??/*")) == found
    assert list(alfio.iter_sessions(found[0])) == [found[0]]
    write_table(found[0] / "alf", "trials", pd.DataFrame({"x": [1]}))
    (found[0] / "not an alf name.at.all.txt").touch()
    assert [str(path) for path in alfio.iter_datasets(found[0])] == ["alf/trials.table.pqt"]


def test_sessions_of_a_day_are_numbered(tmp_path):
    assert alfio.next_num_folder(tmp_path / "none") == "001"
    for name in ("001", "007", ".008", "notes"):
        (tmp_path / name).mkdir()
    assert alfio.next_num_folder(tmp_path) == "008"
    (tmp_path / "999").mkdir()
    with pytest.raises(InvalidALFName, match="999"):
        alfio.next_num_folder(tmp_path)


def test_empty_folders_are_removed(tmp_path):
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "file").touch()
    alfio.remove_empty_folders(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["d"]
    assert (tmp_path / "d" / "file").exists()


def test_a_notebook_shows_what_an_object_holds(tmp_path):
    table = pd.DataFrame({"x": [1.0], "y": [2.0]})
    shown = AlfBunch(times=np.arange(9.0), table=table, note="<b>", more=AlfBunch(depths=1))._repr_html_()
    assert "<td>times</td><td>9</td><td>float64</td><td>0.0, 1.0, 2.0, 3.0, …</td>" in shown
    assert "<td>x, y</td>" in shown
    assert "&lt;b&gt;" in shown
    assert "<td>depths</td>" in shown
    assert AlfBunch()._repr_html_() == "<p>nothing in it</p>"
