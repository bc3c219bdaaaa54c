"""Names and paths of the convention."""

import pickle
from datetime import date
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bregma.alf import (
    QC,
    ALFPath,
    InvalidALFName,
    NameParts,
    SessionParts,
    compose_name,
    filename_parts,
    is_valid,
)

DATASET_ID = "738eca6f-d437-40d6-a9b8-a3f4cbbfbff7"
words = st.from_regex(r"[a-zA-Z][a-zA-Z0-9]{0,8}", fullmatch=True)
optional_words = st.none() | words
subjects = st.from_regex(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,8}", fullmatch=True)
names = st.builds(
    NameParts,
    namespace=optional_words,
    object=words,
    attribute=words | words.map(lambda word: f"{word}_times") | words.map(lambda word: f"_phy_{word}"),
    timescale=optional_words,
    extra=st.none() | st.lists(words, min_size=1, max_size=3).map(".".join) | st.just(DATASET_ID),
    extension=words,
)


@settings(deadline=None)
@given(names)
def test_a_name_put_together_is_taken_apart_into_the_same_parts(parts):
    assert filename_parts(str(parts)) == parts


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_either_refused_or_survives_the_round_trip(text):
    if is_valid(text):
        assert str(filename_parts(text)) == text
    else:
        with pytest.raises(InvalidALFName):
            filename_parts(text)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("_ibl_trials.goCue_times_bpod.csv", NameParts("ibl", "trials", "goCue_times", "bpod", None, "csv")),
        (
            "_spikeglx_ephysData_g0_t0.imec0.ap.cbin",
            NameParts("spikeglx", "ephysData_g0_t0", "imec0", None, "ap", "cbin"),
        ),
        ("obj.attr.tar.gz", NameParts(None, "obj", "attr", None, "tar", "gz")),
        ("obj._phy_attr.npy", NameParts(None, "obj", "_phy_attr", None, None, "npy")),
        ("obj.attr_times.npy", NameParts(None, "obj", "attr_times", None, None, "npy")),
        ("obj.attr_clock.ext.npy", NameParts(None, "obj", "attr", "clock", "ext", "npy")),
        ("obj.attr_bpod_times.npy", NameParts(None, "obj", "attr", "bpod_times", None, "npy")),
        ("_ibl__obj.attr.npy", NameParts("ibl", "_obj", "attr", None, None, "npy")),
    ],
)
def test_names_of_the_field_are_read_as_the_field_reads_them(name, expected):
    assert filename_parts(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "obj.attr", "obj.attr_.npy", "obj.attr..npy", "obj.at-tr.npy", "my-obj.attr.npy", ".attr.npy", "obj.attr.npy.",
        "obj.attr.npy\n", "../obj.attr.npy", "a/obj.attr.npy", "obj._a.npy", "obj.attr.a b.npy", "", "trials.npy",
    ],
)  # fmt: skip
def test_malformed_names_are_refused(name):
    assert not is_valid(name)
    with pytest.raises(InvalidALFName, match="expected _namespace_object"):
        filename_parts(name)


def test_the_key_of_an_attribute_leaves_out_the_dataset_id():
    assert filename_parts(f"spikes.times_ephysClock.raw.{DATASET_ID}.npy").key == "times_ephysClock.raw"


def test_parts_that_would_be_read_otherwise_are_refused():
    with pytest.raises(InvalidALFName, match="would be read as"):
        compose_name("trials", "goCue_bpod", "npy")


@settings(deadline=None)
@given(lab=optional_words, subject=subjects, day=st.dates(date(1900, 1, 1)), number=st.integers(0, 999))
def test_a_session_path_put_together_is_taken_apart_into_the_same_parts(lab, subject, day, number):
    assume(subject not in {".", ".."})
    session = SessionParts(lab, subject, day, number)
    assert SessionParts.of(str(session)) == session
    assert SessionParts.of(f"/data/{session}/alf/#r1#/a.b.npy") == session


@pytest.mark.parametrize("path", ["KS014/2020-13-45/001", "KS014/2020-01-01", "KS014/2020-01-01/1000", "a.b.npy", ""])
def test_paths_without_a_session_are_refused(path):
    with pytest.raises(InvalidALFName, match="no session in path"):
        SessionParts.of(path)


FULL = "/data/mylab/Subjects/KS014/2019-08-30/001/alf/probe00/#2024-01-01#/_ibl_trials.goCue_times.npy"


def test_a_full_path_knows_its_parts():
    path = ALFPath(FULL)
    assert (path.lab, path.subject, path.date, path.sequence) == ("mylab", "KS014", "2019-08-30", "001")
    assert (path.collection, path.revision) == ("alf/probe00", "2024-01-01")
    assert (path.namespace, path.object, path.attribute) == ("ibl", "trials", "goCue_times")
    assert path.session_path() == ALFPath("/data/mylab/Subjects/KS014/2019-08-30/001")
    assert path.relative_to_session() == ALFPath("alf/probe00/#2024-01-01#/_ibl_trials.goCue_times.npy")
    assert path.without_revision() == ALFPath(FULL.replace("#2024-01-01#/", ""))
    assert path.without_revision().with_revision("2024-01-01") == path
    assert path.session_path().is_session_path()
    assert not path.is_session_path()


def test_paths_relative_to_a_session_know_their_collection():
    assert ALFPath("alf/probe00/spikes.times.npy").collection == "alf/probe00"
    assert ALFPath("spikes.times.npy").collection == ""
    assert ALFPath("/elsewhere/spikes.times.npy").collection == ""


def test_a_dataset_id_goes_in_before_the_extension_and_comes_out_again():
    path = ALFPath(FULL)
    named = path.with_uuid(DATASET_ID)
    assert named.name == f"_ibl_trials.goCue_times.{DATASET_ID}.npy"
    assert named.uuid == UUID(DATASET_ID)
    assert named.without_uuid() == path
    assert path.without_uuid() == path
    assert named.with_uuid(DATASET_ID) == named


def test_what_is_not_an_id_is_refused():
    with pytest.raises(InvalidALFName, match="not a dataset id"):
        ALFPath(FULL).with_uuid("../../etc/passwd")


def test_paths_stay_what_they_are_through_pathlib_and_pickle():
    path = ALFPath(FULL)
    assert isinstance(path.parent / "a.b.npy", ALFPath)
    assert pickle.loads(pickle.dumps(path)) == path


@pytest.mark.parametrize("value", [40, "40", "fail", "FAIL", QC.FAIL])
def test_quality_is_read_from_numbers_and_names(value):
    assert QC.parse(value) is QC.FAIL


def test_unknown_quality_lists_what_there_is():
    with pytest.raises(ValueError, match=r"WARNING \(30\)"):
        QC.parse("splendid")
