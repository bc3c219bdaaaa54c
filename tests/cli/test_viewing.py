"""What bregma view draws, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.alf_lab import AlfLab
from tests.viewer.test_opening import LABEL, write_probe
from typer.testing import CliRunner

from bregma.atlas import Regions
from bregma.cli.app import app
from bregma.cli.errors import CommandFailed
from bregma.cli.viewing import Wanted, make_scene, read_size, write
from bregma.viewer import Scene


@pytest.fixture
def atlas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small annotation with thalamus inside of cortex, in the order of the Allen files."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    ids = np.zeros((20, 18, 16), dtype=np.uint32)
    table = Regions.allen()
    ids[2:18, 2:16, 2:14] = table.ids[table.row("CTX")]
    ids[6:14, 6:12, 4:12] = table.ids[table.row("TH")]
    np.save(tmp_path / "annotation.npy", ids)
    return tmp_path / "annotation.npy"


def test_regions_slices_and_a_mapping_are_drawn(atlas: Path) -> None:
    wanted = Wanted(atlas=atlas, resolution_um=100, regions=("TH",), mapping="Cosmos", slices=("ap=-0.002", "ML=0.001"))
    scene = make_scene(wanted)
    assert [layer.name for layer in scene.layers] == ["Annotation", "root", "TH", "Coronal", "Sagittal"]
    assert not scene.layer("Annotation").visible
    assert scene.layer("Coronal").origin == (0, -0.002, 0)  # type: ignore[attr-defined]
    assert scene.layer("Sagittal").mapping == "Cosmos"  # type: ignore[attr-defined]


def test_values_of_a_table_colour_the_regions(atlas: Path, tmp_path: Path) -> None:
    table = tmp_path / "rates.csv"
    table.write_text("acronym,n,rate\nTH,3,7.5\n")
    scene = make_scene(Wanted(atlas=atlas, resolution_um=100, values=table, column="rate", colormap="magma"))
    values = scene.layer("Annotation").coloured_by
    assert values is not None
    assert (values.colormap, values.label) == ("magma", "rate")
    assert values.data[scene.atlas.regions.row("TH")] == 7.5


def test_files_are_added(atlas: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "cells.npy", np.zeros((4, 3)))
    scene = make_scene(Wanted(atlas=atlas, resolution_um=100, files=(tmp_path / "cells.npy",)))
    assert [layer.name for layer in scene.layers] == ["Annotation", "cells"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("coronal", "ap=, ml= or dv="),
        ("ap=-2mm", "'-2mm' of 'ap=-2mm' is no number of metres"),
        ("ap=-2000", "divide by"),
    ],
)
def test_a_slice_that_is_nowhere_is_refused(atlas: Path, text: str, reason: str) -> None:
    with pytest.raises((CommandFailed, ValueError), match=reason):
        make_scene(Wanted(atlas=atlas, resolution_um=100, slices=(text,)))


def test_a_size_is_two_numbers() -> None:
    assert read_size("2400x1500") == (2400, 1500)
    with pytest.raises(CommandFailed, match="WIDTHxHEIGHT"):
        read_size("large")


def test_a_scene_is_written_as_its_ending_says(atlas: Path, tmp_path: Path) -> None:
    scene = make_scene(Wanted(atlas=atlas, resolution_um=100, regions=("TH",)))
    written = scene.save(tmp_path / "brain.json")
    assert [layer["name"] for layer in json.loads(written.read_text())["layers"]] == ["Annotation", "root", "TH"]


def test_a_movie_says_how_far_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class Still(Scene):
        def save(self, path: Path | str, *, size: tuple[int, int] = (1, 1), **how: Any) -> Path:
            for share in (0.05, 0.5, 0.51, 1.0):
                how["progress"](share)
            return Path(path)

    write(Still(), tmp_path / "turn.mp4", (64, 48))
    assert capsys.readouterr().err.splitlines() == ["turn.mp4: 50 %", "turn.mp4: 100 %"]


def test_a_session_is_shown_with_its_probes(atlas: Path, tmp_path: Path) -> None:
    lab = AlfLab(tmp_path / "lab")
    write_probe(lab.add_session("KS014", "2019-08-30") / "alf" / "probe00")
    lab.add_insertion(lab.eid(), "probe00")
    lab.write()
    out = tmp_path / "scene.json"
    words = ["--atlas", str(atlas), "--resolution", "100", "--from", str(lab.root), "--json", "--out", str(out)]
    done = CliRunner().invoke(app, ["view", *words, "--insertion", lab.insertions[0]["id"], "--view", "dorsal"])
    assert done.exit_code == 0, done.output
    written = json.loads(out.read_text())
    assert f"{LABEL} units" in [layer["name"] for layer in written["layers"]]
    assert "root" in [layer["name"] for layer in written["layers"]]
    assert written["camera"]["view"] == "dorsal"
