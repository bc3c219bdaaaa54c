"""Insertions through ONE: from files on this machine, and from an Alyx that is asked."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.alf_lab import AlfLab

from bregma.alf import write_object
from bregma.atlas import phantom_atlas
from bregma.viewer import Insertions, NoHistology, PathImage, Points, Scene, ViewerError, open_insertions

N = 8
HEIGHTS = np.arange(N) * 200.0
PLACES_UM = np.stack([np.full(N, 1100.0), np.full(N, -1700.0), -5000.0 + HEIGHTS], axis=1)
UNITS = np.array([0, 3, 3, 7])
LABEL = "KS014 2019-08-30 probe00"


def write_probe(folder: Path, *, placed: bool = True) -> None:
    times = np.arange(40) / 4.0
    write_object(folder, "spikes", {"times": times, "clusters": np.arange(40) % 4, "amps": np.full(40, 1e-4)})
    write_object(folder, "clusters", {"channels": UNITS})
    pd.DataFrame({"cluster_id": np.arange(4), "firing_rate": [1.0, 5.0, 2.0, np.nan]}).to_parquet(
        folder / "clusters.metrics.pqt"
    )
    channels: dict[str, np.ndarray] = {"localCoordinates": np.stack([np.zeros(N), HEIGHTS], axis=1)}
    write_object(folder, "channels", channels | ({"mlapdv": PLACES_UM} if placed else {}))
    if placed:
        np.save(folder / "channels.brainLocationIds_ccf_2017.npy", np.full(N, 733))


@pytest.fixture
def lab(tmp_path: Path) -> AlfLab:
    lab = AlfLab(tmp_path)
    write_probe(lab.add_session("KS014", "2019-08-30") / "alf" / "probe00")
    lab.add_insertion(lab.eid(), "probe00")
    lab.write()
    return lab


class Online:
    """What is left of a ONE: its files on this machine, and the answers of an Alyx."""

    def __init__(self, one: Any, records: list[dict[str, Any]]) -> None:
        self._one, self.records, self.alyx = one, records, self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._one, name)

    def rest(self, table: str, action: str, **terms: Any) -> list[dict[str, Any]]:
        assert (table, action) == ("trajectories", "list")
        return self.records


def test_an_insertion_is_a_track_its_units_and_its_channels(lab: AlfLab) -> None:
    scene = Scene(phantom_atlas()).add_insertions(lab.open(), lab.insertions[0]["id"])
    track, image, units = scene.layers
    assert [layer.name for layer in scene.layers] == [f"{LABEL} track", f"{LABEL} channels", f"{LABEL} units"]
    assert isinstance(track, Insertions)
    assert isinstance(image, PathImage)
    assert isinstance(units, Points)
    assert {layer.group for layer in scene.layers} == {LABEL}
    np.testing.assert_allclose(track.tips, [[0.0011, -0.0017, -0.005]])
    assert track.entries[0, 2] > -0.0012
    np.testing.assert_allclose(units.xyz, PLACES_UM[UNITS] * 1e-6)


def test_a_whole_scene_is_one_sentence(lab: AlfLab) -> None:
    xyz, rate, times = PLACES_UM[:4] / 1e6, np.arange(8.0).reshape(2, 4), np.array([0.0, 1.0])
    scene = Scene(phantom_atlas()).add_region("TH").add_insertions(lab.open(), lab.eid())
    scene.add_points(xyz, values=rate, times=times).slice("coronal", ap=-0.002)
    first, *_, points, coronal = scene.layers
    assert (first.name, points.name, coronal.name) == ("TH", "Points", "Coronal")
    assert scene.span == (0.0, 1.0)


def test_units_have_the_colours_of_their_regions_and_the_ribbon_shows_them_from_the_tip_up(lab: AlfLab) -> None:
    atlas = phantom_atlas()
    scene = Scene(atlas).add_insertions(lab.open(), lab.eid())
    expected = atlas.regions.rgb[atlas.rows_at(PLACES_UM * 1e-6)]
    np.testing.assert_array_equal(scene.layer(f"{LABEL} channels").image[:, 0], expected)
    np.testing.assert_array_equal(scene.layer(f"{LABEL} units").rgb, expected[UNITS])
    assert len(np.unique(expected, axis=0)) > 1


def test_a_metric_on_file_colours_units_without_their_spikes(lab: AlfLab) -> None:
    for spikes in lab.root.rglob("spikes.*"):
        spikes.unlink()
    lab.write()
    scene = Scene(phantom_atlas()).add_insertions(lab.open(), lab.eid(), values="firing_rate", colormap="magma")
    values = scene.layer(f"{LABEL} units").values
    np.testing.assert_array_equal(values.data, [1.0, 5.0, 2.0, np.nan])
    assert (values.label, values.colormap) == ("firing_rate", "magma")


def test_a_metric_that_is_not_on_file_is_computed(lab: AlfLab) -> None:
    scene = Scene(phantom_atlas()).add_insertions(lab.open(), lab.eid(), values="n_spikes")
    assert scene.layer(f"{LABEL} units").values.data.tolist() == [10, 10, 10, 10]


def test_an_unknown_metric_is_refused_with_those_there_are(lab: AlfLab) -> None:
    scene = Scene(phantom_atlas())
    with pytest.raises(ViewerError, match=r"no 'firing'; they have .*firing_rate"):
        scene.add_insertions(lab.open(), lab.eid(), values="firing")
    assert scene.layers == ()


def test_a_session_opens_with_all_its_insertions_also_those_no_table_lists(lab: AlfLab) -> None:
    write_probe(lab.folder(lab.sessions[0]) / "alf" / "probe01")
    lab.write()
    scene = open_insertions(lab.open(), lab.eid(), atlas=phantom_atlas(), channels="points", size=8)
    assert scene.title == f"{LABEL}, KS014 2019-08-30 probe01"
    assert [layer.kind for layer in scene.layers] == ["region", *["insertions", "points", "points"] * 2]
    assert scene.layer(f"{LABEL} units").size == 8


def test_opening_is_one_step_to_undo(lab: AlfLab) -> None:
    scene = Scene(phantom_atlas()).add_insertions(lab.open(), lab.eid(), channels="none")
    assert len(scene.layers) == 2
    assert scene.undo().layers == ()


def test_an_insertion_that_nobody_traced_is_named_with_a_way_out(lab: AlfLab) -> None:
    write_probe(lab.add_session("KS015", "2020-01-02") / "alf" / "probe00", placed=False)
    lab.write()
    with pytest.raises(NoHistology, match=r"traced KS015 2020-01-02 probe00 in histology.*provenance='Micro-manip"):
        Scene(phantom_atlas()).add_insertions(lab.open(), lab.eid(1))


def test_a_planned_trajectory_can_be_drawn_instead(lab: AlfLab) -> None:
    record = {"x": 1100, "y": -1700, "z": -500, "depth": 4000, "theta": 0, "phi": 180, "provenance": "Planned"}
    one = Online(lab.open(), [record])
    scene = Scene(phantom_atlas()).add_insertions(one, lab.insertions[0]["id"], provenance="Planned")
    (track,) = scene.layers
    np.testing.assert_allclose(track.tips[0, :2], [0.0011, -0.0017], atol=1e-9)
    assert track.entries[0, 2] - track.tips[0, 2] == pytest.approx(0.004)
    with pytest.raises(NoHistology, match="no trajectory 'Micro'; Alyx has Planned"):
        scene.add_insertions(one, lab.eid(), provenance="Micro")


def test_a_session_without_insertions_is_refused(lab: AlfLab) -> None:
    write_object(lab.add_session("KS016", "2020-01-03") / "alf", "licks", {"times": np.arange(3.0)})
    lab.write()
    with pytest.raises(ViewerError, match="has no insertion"):
        Scene(phantom_atlas()).add_insertions(lab.open(), lab.eid(1))


def test_what_is_asked_wrongly_is_refused(lab: AlfLab) -> None:
    with pytest.raises(ViewerError, match="'image', as 'points' or as 'none'; not as 'dots'"):
        Scene(phantom_atlas()).add_insertions(lab.open(), lab.eid(), channels="dots")
    with pytest.raises(ViewerError, match="tracks are coloured by numbers"):
        Scene(phantom_atlas()).add_insertions([[0, 0, 0]], [[0, 0, -0.004]], values="firing_rate")
