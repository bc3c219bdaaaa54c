"""What the panels show and change, without any window."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bregma.atlas import phantom_atlas
from bregma.viewer import ImageVolume, InvalidLayer, Pick, Scene, Slice, ViewerError
from bregma.viewer.panels.controls import Control, Kind, list_controls
from bregma.viewer.panels.cropping import cut_to, read_box
from bregma.viewer.panels.curve import add_point, find_point, move_point, remove_point
from bregma.viewer.panels.exporting import KINDS, Export, make_export
from bregma.viewer.panels.recordings import read_terms
from bregma.viewer.panels.regions import drawn_regions, list_regions, search_regions, show_only, tick_region
from bregma.viewer.panels.rows import describe_layer, list_rows
from bregma.viewer.panels.series import find_series
from bregma.viewer.panels.slicing import Placing, place_slice, range_mm, read_placing, slice_along
from bregma.viewer.panels.summary import name_pick, summarise, tell_pick
from bregma.viewer.panels.ticks import choose_ticks, clock
from bregma.viewer.reading import guess_place, open_file, read_values

ATLAS = phantom_atlas()
CURVE = ((0.0, 0.0), (0.3, 0.2), (1.0, 0.6))
INSIDE_TH = (0.0015, -0.002, -0.003)


def scene_with_units() -> Scene:
    times = np.array([0.0, 1.0, 2.0])
    rates = np.arange(12, dtype=float).reshape(3, 4)
    scene = Scene(ATLAS).add_region("TH").add_annotation().slice("coronal", ap=-0.002)
    return scene.add_points(np.zeros((4, 3)), values=rates, times=times, name="Units", label="rate (Hz)")


def test_rows_tell_what_layers_are() -> None:
    rows = {row.name: row for row in list_rows(scene_with_units().hide_layer("TH"))}
    assert (rows["TH"].words, rows["TH"].group, rows["TH"].visible) == ("Thalamus", "Regions", False)
    assert rows["Units"].words == "4 points · rate (Hz)"
    assert rows["Coronal"].words == "AP −2.00 mm · annotation"
    assert rows["TH"].colours == ((255, 112, 128),)


def test_an_oblique_slice_is_called_so() -> None:
    assert describe_layer(Slice(name="s", normal=(1, 1, 0)), Scene()).startswith("oblique")


def test_controls_are_those_that_the_layer_has() -> None:
    scene = scene_with_units()
    of_units = {control.path for control in list_controls(scene.layer("Units"), scene)}
    assert {"opacity", "size", "values.colormap", "values.limits.0", "values.interpolate"} <= of_units
    assert not {"rgb", "hemisphere", "mapping", "transfer.colormap"} & of_units
    of_region = {control.path for control in list_controls(scene.layer("TH"), scene)}
    assert {"rgb", "hemisphere"} <= of_region


def test_every_control_of_every_layer_reads_and_writes_what_it_names() -> None:
    scene = scene_with_units().add(ImageVolume(name="Template"))
    for name in [layer.name for layer in scene.layers]:
        before = scene.layer(name)
        for control in list_controls(before, scene):
            control.write(scene, name, control.read(scene.layer(name)))
        assert scene.layer(name) == before


def test_a_control_writes_inside_of_values() -> None:
    scene = scene_with_units()
    control = next(one for one in list_controls(scene.layer("Units"), scene) if one.path == "values.limits.1")
    control.write(scene, "Units", 20)
    assert scene.layer("Units").coloured_by.limits == (0.0, 20.0)  # type: ignore[union-attr]
    with pytest.raises(InvalidLayer, match="rising"):
        control.write(scene, "Units", -5)


def test_a_number_is_shown_in_its_unit() -> None:
    control = Control(path="width", label="", kind=Kind.NUMBER, tip="", scale=1e3)
    scene = Scene().add_path_image([[0, 0, 0], [0, 0, -1e-3]], np.zeros((2, 1, 3), np.uint8), name="i", width=5e-4)
    assert control.read(scene.layer("i")) == pytest.approx(0.5)
    control.write(scene, "i", 2)
    assert scene.layer("i").width == pytest.approx(0.002)  # type: ignore[attr-defined]


def test_points_of_a_curve_are_found_moved_added_and_removed() -> None:
    assert find_point(CURVE, 0.31, 0.22, reach=(0.05, 0.05)) == 1
    assert find_point(CURVE, 0.5, 0.5, reach=(0.05, 0.05)) is None
    assert move_point(CURVE, 1, 2.0, -1.0)[1] == (1.0, 0.0)
    assert move_point(CURVE, 2, 0.1, 0.9)[2] == (1.0, 0.9)
    longer, index = add_point(CURVE, 0.7, 0.5)
    assert (longer[index], len(longer)) == ((0.7, 0.5), 4)
    assert remove_point(longer, index) == CURVE
    assert remove_point(CURVE, 0) == CURVE


@given(st.integers(0, 2), st.floats(-2, 2), st.floats(-2, 2))
def test_a_moved_point_leaves_a_curve_that_a_transfer_function_takes(index: int, x: float, y: float) -> None:
    from bregma.viewer import Transfer

    assert Transfer(opacity=move_point(CURVE, index, x, y)).opacity


@given(st.integers(0, 2), st.floats(-4, 3), st.floats(-40, 40), st.floats(-40, 40))
def test_a_slice_is_read_where_it_was_put(axis: int, position: float, first: float, second: float) -> None:
    scene = Scene().add(Slice(name="s"))
    place_slice(scene, "s", Placing(axis, position, (first, second)))
    found = read_placing(scene.layer("s"))  # type: ignore[arg-type]
    assert found.axis == axis
    assert (found.position_mm, *found.tilts) == pytest.approx((position, first, second), abs=1e-6)


def test_a_slice_moves_within_the_volume() -> None:
    low, high = range_mm(Scene(ATLAS), 1)
    assert (low, high) == pytest.approx((ATLAS.grid.limits[1][0] * 1e3, ATLAS.grid.limits[1][1] * 1e3))
    assert range_mm(Scene(), 1)[0] < -5


def test_the_tree_holds_regions_with_voxels_and_those_around_them() -> None:
    rows = {row.acronym: row for row in list_regions(ATLAS)}
    assert {"root", "grey", "TH", "CP"} <= rows.keys()
    assert "VISp" not in rows or ATLAS.mask("VISp").any()
    assert all(row.parent in {other.row for other in rows.values()} for row in rows.values())


def test_a_probe_tells_the_regions_that_it_goes_through() -> None:
    scene = Scene(ATLAS).add_insertions([(0.0015, -0.002, 0.001)], [(0.0015, -0.002, -0.0035)], labels=("probe00",))
    told = summarise(scene, "Insertions")
    assert told is not None
    names = [name for name, _ in told.lines]
    assert (names[0], names[1], names[-1]) == ("crosses", "outside", "VPM")
    assert told.lines[-1][1].endswith("4.50 mm")
    assert summarise(scene.add_insertions(np.zeros((2, 3)), np.full((2, 3), -0.001), name="Two"), "Two").lines == ()  # type: ignore[union-attr]


def test_a_slice_is_cut_along_a_probe() -> None:
    ends = np.array([(0.001, -0.003, 0.0), (0.002, -0.001, -0.004)])
    scene = Scene(ATLAS).add_insertions(ends[:1], ends[1:], labels=("probe00",))
    slice_along(scene, scene.layer("Insertions"))
    made = scene.layer("Along probe00")
    assert isinstance(made, Slice)
    np.testing.assert_allclose((ends - made.origin) @ made.normal, 0, atol=1e-9)
    with pytest.raises(InvalidLayer, match="click a probe"):
        slice_along(scene, made)


def test_a_search_finds_by_name_and_acronym() -> None:
    assert search_regions(ATLAS, "TH")[0].acronym == "TH"
    assert search_regions(ATLAS, "caudop")[0].acronym == "CP"
    assert search_regions(ATLAS, "thalmus")[0].acronym == "TH"
    assert search_regions(ATLAS, " ") == ()
    assert search_regions(ATLAS, "qzxw") == ()


def test_a_ticked_region_is_drawn_hidden_and_drawn_again() -> None:
    scene = Scene(ATLAS)
    tick_region(scene, "TH", True)
    assert drawn_regions(scene) == {"TH": "TH"}
    tick_region(scene, "TH", False)
    assert (drawn_regions(scene), len(scene.layers)) == ({}, 1)
    tick_region(scene, "TH", True)
    assert len(scene.layers) == 1


def test_only_some_regions_are_shown_in_volumes() -> None:
    scene = scene_with_units()
    show_only(scene, ("CP",))
    assert scene.layer("Annotation").shown == ("CP",)  # type: ignore[attr-defined]


def test_the_series_is_that_of_what_is_selected() -> None:
    scene = scene_with_units()
    whole = find_series(scene)
    assert whole is not None
    assert whole.curve.tolist() == [1.5, 5.5, 9.5]
    scene.change(selection=Pick(layer="Units", xyz=(0, 0, 0), index=3, label="unit 3"))
    series = find_series(scene)
    assert series is not None
    assert (series.curve.tolist(), series.title) == ([3, 7, 11], "Units · unit 3")
    assert find_series(Scene(ATLAS).add_region("TH")) is None


def test_the_series_of_a_changing_volume_is_that_of_a_voxel() -> None:
    image = np.arange(2 * 8, dtype=np.float32).reshape(2, 2, 2, 2)
    scene = Scene().add(ImageVolume(name="v", image=image, times=[0.0, 1.0], spacing=(1e-3,) * 3))
    scene.change(selection=Pick(layer="v", xyz=(1e-3, 0, 1e-3)))
    series = find_series(scene)
    assert series is not None
    assert series.curve.tolist() == [5, 13]


def test_the_series_of_a_region_is_that_of_its_side() -> None:
    n = len(ATLAS.regions)
    values = np.zeros((2, n))
    values[1, ATLAS.regions.row("TH", hemisphere="left")] = 7
    scene = Scene(ATLAS).add_annotation()
    from bregma.viewer import Values

    scene.update("Annotation", values=Values(data=values, times=np.array([0.0, 1.0])))
    scene.change(selection=Pick(layer="Annotation", xyz=(-0.001, -0.002, -0.003), region="TH"))
    series = find_series(scene)
    assert series is not None
    assert series.curve.tolist() == [0, 7]


def test_a_summary_tells_place_value_and_standing() -> None:
    scene = scene_with_units().change(moment=1.0)
    pick = Pick(layer="Units", xyz=INSIDE_TH, index=3, region="TH", value=7.0)
    summary = summarise(scene.change(selection=pick))
    assert summary is not None
    assert (summary.title, summary.words, summary.rgb) == ("TH", "Thalamus", (255, 112, 128))
    lines = dict(summary.lines)
    assert (lines["ML"], lines["AP"], lines["rate (Hz)"]) == ("+1.50 mm", "−2.00 mm", "7")
    assert lines["percentile"] == "88%"
    assert summary.histogram is not None
    assert (summary.histogram.counts.sum(), summary.histogram.mark) == (4, 7.0)
    assert tell_pick(scene, pick) == "TH · Thalamus · 7"


def test_a_summary_of_a_layer_tells_its_numbers() -> None:
    summary = summarise(scene_with_units(), "Units")
    assert summary is not None
    assert dict(summary.lines)["median"] == "1.5"
    assert summarise(scene_with_units(), None) is None
    assert summarise(scene_with_units(), "nothing") is None


def test_a_pick_is_called_by_its_label_unless_that_is_its_region() -> None:
    scene = Scene(ATLAS)
    assert name_pick(scene, Pick(layer="l", xyz=(0, 0, 0), region="TH", label="Thalamus")) == "TH"
    assert name_pick(scene, Pick(layer="l", xyz=(0, 0, 0), region="TH", label="probe00")) == "probe00"
    assert name_pick(scene, Pick(layer="l", xyz=(0, 0, 0))) == "l"


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 12))
def test_ticks_are_round_few_and_inside(low: float, span: float, most: int) -> None:
    ticks = choose_ticks(low, low + span, most)
    assert 1 <= len(ticks) <= most + 1
    assert all(low - span * 1e-6 <= tick <= low + span * (1 + 1e-6) for tick in ticks)


def test_moments_have_as_many_digits_as_needed() -> None:
    assert clock(62.31, 100) == "1:02.3"
    assert clock(-0.0125, 1) == "−0.013 s" or clock(-0.0125, 1) == "−0.012 s"
    assert choose_ticks(1, 1) == ()


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("KS014 2020-01-31 1", {"subject": "KS014", "date_range": "2020-01-31", "number": 1}),
        ("KS014/2020-01-31/001", {"subject": "KS014", "date_range": "2020-01-31", "number": 1}),
        ("dab512bd-a02d-4c1f-8dbc-9155a163efc0", {"id": "dab512bd-a02d-4c1f-8dbc-9155a163efc0"}),
        ("probe01", {"name": "probe01"}),
        ("", {}),
    ],
)
def test_words_become_terms_of_a_search(text: str, terms: dict[str, object]) -> None:
    assert read_terms(text) == terms


def test_a_scene_is_exported_and_opened_again(tmp_path: Path) -> None:
    scene = scene_with_units()
    kind = next(kind for kind in KINDS if kind.ending == ".json")
    make_export(scene, kind, Export())(tmp_path / "scene.json")
    other = Scene(ATLAS).add_region("CP")
    open_file(other, tmp_path / "scene.json")
    assert other.state == scene.state
    assert [layer.name for layer in other.undo().layers] == ["CP"]


def test_values_are_read_by_the_names_of_their_columns(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("n,acronym,rate\n3,TH,1.5\n4,CP,2\n")
    table = read_values(path, "rate")
    assert (table.regions, table.values.tolist(), table.label) == (["TH", "CP"], [1.5, 2.0], "rate")
    assert read_values(path).label == "n"
    with pytest.raises(InvalidLayer, match="no column of numbers 'speed'; it has n, acronym, rate"):
        read_values(path, "speed")
    scene = Scene(ATLAS).add_annotation()
    open_file(scene, path)
    assert scene.layer("Annotation").coloured_by.label == "n"  # type: ignore[union-attr]


def test_units_of_the_demo_are_opened(tmp_path: Path) -> None:
    ends = {"entry": [[0, 0, 0]], "tip": [[0, 0, -1e-3]], "labels": ["a"], "xyz": [[0, 0, -5e-4]]}
    np.savez(tmp_path / "units.npz", **ends)
    scene = Scene(ATLAS)
    open_file(scene, tmp_path / "units.npz")
    assert [layer.kind for layer in scene.layers] == ["insertions", "points"]
    np.savez(tmp_path / "other.npz", xyz=[[0, 0, 0]])
    with pytest.raises(InvalidLayer, match="has no entry, labels, tip"):
        open_file(scene, tmp_path / "other.npz")


def test_a_volume_is_opened_where_the_brain_is(tmp_path: Path) -> None:
    scene = Scene(ATLAS)
    np.save(tmp_path / "density.npy", np.zeros((132, 80, 114), np.uint8))
    open_file(scene, tmp_path / "density.npy")
    assert scene.layer("density").spacing == pytest.approx((1e-4,) * 3)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "reason"),
    [("missing.nrrd", "no file at"), ("notes.docx", "is nothing that the viewer reads"), ("bad.npy", "no array")],
)
def test_what_cannot_be_opened_is_refused_with_the_reason(tmp_path: Path, name: str, reason: str) -> None:
    if not name.startswith("missing"):
        (tmp_path / name).write_text("nothing")
    scene = Scene(ATLAS)
    with pytest.raises(ViewerError, match=reason):
        open_file(scene, tmp_path / name)
    assert scene.layers == ()


def test_the_box_is_read_where_it_was_cut() -> None:
    scene = Scene(ATLAS)
    assert all(extent.is_whole for extent in read_box(scene))
    cut_to(scene, 1, low=-3.0)
    cut_to(scene, 1, high=1.0)
    cut_to(scene, 2, high=99.0)
    _, ap, dv = read_box(scene)
    assert (ap.low, ap.high) == pytest.approx((-3, 1))
    assert dv.is_whole
    assert len(scene.state.clipping) == 2
    cut_to(scene, 1, low=50.0)
    assert read_box(scene)[1].low < 1.0


@pytest.mark.parametrize(
    ("highest", "lowest", "place"),
    [
        ((13000, 7000, 11000), 100, ("um", "apdvml")),
        ((11000, 13000, 7000), -62, ("um", "mlapdv")),
        ((4, 5, 0), -7, ("mm", "bregma")),
        ((0.004, 0.005, 0), -0.007, ("m", "bregma")),
        ((20000, 7000, 11000), 100, ("um", "bregma")),
    ],
)
def test_the_place_of_a_mesh_is_told_by_how_far_it_reaches(
    highest: tuple[float, ...], lowest: float, place: tuple[str, str]
) -> None:
    assert guess_place(np.array([highest, (lowest,) * 3])) == place


def test_a_mesh_is_opened_and_what_was_assumed_is_told(tmp_path: Path) -> None:
    (tmp_path / "cut.obj").write_text("v 5000 400 5700\nv 6000 400 5700\nv 5000 1400 5700\nf 1 2 3\n")
    scene = Scene(ATLAS)
    assert "read in um from the corner of the Allen CCF (apdvml)" in open_file(scene, tmp_path / "cut.obj")
    assert scene.layer("cut").places()[0][0] == pytest.approx((-3.9e-5, 0.0004, -6.8e-5), abs=1e-6)
