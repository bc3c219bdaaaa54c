"""The atlas on this machine: what is listed, and what is said where nothing can be had."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bregma.atlas import AtlasNotFound, InvalidAtlas
from bregma.cli.app import app
from bregma.store import StoreUnavailable


def run(*words: str) -> str:
    done = CliRunner().invoke(app, ["atlas", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_list_says_which_volumes_are_here(tmp_path: Path) -> None:
    (tmp_path / "annotation_50.nrrd").write_bytes(b"12345")
    rows = json.loads(run("list", "--folder", str(tmp_path), "--json"))
    assert len(rows) == 8
    here = [row for row in rows if row["path"]]
    assert [(row["volume"], row["resolution_um"], row["bytes"]) for row in here] == [("annotation", 50, 5)]


def test_what_is_here_is_not_brought_again(tmp_path: Path) -> None:
    for name in ("annotation_25.nrrd", "average_template_25.nrrd"):
        (tmp_path / name).write_bytes(b"here")
    printed = run("download", "25", "--template", "--folder", str(tmp_path)).splitlines()
    assert printed == [str(tmp_path / "annotation_25.nrrd"), str(tmp_path / "average_template_25.nrrd")]


def test_without_network_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise StoreUnavailable("no answer")

    monkeypatch.setattr("bregma.store.Engine.fetch", away)
    with pytest.raises(AtlasNotFound, match=r"annotation_100\.nrrd.*no answer.*--atlas PATH"):
        run("download", "100", "--folder", str(tmp_path))


def test_a_resolution_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidAtlas, match="not 33"):
        run("download", "33", "--folder", str(tmp_path))
