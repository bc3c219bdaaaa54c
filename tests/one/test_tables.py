"""Cache tables: written, read, downloaded; those of the reference server too."""

import io
import json
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime
from uuid import UUID

import httpx
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from bregma.one import ONE, InvalidTables, TablesMissing, write_tables
from bregma.one.tables import TablesInfo
from bregma.one.tables.snapshot import read_info, scan_table

EID, DID, PID = (f"{digit * 8}-1111-4111-8111-{digit * 12}" for digit in "123")
SESSIONS = pd.DataFrame(
    {
        "id": [EID], "lab": ["mylab"], "subject": ["KS014"], "date": [date(2019, 8, 30)], "number": [1],
        "task_protocol": [None], "projects": ["a,b"],
    }
)  # fmt: skip
DATASETS = pd.DataFrame(
    {"eid": [EID], "id": [DID], "rel_path": ["alf/a.b.npy"], "file_size": [5], "hash": ["x" * 32], "qc": [40]}
)
INSERTIONS = pd.DataFrame({"eid": [EID], "id": [PID], "name": ["probe00"], "json": ["{}"]})


def written(folder, **kwargs):
    when = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    return write_tables(folder, SESSIONS, DATASETS, INSERTIONS, origin="me", date_created=when, **kwargs)


def test_tables_come_back_as_they_were_written(tmp_path):
    assert [path.name for path in written(tmp_path)] == ["sessions.pqt", "datasets.pqt", "insertions.pqt"]
    session = scan_table(tmp_path / "sessions.pqt", "sessions").collect().row(0, named=True)
    assert session == {
        "id": EID, "lab": "mylab", "subject": "KS014", "date": date(2019, 8, 30), "number": 1, "task_protocol": "",
        "projects": "a,b", "session_qc": 0, "n_trials": None, "n_correct_trials": None, "users": "", "procedures": "",
        "location": "", "type": "",
    }  # fmt: skip
    dataset = scan_table(tmp_path / "datasets.pqt", "datasets").collect().row(0, named=True)
    assert (dataset["eid"], dataset["id"], dataset["qc"], dataset["file_size"]) == (EID, DID, 40, 5)
    assert (dataset["exists"], dataset["default_revision"]) == (True, True)
    insertion = scan_table(tmp_path / "insertions.pqt", "insertions").collect().row(0, named=True)
    assert (insertion["name"], insertion["serial"], insertion["json"]) == ("probe00", "", "{}")


def test_tables_say_when_and_by_whom_they_were_made(tmp_path):
    written(tmp_path, tags=("2024_Q1",))
    assert read_info(tmp_path / "sessions.pqt") == TablesInfo("2026-01-02 03:04", "me", ("2024_Q1",))
    metadata = json.loads(pq.read_schema(tmp_path / "sessions.pqt").metadata[b"one_metadata"])
    assert metadata["min_api_version"]


def test_tables_have_the_indexes_and_types_that_the_reference_client_reads(tmp_path):
    written(tmp_path)
    sessions, datasets = (pd.read_parquet(tmp_path / f"{name}.pqt") for name in ("sessions", "datasets"))
    assert sessions.index.names == ["id"]
    assert datasets.index.names == ["eid", "id"]
    assert list(sessions) == ["lab", "subject", "date", "number", "task_protocol", "projects"]
    assert list(datasets) == ["rel_path", "file_size", "hash", "exists", "qc", "default_revision"]
    assert sessions.number.dtype == "uint16"
    assert sessions.date.iloc[0] == date(2019, 8, 30)
    assert datasets.file_size.dtype == "UInt64"
    assert list(datasets.qc.cat.categories) == ["NOT_SET", "PASS", "WARNING", "FAIL", "CRITICAL"]
    assert datasets.qc.cat.ordered
    assert datasets.qc.iloc[0] == "FAIL"


def test_frames_of_polars_and_indexed_frames_are_written_alike(tmp_path):
    indexed = (SESSIONS.set_index("id"), DATASETS.set_index(["eid", "id"]))
    write_tables(tmp_path / "a", *indexed, origin="me")
    write_tables(tmp_path / "b", pl.from_pandas(SESSIONS), pl.from_pandas(DATASETS), origin="me")
    for name in ("sessions", "datasets"):
        pd.testing.assert_frame_equal(*(pd.read_parquet(tmp_path / folder / f"{name}.pqt") for folder in "ab"))


def test_empty_tables_are_written_and_searched(tmp_path):
    write_tables(tmp_path, SESSIONS[:0], DATASETS[:0], origin="me")
    one = ONE("http://x", token="t", cache_dir=tmp_path, mode="local")
    assert one.search() == []
    assert one.search_insertions() == []


def test_unknown_sizes_and_missing_columns_are_allowed(tmp_path):
    bare = pd.DataFrame({"eid": [EID], "id": [DID], "rel_path": ["a.b.npy"], "file_size": [None]})
    write_tables(tmp_path, SESSIONS, bare, origin="me")
    row = scan_table(tmp_path / "datasets.pqt", "datasets").collect().row(0, named=True)
    assert (row["file_size"], row["hash"], row["qc"]) == (None, "", 0)


def test_columns_that_only_another_server_writes_are_told_as_they_are(tmp_path):
    written(tmp_path)
    more = SESSIONS.assign(qc=pd.Categorical(["PASS"]), mood="calm")
    more.to_parquet(tmp_path / "sessions.pqt")
    one = ONE(tmp_path)
    assert one.list_datasets(EID) == ["alf/a.b.npy"]
    (details,) = one.search(details=True)[1]
    one.save_cache(tmp_path / "copy")
    (copied,) = ONE(tmp_path / "copy").search(details=True)[1]
    assert (details.qc, details.mood) == (copied.qc, copied.mood) == ("PASS", "calm")


def test_a_table_without_what_it_is_about_is_refused(tmp_path):
    with pytest.raises(InvalidTables, match="lacks subject"):
        write_tables(tmp_path, SESSIONS.drop(columns="subject"), DATASETS, origin="me")
    SESSIONS.to_parquet(tmp_path / "datasets.pqt")
    with pytest.raises(InvalidTables, match="not a table of datasets: it lacks eid, rel_path"):
        scan_table(tmp_path / "datasets.pqt", "datasets")


def test_a_damaged_table_is_named(tmp_path):
    (tmp_path / "sessions.pqt").write_bytes(b"PAR1 garbage")
    with pytest.raises(InvalidTables, match=r"sessions\.pqt is not a parquet table"):
        scan_table(tmp_path / "sessions.pqt", "sessions")
    with pytest.raises(InvalidTables):
        read_info(tmp_path / "sessions.pqt")
    with pytest.raises(TablesMissing, match="load_cache"):
        read_info(tmp_path / "other.pqt")


def test_tables_of_before_2022_are_read(tmp_path):
    halves = [int.from_bytes(UUID(EID).bytes[i : i + 8], "little", signed=True) for i in (0, 8)]
    old = SESSIONS.drop(columns=["id", "projects"]).assign(id_0=halves[0], id_1=halves[1], project="p")
    old.to_parquet(tmp_path / "sessions.pqt")
    row = scan_table(tmp_path / "sessions.pqt", "sessions").collect().row(0, named=True)
    assert (row["id"], row["projects"]) == (EID, "p")


def test_tables_are_downloaded_only_when_they_are_newer(one, alyx, tmp_path):
    alyx.make_tables(tmp_path / "server")
    assert one.load_cache().origin == "fake"
    assert len(one.search(query_type="local")) == 3
    assert one.load_cache().origin == "fake"
    assert alyx.asked().count("GET /cache.zip") == 1
    alyx.tables_date = "2999-01-01 00:00"
    one.load_cache()
    one.load_cache(clobber=True)
    assert alyx.asked().count("GET /cache.zip") == 3
    assert [path.name for path in (tmp_path / "cache").iterdir() if path.name.startswith(".tables")] == []


def test_tables_made_in_the_minute_of_the_last_download_are_fetched_again(one, alyx, tmp_path):
    now = datetime.now(UTC)
    alyx.make_tables(tmp_path / "server")
    alyx.tables_date = now.strftime("%Y-%m-%d %H:%M")
    one.load_cache()
    alyx.add_session("KS015", "2024-01-01")
    alyx.make_tables(tmp_path / "server")
    one.load_cache()
    assert len(one.search(query_type="local")) == 4


def test_tables_of_a_release_have_a_folder_of_their_own(one, alyx, tmp_path):
    alyx.make_tables(tmp_path / "server")
    one.load_cache(tag="2024_Q1")
    assert one.tables_dir == tmp_path / "cache" / "2024_Q1"
    assert "GET /cache/info/2024_Q1/" in alyx.asked()


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content", [b"not a zip", zipped(), zipped(**{"sessions.pqt": b"PAR1"}), zipped(**{"../evil.pqt": b"x"})]
)
def test_a_bad_archive_leaves_the_old_tables(one, alyx, tmp_path, content):
    alyx.make_tables(tmp_path / "server")
    one.load_cache()
    alyx.tables, alyx.tables_date = content, "2999-01-01 00:00"
    with pytest.raises(InvalidTables):
        one.load_cache()
    assert len(one.search(query_type="local")) == 3
    assert not (tmp_path / "evil.pqt").exists()


def test_offline_other_tables_are_opened(offline, alyx, tmp_path):
    written(tmp_path / "other")
    assert offline.load_cache(tmp_path / "other").origin == "me"
    assert offline.search() == [UUID(EID)]
    assert alyx.requests == []


def test_tables_of_the_public_server_are_searched(shared_data, tmp_path):
    folder = shared_data / "openalyx_one_cache"
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    assert read_info(folder / "sessions.pqt") == TablesInfo("2024-10-04 12:43", "public")
    one = ONE("http://x", token="t", cache_dir=tmp_path, tables_dir=folder, mode="local")
    assert len(one.search()) == 8161
    newest = one.find_sessions(lab="WITTENLAB", project="learning_dop")[0]
    assert (newest.subject, newest.date, newest.number) == ("fip_912", date(2023, 10, 31), 2)
    assert one.to_eid(newest.reference) == newest.eid


def test_rows_of_the_public_server_are_listed_and_searched(shared_data, tmp_path):
    folder = shared_data / "openalyx_one_cache"
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    rows = pl.read_parquet(folder / "datasets_subset.pqt").with_columns(
        pl.col("rel_path").str.replace(r"^[^/]+/[^/]+/[^/]+/", ""), pl.col("default_dataset").alias("default_revision")
    )
    sessions = pd.read_parquet(folder / "sessions.pqt")
    datasets = rows.select("eid", "id", "rel_path", "file_size", "hash", "qc", "default_revision")
    write_tables(tmp_path, sessions, datasets, origin="public")
    one = ONE("http://x", token="t", cache_dir=tmp_path, mode="local")
    found = one.search(datasets=["_ibl_trials.table.pqt", "licks.times.npy"])
    names = rows.with_columns(pl.col("rel_path").str.split("/").list.last().alias("file"))
    expected = set.intersection(
        *(set(names.filter(pl.col("file") == file)["eid"]) for file in ("_ibl_trials.table.pqt", "licks.times.npy"))
    )
    assert {str(eid) for eid in found} == expected
    assert len(expected) > 10
    for eid in found[:3]:
        assert len(one.list_datasets(eid)) == len(rows.filter(pl.col("eid") == str(eid)))


def test_importing_one_is_quick_and_loads_nothing_heavy():
    code = (
        "import sys, time; start = time.process_time(); import bregma.one; spent = time.process_time() - start;"
        "heavy = {'django', 'datajoint', 'vtkmodules', 'vtk', 'matplotlib', 'pandas', 'polars', 'scipy', 'pyarrow'};"
        "print(spent, *sorted(heavy & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert printed[1:] == []
    assert float(printed[0]) < 0.3


def test_making_a_client_loads_no_pandas():
    code = (
        "import sys; from bregma.one import ONE; ONE('http://x', token='t');"
        "sys.exit(bool({'pandas', 'django', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_release_that_the_server_does_not_have_is_named(one, alyx):
    alyx.answers = [httpx.Response(404, json={"detail": "Not Found"})]
    with pytest.raises(TablesMissing, match="no tables of a release '2099_Q1'"):
        one.load_cache(tag="2099_Q1")
