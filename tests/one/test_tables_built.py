"""Tables of a folder of files, and files that no table knows."""

import hashlib
from uuid import UUID

import pandas as pd
import pytest

from bregma.one import ONE, TablesMissing, build_tables, remove_missing_datasets

FILES = (
    "mylab/Subjects/KS014/2019-08-30/001/alf/probe00/spikes.times.npy",
    "mylab/Subjects/KS014/2019-08-30/001/alf/probe00/#2024-01-01#/spikes.times.npy",
    "mylab/Subjects/KS014/2019-08-30/001/_ibl_trials.table.pqt",
    "KS015/2020-01-02/2/alf/a.b.npy",
)


@pytest.fixture
def lab(tmp_path):
    for name in (*FILES, "mylab/Subjects/KS014/2019-08-30/001/notes"):
        path = tmp_path / "lab" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "lab"


def test_files_of_a_folder_are_found_by_its_tables(lab):
    paths = build_tables(lab)
    assert paths == (lab / "sessions.pqt", lab / "datasets.pqt")
    one = ONE(cache_dir=lab, mode="local")
    assert [str(each.path) for each in one.find_sessions()] == [
        "KS015/2020-01-02/002", "mylab/Subjects/KS014/2019-08-30/001",
    ]  # fmt: skip
    (eid,) = one.search(subject="KS014")
    assert one.list_datasets(eid) == [
        "_ibl_trials.table.pqt", "alf/probe00/#2024-01-01#/spikes.times.npy", "alf/probe00/spikes.times.npy",
    ]  # fmt: skip


def test_ids_are_the_same_whenever_and_wherever_tables_are_made(lab, tmp_path):
    build_tables(lab)
    first = [pd.read_parquet(lab / f"{name}.pqt") for name in ("sessions", "datasets")]
    build_tables(lab, tmp_path / "other", hash_files=True)
    again = [pd.read_parquet(tmp_path / "other" / f"{name}.pqt") for name in ("sessions", "datasets")]
    for old, new in zip(first, again, strict=True):
        assert list(old.index) == list(new.index)
    assert {UUID(eid).version for eid in first[0].index} == {5}
    assert set(again[1]["hash"]) == {hashlib.md5(name.encode()).hexdigest() for name in FILES}
    assert set(first[1]["hash"]) == {""}


def test_the_last_revision_is_the_default(lab):
    build_tables(lab)
    frame = pd.read_parquet(lab / "datasets.pqt").set_index("rel_path")["default_revision"]
    assert frame.to_dict() == {
        "_ibl_trials.table.pqt": True, "alf/a.b.npy": True, "alf/probe00/spikes.times.npy": False,
        "alf/probe00/#2024-01-01#/spikes.times.npy": True,
    }  # fmt: skip


def test_a_lab_may_be_given_and_empty_folders_have_empty_tables(lab, tmp_path):
    build_tables(lab, lab="thelab")
    assert sorted(pd.read_parquet(lab / "sessions.pqt")["lab"]) == ["mylab", "thelab"]
    (tmp_path / "empty").mkdir()
    build_tables(tmp_path / "empty")
    assert ONE(cache_dir=tmp_path / "empty", mode="local").search() == []
    with pytest.raises(FileNotFoundError, match="no folder"):
        build_tables(tmp_path / "none")


def test_nothing_that_tables_know_is_removed(lab):
    build_tables(lab)
    assert remove_missing_datasets(lab, dry=False) == []
    assert all((lab / name).is_file() for name in FILES)


def test_unknown_files_are_named_and_then_removed(lab):
    build_tables(lab)
    more = lab / "mylab/Subjects/KS014/2019-08-30/001/alf/probe01/spikes.times.npy"
    other = lab / "KS099/2020-01-02/001/alf/a.b.npy"
    for path in (more, other):
        path.parent.mkdir(parents=True)
        path.write_text("x")
    session = lab / "KS099/2020-01-02/001"
    assert remove_missing_datasets(lab) == sorted([more, other, session])
    assert more.is_file()
    assert remove_missing_datasets(lab, remove_empty_sessions=False) == sorted([more, other])
    assert remove_missing_datasets(lab, dry=False) == sorted([more, other, session])
    assert not (lab / "KS099").exists()
    assert not more.parent.exists()
    assert all((lab / name).is_file() for name in FILES)


def test_sessions_with_other_files_and_known_ones_stay(lab):
    build_tables(lab)
    tables = {name: pd.read_parquet(lab / f"{name}.pqt") for name in ("sessions", "datasets")}
    gone = tables | {"sessions": tables["sessions"][:0], "datasets": tables["datasets"][:0]}
    assert len(remove_missing_datasets(lab, {**tables, "datasets": tables["datasets"][:0]})) == len(FILES)
    remove_missing_datasets(lab, gone, dry=False)
    assert (lab / "mylab/Subjects/KS014/2019-08-30/001/notes").is_file()
    assert not (lab / "KS015").exists()


def test_without_tables_nothing_is_removed(lab):
    with pytest.raises(TablesMissing):
        remove_missing_datasets(lab, dry=False)
    assert all((lab / name).is_file() for name in FILES)
