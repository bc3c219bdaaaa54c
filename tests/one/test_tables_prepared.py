"""Datasets in the order of sessions: made once, shared, never of another table."""

import os
import pickle
from pathlib import Path
from uuid import UUID

import pandas as pd
import polars as pl
import pytest

from bregma.alf import QC
from bregma.one.catalogue.local import LocalCatalogue
from bregma.one.tables import prepared
from bregma.one.tables.blocks import Blocks, write_blocks
from bregma.one.tables.named import NamedFiles, split_paths
from bregma.one.tables.prepared import find_prepared, open_prepared, prepare, prepare_beside
from bregma.one.tables.snapshot import scan_table
from bregma.services.home import Home

EIDS = [str(UUID(int=i, version=4)) for i in range(3)]
PATHS = ("alf/probe00/#2024-01-01#/spikes.times.npy", "alf/probe00/spikes.times.npy", "_ibl_trials.table.pqt")


def rows(n=3):
    """Rows out of order; of the last session the trials are critical, of the first they do not exist."""
    found = [
        {
            "eid": eid, "id": str(UUID(int=1000 + 10 * i + j, version=4)), "rel_path": path, "file_size": i * 10 + j,
            "hash": "", "exists": (i, j) != (0, 2), "qc": "CRITICAL" if (i, j) == (2, 2) else "PASS",
            "default_revision": j != 1,
        }
        for i, eid in enumerate(EIDS[:n])
        for j, path in enumerate(PATHS)
    ]  # fmt: skip
    return pd.DataFrame(found).sample(frac=1, random_state=0).set_index(["eid", "id"])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with tables, in a home of its own in which even few rows are kept."""
    monkeypatch.setenv("BREGMA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(prepared, "_FEW", 0)
    place = tmp_path / "tables"
    place.mkdir()
    columns = {"lab": "lab", "subject": "mouse", "date": pd.Timestamp("2020-01-01").date(), "number": 1}
    sessions = pd.DataFrame({"id": EIDS, **columns, "task_protocol": "", "projects": ""}).set_index("id")
    sessions.to_parquet(place / "sessions.pqt")
    rows().to_parquet(place / "datasets.pqt")
    return place


def kept():
    return sorted((Home.default().cache / "prepared").rglob("*.arrow"))


def test_files_of_a_session_come_with_their_parts(folder):
    found = prepare(scan_table(folder / "datasets.pqt", "datasets")).of_session(UUID(EIDS[1]))
    assert found.select("rel_path", "collection", "revision", "name").rows() == [
        (PATHS[2], "", "", "_ibl_trials.table.pqt"),
        (PATHS[0], "alf/probe00", "2024-01-01", "spikes.times.npy"),
        (PATHS[1], "alf/probe00", "", "spikes.times.npy"),
    ]
    assert found["file_size"].to_list() == [12, 10, 11]
    assert found["eid"].unique().to_list() == [EIDS[1]]


def test_a_session_without_files_has_none(folder):
    made = prepare(scan_table(folder / "datasets.pqt", "datasets"))
    assert made.of_session(UUID(int=7, version=4)).is_empty()
    assert prepare(scan_table(folder / "datasets.pqt", "datasets").head(0)).of_session(UUID(EIDS[0])).is_empty()


@pytest.mark.parametrize(
    ("patterns", "worst", "expected"),
    [
        (["_ibl_trials.*"], QC.FAIL, {1}),
        (["_IBL_trials.table.pqt"], QC.CRITICAL, {1, 2}),
        (["spikes.times.npy"], QC.PASS, {0, 1, 2}),
        (["spikes.*", "_ibl_trials.table.pqt"], QC.FAIL, {1}),
        (["spikes"], QC.FAIL, set()),
        ([], QC.FAIL, {0, 1, 2}),
        (["no.such.npy"], QC.FAIL, set()),
    ],
)
def test_sessions_are_found_alike_with_and_without_prepared_rows(folder, patterns, worst, expected):
    table = scan_table(folder / "datasets.pqt", "datasets")
    wanted = {EIDS[i] for i in expected}
    assert set(prepare(table).sessions_with(patterns, worst)) == wanted
    raw = pl.scan_parquet(folder / "datasets.pqt")
    assert set(NamedFiles.of_table(raw, "here").sessions_with(patterns, worst)) == wanted
    assert set(LocalCatalogue(folder).sessions_with(patterns, worst)) == wanted


def test_a_pattern_that_cannot_be_read_is_refused(folder):
    with pytest.raises(ValueError, match="not a regular expression"):
        LocalCatalogue(folder).sessions_with(["("])


def test_rows_are_prepared_once_and_mapped_by_others(folder):
    local = LocalCatalogue(folder)
    first = local.datasets(UUID(EIDS[0]))[1]
    made = kept()
    assert [path.name for path in made] == ["blocks.arrow", "keys.arrow", "paths.arrow", "rows.arrow", "sessions.arrow"]
    times = [path.stat().st_mtime_ns for path in made]
    assert pickle.loads(pickle.dumps(local)).datasets(UUID(EIDS[0]))[1] == first
    assert [path.stat().st_mtime_ns for path in kept()] == times
    assert sorted(path.name for path in folder.iterdir()) == ["datasets.pqt", "sessions.pqt"]


def test_rows_of_another_table_are_never_used(folder):
    LocalCatalogue(folder).datasets(UUID(EIDS[0]))
    rows(1).to_parquet(folder / "datasets.pqt")
    assert LocalCatalogue(folder).datasets(UUID(EIDS[2]))[1] == []
    same = folder / "datasets.pqt"
    os.utime(same, ns=(1, 1))
    assert find_prepared(same, same.stat()) is None


def test_rows_beside_the_table_serve_everybody(folder):
    path = folder / "datasets.pqt"
    prepare_beside(path, folder)
    assert (folder / ".prepared").is_dir()
    LocalCatalogue(folder).datasets(UUID(EIDS[0]))
    assert kept() == []


def test_damaged_rows_are_made_anew(folder):
    local = LocalCatalogue(folder)
    expected = local.datasets(UUID(EIDS[0]))[1]
    for path in kept():
        path.write_bytes(b"damaged")
    assert LocalCatalogue(folder).datasets(UUID(EIDS[0]))[1] == expected
    assert all(path.stat().st_size > len(b"damaged") for path in kept())


def test_rows_stay_in_memory_where_nothing_can_be_written(folder, monkeypatch):
    Path(os.environ["BREGMA_HOME"]).write_text("a file, not a folder")
    path = folder / "datasets.pqt"
    made = open_prepared(path, scan_table(path, "datasets"), path.stat())
    assert made.of_session(UUID(EIDS[0])).height == 3


def test_only_the_rows_of_the_last_tables_are_kept(folder):
    path = folder / "datasets.pqt"
    for i in range(5):
        os.utime(path, ns=(i, i))
        prepare_beside(path, folder)
    assert len(list((folder / ".prepared").iterdir())) == 3
    assert find_prepared(path, path.stat()) is not None


def test_paths_are_split_where_revisions_and_collections_are_absent():
    frame = pl.DataFrame({"rel_path": ["#r#/a.b.c", "a.b.c", "x/y/a.b.c", "x#y/a.b.c"]})
    assert split_paths(frame).select("collection", "revision", "name").rows() == [
        ("", "r", "a.b.c"), ("", "", "a.b.c"), ("x/y", "", "a.b.c"), ("x#y", "", "a.b.c"),
    ]  # fmt: skip


def test_tables_of_the_reference_with_integer_ids_are_read(tmp_path):
    sessions = rows(1).reset_index()
    halves = [pd.Series([int.from_bytes(UUID(one).bytes[k : k + 8], "little", signed=True) for one in sessions[name]])
              for name in ("eid", "id") for k in (0, 8)]  # fmt: skip
    names = ("eid_0", "eid_1", "id_0", "id_1")
    old = sessions.drop(columns=["eid", "id", "qc"]).assign(**dict(zip(names, halves, strict=True)))
    old.to_parquet(tmp_path / "datasets.pqt")
    found = prepare(scan_table(tmp_path / "datasets.pqt", "datasets")).of_session(UUID(EIDS[0]))
    assert sorted(found["id"]) == sorted(sessions["id"])
    assert set(found["qc"]) == {0}


def test_sessions_of_more_rows_than_a_block_are_read_whole(tmp_path):
    firsts, values = [0, 5, 1500, 4000], pl.DataFrame({"value": range(4010)})
    places = write_blocks(values, firsts, tmp_path / "rows.arrow")
    blocks = Blocks.open(tmp_path / "rows.arrow", places)
    for first, after in zip(firsts, [*firsts[1:], 4010], strict=True):
        assert blocks.slice(first, after - first)["value"].to_list() == list(range(first, after))
    (tmp_path / "rows.arrow").write_bytes(b"short")
    with pytest.raises(OSError, match="cut off"):
        Blocks.open(tmp_path / "rows.arrow", places)


def test_what_is_done_to_a_list_of_files_does_not_reach_the_next(folder):
    local = LocalCatalogue(folder)
    first = local.datasets(UUID(EIDS[0]))[1]
    expected = list(first)
    first.clear()
    assert local.datasets(UUID(EIDS[0]))[1] == expected
