"""Paths as the field's scripts use them: parts as texts, and changed paths."""

import pickle
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath, PureWindowsPath
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bregma import alf
from bregma.alf import ALFPath, InvalidALFName, PureALFPath, PurePosixALFPath, PureWindowsALFPath

DATASET_ID = "738eca6f-d437-40d6-a9b8-a3f4cbbfbff7"
OTHER_ID = "a976e418-c8b8-4d24-be47-d05120b18341"
FULL = "/data/lab/Subjects/KS014/2020-01-02/001/alf/probe00/#r1#/_ns_obj.times_clock.extra.foo.ext"
ALL = ("lab", "KS014", "2020-01-02", "001", "alf/probe00", "r1", "ns", "obj", "times", "clock", "extra.foo", "ext")
KEYS = (
    "lab", "subject", "date", "number", "collection", "revision",
    "namespace", "object", "attribute", "timescale", "extra", "extension",
)  # fmt: skip
words = st.from_regex(r"[a-zA-Z][a-zA-Z0-9]{0,8}", fullmatch=True)


def test_parts_come_as_tuples_and_dicts_of_texts():
    assert alf.full_path_parts(FULL) == ALL
    assert alf.full_path_parts(FULL, as_dict=True) == dict(zip(KEYS, ALL, strict=True))
    assert alf.session_path_parts(FULL) == ALL[:4]
    assert alf.folder_parts(Path(FULL).parent) == ALL[:6]
    assert alf.rel_path_parts("alf/probe00/#r1#/_ns_obj.times_clock.extra.foo.ext") == ALL[4:]
    assert alf.filename_parts("spikes.times.npy") == (None, "spikes", "times", None, None, "npy")
    assert ALFPath(FULL).alf_parts == ALL
    assert PurePosixALFPath("a.b.c").alf_parts == ("",) * 7 + ("a", "b", "", "", "c")


@pytest.mark.parametrize(
    "read", [alf.filename_parts, alf.rel_path_parts, alf.session_path_parts, alf.folder_parts, alf.full_path_parts]
)
def test_what_has_no_parts_is_refused_or_answered_with_nothing(read):
    with pytest.raises(InvalidALFName, match="expected"):
        read("nothing/here")
    assert not any(read("nothing/here", assert_valid=False))
    assert set(read("nothing/here", True, False).values()) == {None}


@settings(deadline=None)
@given(st.lists(words, min_size=1, max_size=3), st.none() | words, st.integers(0, 999), words)
def test_a_path_put_together_is_taken_apart_again(folders, revision, number, name):
    path = PurePosixALFPath("/r", "lab", "Subjects", "s", "2020-01-01", f"{number:03d}", *folders, f"{name}.a.npy")
    changed = path.with_revision(revision) if revision else path
    assert changed.alf_parts[:8] == (
        "lab", "s", "2020-01-01", f"{number:03d}", "/".join(folders), revision or "", "", name,
    )  # fmt: skip
    assert changed.without_revision() == path
    assert changed.session_path() / changed.relative_to_session() == changed
    assert changed.with_collection("x").with_collection("/".join(folders)) == changed


@pytest.mark.parametrize(
    ("method", "value", "old", "new"),
    [
        ("with_lab", "other", "lab/Subjects", "other/Subjects"),
        ("with_subject", "a-b", "KS014", "a-b"),
        ("with_date", date(2021, 2, 3), "2020-01-02", "2021-02-03"),
        ("with_date", datetime(2021, 2, 3, 4, tzinfo=UTC), "2020-01-02", "2021-02-03"),
        ("with_sequence", 7, "/001/", "/007/"),
        ("with_sequence", "12", "/001/", "/012/"),
        ("with_collection", "raw/x", "alf/probe00", "raw/x"),
        ("with_collection", "", "alf/probe00/", ""),
        ("with_revision", "r2", "#r1#", "#r2#"),
        ("with_object", "thing", "obj", "thing"),
        ("with_namespace", "", "_ns_", ""),
        ("with_namespace", "new", "_ns_", "_new_"),
        ("with_attribute", "raw", "times", "raw"),
        ("with_timescale", None, "_clock", ""),
        ("with_extra", ["x", "y"], "extra.foo", "x.y"),
        ("with_extra", "", ".extra.foo", ""),
        ("with_extension", "npy", ".ext", ".npy"),
        ("with_uuid", DATASET_ID, ".ext", f".{DATASET_ID}.ext"),
    ],
)
def test_a_part_is_changed_and_all_others_stay(method, value, old, new):
    assert getattr(PurePosixALFPath(FULL), method)(value).as_posix() == new.join(FULL.rsplit(old, 1))


@pytest.mark.parametrize(
    ("method", "value"),
    [
        ("with_lab", "my-lab"), ("with_lab", ""), ("with_subject", "a b"), ("with_subject", ".."),
        ("with_date", "2020-13-45"), ("with_date", "today"), ("with_sequence", 1000), ("with_sequence", -1),
        ("with_sequence", None), ("with_collection", "/"), ("with_collection", "a b"), ("with_revision", "#r#"),
        ("with_object", "a.b"), ("with_attribute", "times_bpod"), ("with_extension", "."), ("with_uuid", "no"),
    ],
)  # fmt: skip
def test_a_part_that_cannot_be_is_refused(method, value):
    with pytest.raises(ValueError, match=r"is no|would be read|is not"):
        getattr(PurePosixALFPath(FULL), method)(value)


@pytest.mark.parametrize(
    ("method", "value"), [("with_collection", ["raw"]), ("with_revision", ["r2"]), ("without_revision", [])]
)
@pytest.mark.parametrize("inside", ["#r1#/alf", "#r1#/alf/a.b.npy", "alf/#r1#/video.mp4", "#r1#/#r2#"])
def test_what_comes_after_a_revision_is_not_taken_for_a_collection(method, value, inside):
    with pytest.raises(InvalidALFName, match="cannot come after it"):
        getattr(PurePosixALFPath(f"KS014/2020-01-02/001/{inside}"), method)(*value)


@pytest.mark.parametrize("folder", ["lab/Subjects/KS014/2020-01-02/001", "alf", "alf/#v1.0#"])
def test_a_folder_has_no_place_for_an_id(folder):
    with pytest.raises(InvalidALFName, match="is no file name"):
        ALFPath(folder).with_uuid(DATASET_ID)


def test_a_lab_is_put_in_and_taken_out():
    bare = ALFPath("/data/KS014/2020-01-02/1")
    assert bare.with_lab("lab") == ALFPath("/data/lab/Subjects/KS014/2020-01-02/1")
    assert bare.with_lab("lab").without_lab() == bare
    assert bare.with_lab("lab").relative_to_lab() == ALFPath("KS014/2020-01-02/1")
    assert bare.without_lab() == bare
    with pytest.raises(InvalidALFName, match="no lab to change"):
        bare.with_lab("lab", strict=True)
    with pytest.raises(InvalidALFName, match="no lab in path"):
        bare.relative_to_lab()


def test_a_session_is_written_short_and_padded():
    path = ALFPath("/data/lab/Subjects/KS014/2020-01-02/1/alf/a.b.c")
    assert path.session_path_short() == "KS014/2020-01-02/1"
    assert path.session_path_short(include_lab=True) == "lab/KS014/2020-01-02/1"
    assert path.with_padded_sequence().sequence == "001"
    assert ALFPath.with_padded_sequence("s/2020-01-02/1").as_posix() == "s/2020-01-02/001"
    assert alf.get_session_path("nothing") is None
    assert alf.get_session_path(str(path)) == Path("/data/lab/Subjects/KS014/2020-01-02/1")


def test_what_the_convention_names_is_found_in_a_path():
    assert alf.get_alf_path(FULL) == FULL.removeprefix("/data/")
    assert alf.get_alf_path("alf/a.b.c") == "alf/a.b.c"
    assert alf.get_alf_path("a b/a.b.c") == "a.b.c"
    assert alf.get_alf_path("nothing") is None


def test_an_id_is_replaced_unless_another_one_is_refused():
    path = PurePosixALFPath("trials.intervals.npy").with_uuid(UUID(DATASET_ID))
    assert path.with_uuid(OTHER_ID).uuid == UUID(OTHER_ID)
    assert alf.add_uuid_string(path, DATASET_ID, strict=True) == path
    with pytest.raises(ValueError, match="another id"):
        path.with_uuid(OTHER_ID, strict=True)
    assert alf.remove_uuid_string(str(path)) == Path("trials.intervals.npy")


def test_windows_paths_are_read_on_any_system():
    path = PureWindowsALFPath(r"C:\Data\lab\Subjects\KS014\2020-01-02\1\alf\a.b.c")
    assert (path.lab, path.sequence, path.collection) == ("lab", "1", "alf")
    assert path.with_padded_sequence() == PureWindowsPath(r"C:\Data\lab\Subjects\KS014\2020-01-02\001\alf\a.b.c")


def test_paths_keep_their_kind():
    assert isinstance(alf.ensure_alf_path("a"), ALFPath)
    assert isinstance(alf.ensure_alf_path(PurePosixPath("a")), PurePosixALFPath)
    assert isinstance(alf.ensure_alf_path(PureWindowsPath("a")), PureWindowsALFPath)
    assert alf.ensure_alf_path(iter(["a", Path("b")])) == [ALFPath("a"), ALFPath("b")]
    with pytest.raises(TypeError, match="is no path"):
        alf.ensure_alf_path(3)
    for made in (ALFPath(FULL), PureALFPath(FULL)):
        assert isinstance(made, PureALFPath)
        assert type(pickle.loads(pickle.dumps(made))) is type(made)


def test_the_disk_is_asked_where_it_can_tell(tmp_path):
    folder, session = tmp_path / "a.b.c", tmp_path / "s/2020-01-01/001"
    folder.mkdir()
    (session / "alf").mkdir(parents=True)
    for name in ("x.y.npy", "no-alf.y.npy", "alf/a.b.c"):
        (session / name).touch()
    assert PurePosixALFPath(folder).is_dataset()
    assert not ALFPath(folder).is_dataset()
    assert not ALFPath(folder).is_valid_alf()
    assert ALFPath(session).is_session_path()
    assert ALFPath.is_session_path(str(session))
    assert [path.name for path in ALFPath(session).iter_datasets()] == ["x.y.npy"]
    assert len(list(ALFPath(session).iter_datasets(recursive=True))) == 2


def test_parts_are_described(capsys):
    alf.describe("revision", width=60)
    said = capsys.readouterr().out
    assert "^^^^^^^^" in said
    assert "REVISION" in said
    assert max(map(len, said.splitlines()[2:])) <= 60
    alf.describe()
    assert all(part.upper() in capsys.readouterr().out or part for part in alf.SPEC_DESCRIPTION)
    with pytest.raises(ValueError, match="choose from lab"):
        alf.describe("colour")


def test_patterns_are_made_for_any_part():
    assert alf.regex(alf.FILE_SPEC, object="trials").match("_ibl_trials.x.npy")["attribute"] == "x"
    assert alf.regex(alf.FILE_SPEC, object="trials").match("spikes.x.npy") is None
    assert alf.regex().search(FULL)["revision"] == "r1"
    with pytest.raises(KeyError, match="colour"):
        alf.regex(colour="red")


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("spikes", "times", "ssv"), "spikes.times.ssv"),
        (("wheel", "timestamps", "npy", "ibl", "bpod", ("raw", "v12")), "_ibl_wheel.timestamps_bpod.raw.v12.npy"),
        (("wheel moves", "peak_amplitude", ".npy"), "wheelMoves.peakAmplitude.npy"),
        (("mpci ROIs", "goCue_times", "npy", None, "ephys clock"), "mpciROIs.goCue_times_ephysClock.npy"),
    ],
)
def test_names_are_made_of_what_people_write(parts, name):
    assert alf.to_alf(*parts) == name


@pytest.mark.parametrize(
    "parts", [("a.b", "c", "npy"), ("a", "b", "npy", "n_s"), ("_a", "b", "npy"), ("a-b", "c", "npy")]
)
def test_names_of_parts_that_cannot_be_are_refused(parts):
    with pytest.raises(InvalidALFName):
        alf.to_alf(*parts)


def test_names_are_written_as_words():
    assert alf.readableALF("sparseNoise") == "sparse noise"
    assert alf.readableALF("someROIDataset", capitalize=True) == "Some ROI dataset"
    assert alf.readableALF("mpciROIs") == "mpci ROIs"


def test_ids_are_told_from_other_texts():
    assert alf.is_uuid(UUID(DATASET_ID))
    assert alf.is_uuid(UUID(DATASET_ID).hex)
    assert alf.is_uuid(UUID(DATASET_ID).int)
    assert not alf.is_uuid("no")
    assert not alf.is_uuid(1.5)
    assert alf.is_uuid_string(DATASET_ID)
    assert not alf.is_uuid_string(DATASET_ID.upper())
    assert alf.is_id(DATASET_ID.upper())
    assert alf.QC.validate("fail") is alf.QC.validate(40) is alf.QC.FAIL
    with pytest.raises(ValueError, match="None"):
        alf.QC.validate(None)


def test_modules_of_the_reference_have_counterparts_of_their_names():
    from bregma.alf import path, spec

    for door in (path, spec):
        assert all(getattr(door, name) is getattr(alf, name) for name in door.__all__)


def test_errors_of_the_reference_have_counterparts_of_their_names():
    from bregma.alf import exceptions
    from bregma.one import errors

    assert exceptions.ALFInvalid is InvalidALFName
    assert exceptions.ALFObjectNotFound is alf.ObjectNotFound
    assert exceptions.ALFMultipleObjectsFound is alf.MultipleObjectsFound
    assert issubclass(errors.DatasetNotFound, exceptions.ALFObjectNotFound)
    assert issubclass(errors.AmbiguousCollection, exceptions.ALFMultipleCollectionsFound)
    assert issubclass(errors.AmbiguousRevision, exceptions.ALFMultipleRevisionsFound)
    assert issubclass(errors.SubjectNotFound, exceptions.AlyxSubjectNotFound)
    assert issubclass(errors.RevisionWarning, exceptions.ALFWarning)


def test_a_collection_may_be_called_like_a_file():
    path = PurePosixALFPath("KS014/2020-01-02/001/v1.2.3/v1.2.3")
    assert path.with_collection("raw").as_posix() == "KS014/2020-01-02/001/raw/v1.2.3"
    folder = PurePosixALFPath("KS014/2020-01-02/001/v1.2.3/#r1#")
    assert folder.with_revision("r2").as_posix() == "KS014/2020-01-02/001/v1.2.3/#r2#"
