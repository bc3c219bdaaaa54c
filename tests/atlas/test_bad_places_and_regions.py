"""Everything public that takes places or regions refuses nonsense with an AtlasError, or answers it as documented."""

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bregma.atlas import (
    MRI_TORONTO,
    NEEDLES,
    AtlasError,
    Grid,
    Insertion,
    InvalidAtlas,
    InvalidCoordinates,
    InvalidValues,
    Plane,
    RegionNotFound,
    Regions,
    Slice,
    Trajectory,
    WrongUnit,
    aggregate_values,
    ccf_from_xyz,
    check_axes,
    check_lengths,
    check_metres,
    errors,
    find_border_pixels,
    find_crossed_regions,
    find_nearby_regions,
    make_point_volume,
    map_top_view,
    phantom_atlas,
    place_along,
    propagate_down,
    propagate_up,
    slice_rows,
    slice_values,
    spherical_from_xyz,
    tilt_angles,
    trace_borders,
    trace_regions,
    xyz_from_ccf,
    xyz_from_spherical,
)

Taker = Callable[[Any], Any]

ATLAS = phantom_atlas(24)
GRID, TABLE = ATLAS.grid, ATLAS.regions
TRACK = np.array([[0.001, -0.001, 0.001], [0.0012, -0.0015, -0.003], [0.0014, -0.002, -0.006]])
LINE, CROSSED = Trajectory.fit(TRACK), find_crossed_regions(ATLAS, TRACK)
PROBE = Insertion.from_ends(TRACK[0], TRACK[-1])
PLANE, MAP = Plane.cut(GRID, "coronal", -0.001), map_top_view(ATLAS)

PLACES: dict[str, Taker] = {
    "check_metres": check_metres,
    "ccf_from_xyz": ccf_from_xyz,
    "check_axes": lambda given: check_axes(ATLAS, given),
    "rows_at": ATLAS.rows_at,
    "acronyms_at": ATLAS.acronyms_at,
    "ids_at, clipped": lambda given: ATLAS.ids_at(given, outside="clip"),
    "index_of": GRID.index_of,
    "position_of": GRID.position_of,
    "look_up": lambda given: GRID.look_up(ATLAS.labels, given),
    "make_point_volume": lambda given: make_point_volume(GRID, given),
    "find_nearby_regions": lambda given: find_nearby_regions(ATLAS, given, 0.0005),
    "find_crossed_regions": lambda given: find_crossed_regions(ATLAS, given),
    "place_along": lambda given: place_along(given, 0.001),
    "fit": Trajectory.fit,
    "from_track": lambda given: Insertion.from_track(given, ATLAS),
    "from_ends": lambda given: Insertion.from_ends(given, TRACK[0]),
    "project": LINE.project,
    "distance": LINE.distance,
    "distance from a piece": lambda given: LINE.distance(TRACK, ends=given),
    "Trajectory": lambda given: Trajectory(given, np.array([0, 0, 1])),
    "project to a plane": PLANE.project,
    "distance from a plane": PLANE.distance,
    "Plane.across": lambda given: Plane.across(GRID, given, [0, 1, 0]),
    "nearest": ATLAS.surface.nearest,
    "pixels_of": MAP.pixels_of,
    "project_points": MAP.project_points,
    "NEEDLES": NEEDLES.from_allen,
    "MRI_TORONTO": MRI_TORONTO.to_allen,
}
"""Take metres, three on the last axis."""

TRIPLES: dict[str, Taker] = PLACES | {
    "xyz_from_ccf": xyz_from_ccf,
    "spherical_from_xyz": spherical_from_xyz,
    "xyz_of": GRID.xyz_of,
    "direction": lambda given: Trajectory(np.zeros(3), given),
    "normal": lambda given: Plane.across(GRID, [0, -0.001, -0.002], given),
}
"""Take three numbers on the last axis, in any unit."""

NUMBERS: dict[str, Taker] = TRIPLES | {
    "check_lengths": check_lengths,
    "top_at": ATLAS.surface.top_at,
    "bottom_at": ATLAS.surface.bottom_at,
    "at": lambda given: LINE.at("z", given),
    "channel_positions": PROBE.channel_positions,
    "places along": lambda given: place_along(TRACK, given),
    "rows along": CROSSED.rows_at,
    "length": lambda given: xyz_from_spherical(given, 0, 0),
    "theta": lambda given: xyz_from_spherical(1, given, 0),
    "phi": lambda given: tilt_angles(0, given),
    "values of points": lambda given: make_point_volume(GRID, TRACK, given),
    "aggregate_values": lambda given: aggregate_values(given, ["TH", "CP", "MD"]),
    "propagate_down": lambda given: propagate_down(given, ["TH", "CP", "MD"]),
    "propagate_up": lambda given: propagate_up(given, ["TH", "CP", "MD"]),
    "weights": lambda given: propagate_up([1, 2, 3], ["TH", "CP", "MD"], weights=given),
}
"""Take numbers."""
MAY_BE_NONE = {"distance from a piece", "values of points", "weights"}

REGIONS: dict[str, Taker] = {
    "rows": TABLE.rows,
    "row": TABLE.row,
    "ids_of": TABLE.ids_of,
    "acronyms_of": TABLE.acronyms_of,
    "remap": lambda given: TABLE.remap(given, "Beryl"),
    "descendants": TABLE.descendants,
    "ancestors": TABLE.ancestors,
    "lineage": TABLE.lineage,
    "children": TABLE.children,
    "subtree": TABLE.subtree,
    "mask": ATLAS.mask,
    "mapping": lambda given: TABLE.mapping([given] if isinstance(given, str | bytes | float | int) else given),
    "aggregate_values": lambda given: aggregate_values([1.0], given),
    "propagate_up": lambda given: propagate_up([1.0], given),
}
"""Take regions."""

NO_NUMBERS: dict[str, Any] = {
    "text": "x",
    "texts": ["x", "y", "z"],
    "numbers as text": np.array(["0.001", "0", "0"]),
    "an object": object(),
    "None": None,
    "complex": np.full((3, 3), 1j),
    "dates": np.full((3, 3), "2020-01-01", dtype="datetime64[ns]"),
    "booleans": np.ones((3, 3), dtype=bool),
    "ragged": [[1.0], [1.0, 2.0]],
    "a dict": {"x": 1.0},
    "a set": {0.001, 0.002},
    "objects": np.array([[object()] * 3]),
}
NO_TRIPLES = {"one number": 0.001, "pairs": TRACK[:, :2], "turned": TRACK[:2].T, "nothing": []}
NO_METRES = {"micrometres": TRACK * 1e6, "millimetres": TRACK * 1e3}
MESSY: dict[str, Any] = {
    "NaN": np.full((3, 3), np.nan),
    "one NaN": [[0.0, np.nan, 0.0], *TRACK],
    "infinite": np.full((3, 3), np.inf),
    "one infinite": [[0.0, -np.inf, 0.0], *TRACK],
    "outside": TRACK + np.array([0.05, 0, 0]),
    "empty": np.empty((0, 3)),
    "one place": TRACK[0],
    "a list of one place": TRACK[:1].tolist(),
    "one place thrice": TRACK[[0, 0, 0]],
    "integers": np.zeros((3, 3), dtype=np.int16),
    "more dimensions": TRACK[None, None],
    "a frame": pd.DataFrame(TRACK, columns=["x", "y", "z"]),
    "a frame with holes": pd.DataFrame(TRACK).convert_dtypes().mask(np.eye(3) > 0),
    "a series": pd.Series(TRACK[0]),
    "objects": np.array([[None, 0.0, 0.0]], dtype=object),
    "masked": np.ma.masked_array(TRACK, mask=TRACK > 0),
    "other bytes": TRACK.astype(">f4"),
    "backwards": TRACK[::-1, ::-1][:, ::-1],
}
NO_REGIONS: dict[str, Any] = {
    "unknown": "THX",
    "empty text": "",
    "bytes": b"TH",
    "a fraction": 549.5,
    "infinite": np.inf,
    "unknown identifier": 99_999_999,
    "huge": 1e300,
    "unknown among known": ["TH", "THX"],
    "ragged": [["TH"], ["TH", "MD"]],
    "booleans": np.ones(3, dtype=bool),
    "complex": np.array([1j]),
    "dates": np.array(["2020-01-01"], dtype="datetime64[D]"),
    "objects": [object()],
    "a dict of unknown": {"THX": "THX"},
}


def all_of(takers: dict[str, Taker]) -> Any:
    return pytest.mark.parametrize("take", [pytest.param(take, id=name) for name, take in takers.items()])


@pytest.mark.parametrize("name", NUMBERS)
def test_what_are_no_numbers_is_refused(name: str) -> None:
    for given in NO_NUMBERS.values():
        if given is not None or name not in MAY_BE_NONE:
            with pytest.raises(AtlasError):
                NUMBERS[name](given)


@all_of(TRIPLES)
def test_what_are_no_triples_is_refused(take: Taker) -> None:
    for given in NO_TRIPLES.values():
        with pytest.raises(InvalidCoordinates):
            take(given)


@all_of(PLACES)
def test_other_units_are_refused(take: Taker) -> None:
    for given in NO_METRES.values():
        with pytest.raises(WrongUnit, match=r"look like m.*divide by"):
            take(given)


@all_of(NUMBERS)
def test_messy_numbers_are_answered_or_refused_and_left_as_they_are(take: Taker) -> None:
    for given in MESSY.values():
        before = pd.DataFrame(given).copy() if np.ndim(given) < 3 else given.copy()
        with contextlib.suppress(AtlasError):
            take(given)
        if isinstance(before, pd.DataFrame):
            pd.testing.assert_frame_equal(pd.DataFrame(given), before)


@all_of(NUMBERS)
def test_arrays_that_cannot_be_written_are_taken(take: Taker) -> None:
    given = TRACK[0].copy()
    given.flags.writeable = False
    with contextlib.suppress(InvalidCoordinates, InvalidValues):
        take(given)


@all_of(REGIONS)
def test_what_are_no_regions_is_refused(take: Taker) -> None:
    for given in NO_REGIONS.values():
        with pytest.raises(RegionNotFound):
            take(given)


@pytest.mark.parametrize("given", [None, np.nan, pd.NA, ["TH"], {"TH"}, np.array(["TH"]), np.array([549])])
def test_one_region_is_no_list_and_not_nothing(given: Any) -> None:
    with pytest.raises(RegionNotFound, match="one region is"):
        TABLE.row(given)


@pytest.mark.parametrize("given", [549, 549.0, np.uint16(549), np.array(549), "TH", np.str_("TH"), np.array("TH")])
def test_one_region_may_be_of_any_kind(given: Any) -> None:
    assert TABLE.row(given) == TABLE.rows(given) == TABLE.row("TH")


def test_a_large_identifier_may_stand_alone() -> None:
    row = int(np.argmax(TABLE.ids))
    assert TABLE.ids[row] > 1e8
    assert TABLE.rows(TABLE.ids[row]) == TABLE.rows(float(TABLE.ids[row])) == row


def test_holes_of_tables_are_void() -> None:
    acronyms = pd.Series(["TH", pd.NA, None, np.nan], dtype=object)
    assert TABLE.acronyms_of(acronyms).tolist() == ["TH", "void", "void", "void"]
    assert TABLE.acronyms_of(acronyms.astype("string")).tolist() == ["TH", "void", "void", "void"]
    assert TABLE.acronyms_of(pd.Series([549, None], dtype="Int64")).tolist() == ["TH", "void"]


@pytest.mark.parametrize("given", [None, 5, 2.5])
def test_a_mapping_is_no_number(given: Any) -> None:
    with pytest.raises(AtlasError, match="a name, a list of regions or a dict"):
        TABLE.mapping(given)


@pytest.mark.parametrize("given", [None, 5, ["TH"]])
def test_a_search_is_for_a_text(given: Any) -> None:
    with pytest.raises(InvalidValues, match="by a text"):
        TABLE.search(given)


@pytest.mark.parametrize(
    "make",
    [
        lambda: TABLE.rows("TH", hemisphere="Right"),  # type: ignore[arg-type]
        lambda: ATLAS.rows_at([0, 0, 0], outside="wrap"),  # type: ignore[arg-type]
        lambda: GRID.index_along("ap", 0.0),  # type: ignore[arg-type]
        lambda: Plane.cut(GRID, "axial", 0.0),  # type: ignore[arg-type]
        lambda: ATLAS.coarsen(400, by="mean"),  # type: ignore[arg-type]
        lambda: ATLAS.coarsen(np.nan),
        lambda: ATLAS.coarsen(-25),
        lambda: aggregate_values([1.0], ["TH"], statistic="mode"),  # type: ignore[arg-type]
        lambda: make_point_volume(GRID, TRACK, fwhm=np.inf),
        lambda: make_point_volume(GRID, TRACK[None], [1.0]),
        lambda: propagate_up([1.0], ["TH"], weights=[1.0, 2.0]),
        lambda: phantom_atlas(4),
    ],
)
def test_options_that_there_are_not_are_errors_of_the_atlas(make: Callable[[], Any]) -> None:
    with pytest.raises(InvalidValues):
        make()


@pytest.mark.parametrize(
    ("shape", "origin", "spacing"),
    [
        ((2, 2), (0, 0, 0), (1e-4,) * 3),
        ((2, 2, 2), (0, 0), (1e-4,) * 3),
        ((2, 2, 2), (0, 0, 0), 1e-4),
        ((2, 0, 2), (0, 0, 0), (1e-4,) * 3),
        ((2.5, 2, 2), (0, 0, 0), (1e-4,) * 3),
        ((2, 2, 2), (np.nan, 0, 0), (1e-4,) * 3),
        ((2, 2, 2), (5739, 5400, 332), (1e-4,) * 3),
        ((2, 2, 2), (0, 0, 0), (25, 25, 25)),
        ((528, 320, 456), (0, 0, 0), (0.025,) * 3),
        ((2, 2, 2), (0, 0, 0), (np.inf,) * 3),
    ],
)
def test_a_grid_that_is_none_or_not_in_metres_is_refused(shape: Any, origin: Any, spacing: Any) -> None:
    with pytest.raises(InvalidAtlas):
        Grid(shape, origin, spacing)


@pytest.mark.parametrize("resolution_um", [0, -25, np.nan, np.inf, 25e-6, 1e6])
def test_a_resolution_is_in_micrometres(resolution_um: float) -> None:
    with pytest.raises(InvalidAtlas, match="micrometres"):
        Grid.allen(resolution_um)


@pytest.mark.parametrize(
    "image", [np.zeros(3, int), np.zeros((3, 3)), np.full((3, 3), np.nan), np.zeros((3, 3, 4), int)]
)
def test_borders_are_between_integers(image: Any) -> None:
    for find in (find_border_pixels, lambda labels: trace_borders(Slice(labels, PLANE)), as_regions):
        with pytest.raises(InvalidValues, match="between integers"):
            find(image)


def as_regions(image: Any) -> Any:
    return trace_regions(Slice(image, PLANE))


@pytest.mark.parametrize("angle", [np.inf, -np.inf, np.nan])
def test_angles_that_are_none_give_nan(angle: float) -> None:
    assert np.isnan(tilt_angles(angle, 0.0)).all()
    assert np.isnan(xyz_from_spherical(1.0, angle, 0.0)).any()


def test_the_tip_of_a_probe_is_not_in_micrometres() -> None:
    with pytest.raises(WrongUnit, match="length of a tip"):
        PROBE.channel_positions([0.0], tip_length=175)


def test_a_record_from_a_table_with_holes() -> None:
    record: dict[str, Any] = {
        "x": 0,
        "y": -2000,
        "z": 0,
        "depth": 4000,
        "theta": 5,
        "phi": 90,
        "roll": np.nan,
        "label": None,
    }
    found = Insertion.from_dict(record)
    assert (found.beta, found.label) == (0.0, "")
    with pytest.raises(InvalidCoordinates, match="lacks theta"):
        Insertion.from_dict(record | {"theta": np.nan})
    with pytest.raises(InvalidCoordinates, match="angles"):
        Insertion.from_dict(record | {"phi": "left"})


def test_a_line_keeps_a_place_of_its_own() -> None:
    point = np.zeros(3)
    line = Trajectory(point, np.array([0.0, 0.0, 1.0]))
    point += 1
    assert line.point.tolist() == [0, 0, 0]


def test_values_for_slices_go_with_the_table() -> None:
    for values in (np.zeros(5), 1.0, np.zeros((5, len(TABLE)))):
        with pytest.raises(InvalidAtlas, match="rows"):
            slice_values(ATLAS, PLANE, values)  # type: ignore[arg-type]
    assert slice_rows(ATLAS, PLANE).image.dtype == np.uint16


def test_every_error_is_one_of_the_atlas() -> None:
    found = [each for each in vars(errors).values() if isinstance(each, type)]
    assert len(found) > 8
    assert all(issubclass(each, AtlasError) for each in found)


def test_points_are_not_reduced_in_unknown_ways() -> None:
    with pytest.raises(InvalidAtlas, match="no reduction 'mode'"):
        MAP.project_points(TRACK, [1.0, 2.0, 3.0], reduction="mode")  # type: ignore[arg-type]


def test_nothing_has_no_rows() -> None:
    assert Regions.allen().rows([]).shape == (0,)
