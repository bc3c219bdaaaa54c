"""The commands that ask ONE, on a folder with tables and files."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from bregma.alf import write_object
from bregma.cli.app import app
from bregma.cli.data import read_terms
from bregma.cli.errors import CommandFailed
from bregma.one import ONE

SESSION = "KS014/2019-08-30/001"


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def answer(*words: object) -> Any:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_search_takes_the_terms_of_one(place):
    found = answer("search", "subject=KS014", "date_range=2019-08-30,2019-08-30", "--from", place)
    assert [(row["subject"], row["date"], row["number"]) for row in found] == [("KS014", "2019-08-30", 1)]
    assert len(answer("search", "subject=KS014", "subject=KS015", "--from", place)) == 3
    assert len(answer("search", "datasets=spikes.times.npy", "datasets=_ibl_trials.table.pqt", "--from", place)) == 1
    assert len(answer("search", "--limit", 2, "--from", place)) == 2


def test_a_search_that_finds_nothing_is_no_failure(place):
    done = run("search", "subject=nobody", "--from", place)
    assert done.exit_code == 0
    assert "no session matches subject=nobody" in done.stderr


@pytest.mark.parametrize("words", [["KS014"], ["colour=red"], ["=x"]])
def test_what_is_no_term_is_misuse(place, words):
    done = run("search", *words, "--from", place)
    assert done.exit_code == 2
    assert words[0].partition("=")[0] in done.stderr


def test_terms_with_several_values_become_lists():
    assert read_terms(["date-range=2020-01-01,", "subject=a", "subject=b", "number=1"]) == {
        "date_range": ["2020-01-01", None],
        "subject": ["a", "b"],
        "number": "1",
    }


def test_ls_lists_files_by_pattern_and_collection(place):
    rows = answer("ls", SESSION, "spikes.*", "--collection", "alf/probe01", "--from", place)
    assert [row["rel_path"] for row in rows] == ["alf/probe01/spikes.clusters.npy", "alf/probe01/spikes.times.npy"]
    assert "no file of" in run("ls", SESSION, "nothing.*", "--from", place).stderr


def test_get_prints_paths_and_a_dry_run_what_it_would_bring(place):
    paths = run("get", SESSION, "_ibl_wheel.*", "--from", place).stdout.split()
    assert [Path(path).name for path in paths] == ["_ibl_wheel.position.npy"]
    assert Path(paths[0]).is_file()
    assert answer("get", SESSION, "--dry-run", "--from", place) == {"files": 0, "bytes": 0, "unknown": 0}
    assert run("get", SESSION, "nothing.*", "--from", place).exit_code == 1


def test_load_says_what_an_object_holds(place):
    rows = answer("load", SESSION, "spikes", "--collection", "alf/probe01", "--from", place)
    assert {row["name"]: row["shape"] for row in rows} == {"clusters": "30", "times": "30"}
    (row,) = answer("load", SESSION, "_ibl_wheel.position.npy", "--from", place)
    assert (row["shape"], row["type"]) == ("5", "float64")


def test_open_shows_the_head_of_a_dataset(place):
    shown = answer("open", SESSION, "spikes.times", "--collection", "alf/probe01", "--rows", 2, "--from", place)
    assert (shown["shape"], shown["type"], shown["head"]) == ([30], "float64", "[1. 2.]")
    assert shown["description"] == "When each spike was fired, in seconds"
    assert answer("open", SESSION, "_ibl_trials.table.pqt", "--from", place)["columns"][0] == "goCue_times"


def test_a_preview_of_a_table_reads_its_beginning_only(place):
    shown = answer("open", SESSION, "_ibl_trials.table.pqt", "--rows", 2, "--from", place)
    assert shown["shape"] == [20, 3]
    assert len(shown["head"].splitlines()) == 3


def test_an_export_is_opened_as_any_other_place(place, tmp_path):
    out = tmp_path / "shared.zip"
    planned = answer("export", SESSION, "--out", out, "--name", "spikes.*", "--dry-run", "--from", place)
    assert not out.exists()
    made = answer("export", SESSION, "--out", out, "--name", "spikes.*", "--title", "Spikes", "--from", place)
    assert made["bytes"] > planned["bytes"] > 0
    assert [row["subject"] for row in answer("search", "--from", out)] == ["KS014"]
    assert answer("open", SESSION, "alf/probe01/spikes.times", "--from", out)["shape"] == [30]
    assert run("export", SESSION, "--out", out, "--from", place).exit_code == 1
    assert run("export", SESSION, SESSION, "--out", tmp_path / "x.nwb", "--format", "nwb").exit_code == 2


def test_files_of_a_session_are_registered_and_sent(one, alyx, tmp_path, monkeypatch):
    monkeypatch.setattr("bregma.cli.sharing.connect", lambda _: one)
    folder = tmp_path / "rig/mylab/Subjects/KS014/2020-02-02/001"
    (path,) = write_object(folder / "alf", "licks", {"times": [0.5, 1.5]})
    assert answer("register", path, "--dry-run") == [{"file": str(path), "bytes": path.stat().st_size}]
    assert alyx.asked("PUT") == []
    assert len(answer("register", path, "--qc", "PASS")) == 1
    assert len(alyx.asked("PUT")) == 1
    assert run("register", tmp_path / "lab/alf/_ibl_trials.table.pqt").exit_code == 1


def test_locks_are_written_shown_compared_and_restored(place, tmp_path):
    lock = tmp_path / "one.lock"
    told = answer("lock", "write", SESSION, "--name", "_ibl_*", "--out", lock, "--from", place)
    assert (told["sessions"], told["files"]) == (1, 2)
    shown = answer("lock", "show", lock)
    assert [row["file"] for row in shown] == ["alf/_ibl_trials.table.pqt", "alf/_ibl_wheel.position.npy"]
    assert answer("lock", "compare", lock, lock)["differs"] is False
    assert len(answer("lock", "restore", lock, "--from", place)) == 2
    assert answer("lock", "restore", lock, "--dry-run", "--from", place)["files"] == 0


@pytest.fixture
def cached(place, monkeypatch) -> Path:
    """The same folder as what was downloaded from a server."""
    monkeypatch.setenv("BREGMA_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("bregma.cli.cache.connect", lambda _, offline: ONE("http://127.0.0.1:9", cache_dir=place))
    return place


def test_du_adds_up_by_session_and_lab(cached):
    by_session = {row["session"]: row["files"] for row in answer("du")}
    assert by_session["mylab/KS014/2019-08-30/001"] == 7
    assert [row["lab"] for row in answer("du", "--by", "lab") if row["lab"] == "mylab"] == ["mylab"]
    assert run("du", "--by", "colour").exit_code == 2


def test_prune_removes_nothing_before_it_is_told_so_and_keeps_what_is_locked(cached, tmp_path):
    lock = tmp_path / "one.lock"
    answer("lock", "write", SESSION, "--name", "_ibl_*", "--out", lock, "--from", cached)
    told = answer("prune", "--keep", lock)
    assert (told["removed"], told["files"]) == (False, 5)
    assert all(Path(path).is_file() for path in told["paths"])
    assert "--yes" in run("prune").stderr
    assert answer("prune", "--keep", lock, "--yes")["paths"] == told["paths"]
    assert [path.name for path in sorted((cached / "mylab").rglob("*.*.*"))] == [
        "_ibl_trials.table.pqt",
        "_ibl_wheel.position.npy",
    ]


def test_prune_leaves_a_place_of_its_own_alone(place):
    done = run("prune", "--yes", "--from", place)
    assert isinstance(done.exception, CommandFailed)
    assert "no copies of a server's" in str(done.exception)


def test_verify_names_the_damaged(cached):
    assert answer("verify")["files"] == []
    path = cached / "mylab/Subjects" / SESSION / "alf/probe01/spikes.times.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    done = run("verify", "--json")
    assert done.exit_code == 1
    assert [row["file"] for row in json.loads(done.stdout)["files"]] == [str(path)]


def test_doctor_tells_what_is_there_and_what_is_not(place, tmp_path):
    told = {row["what"]: row["ok"] for row in answer("doctor", "--from", place)}
    assert told["tables"] is told["cache"] is True
    done = run("doctor", "--json", "--offline", "--from", place / "mylab")
    assert done.exit_code == 1
    assert "bregma tables" in json.dumps(json.loads(done.stdout))


def test_validate_tells_what_is_wrong_and_what_to_do(place):
    folder = place / "mylab/Subjects" / SESSION / "alf/probe01"
    assert answer("alf", "validate", folder) == []
    np.save(folder / "spikes.times.npy", np.arange(3.0))
    done = run("alf", "validate", folder)
    assert done.exit_code == 1
    assert "has 3 rows" in done.stdout or "has 30 rows" in done.stdout
    assert "1 errors, 0 warnings" in done.stderr


def test_parts_and_types_are_described():
    assert "between two #" in answer("alf", "describe", "revision")["revision"]
    assert answer("alf", "describe", "spikes.times.npy")["name"] == "spikes.times"
    assert "extension" in answer("alf", "describe")


def test_secrets_are_asked_for_once_and_never_as_arguments():
    assert run("login", "http://127.0.0.1:9", "--browser", "--token-stdin").exit_code == 2
    assert run("login", "http://127.0.0.1:9", "--password", "secret").exit_code == 2


def test_tables_come_once_they_are_asked_for(place, alyx, one, tmp_path, monkeypatch):
    assert run("tables", "--from", place).exit_code == 1
    monkeypatch.setattr("bregma.cli.cache.connect", lambda _: one)
    alyx.make_tables(tmp_path / "made")
    told = answer("tables")
    assert told["sessions"] == len(one.search(query_type="local"))
    assert (one.tables_dir / "datasets.pqt").is_file()


def test_what_ends_in_nwb_is_one_session_as_nwb(place, tmp_path):
    assert run("export", SESSION, "KS014/2019-08-30/002", "--out", tmp_path / "a.nwb", "--from", place).exit_code == 2


def test_files_that_no_type_fits_are_left_out_and_named(one, tmp_path, monkeypatch):
    folder = tmp_path / "rig" / "mylab/Subjects/KS014/2019-08-31/001"
    write_object(folder / "alf", "wheel", {"position": np.zeros(3)})
    (folder / "alf" / "thoughts.txt").write_text("x")
    monkeypatch.setattr("bregma.cli.sharing.connect", lambda _: one)
    assert "1 files in" in (done := run("register", folder, "--dry-run")).stderr
    assert "thoughts.txt" in done.stderr


def test_a_quality_that_is_none_is_misuse(place):
    assert run("register", place, "--qc", "GREAT").exit_code == 2


def test_people_see_the_columns_they_look_for_and_programs_all(place):
    assert "hash" not in run("ls", SESSION, "--from", place).stdout
    assert "hash" in answer("ls", SESSION, "--from", place)[0]
