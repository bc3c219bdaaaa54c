"""Places, slices, surfaces and insertions as the reference has them, on the same volume of labels."""

import gzip
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.brainbox.reference import Reference

from bregma.atlas import (
    MRI_TORONTO,
    NEEDLES,
    Atlas,
    Grid,
    Insertion,
    OutsideBrain,
    Plane,
    Regions,
    Trajectory,
    ccf_from_xyz,
    compute_volumes,
    find_border_pixels,
    load_atlas,
    slice_colours,
    slice_rows,
    slice_template,
    slice_values,
    spherical_from_xyz,
    tilt_angles,
    xyz_from_ccf,
    xyz_from_spherical,
)

pytestmark = pytest.mark.peer

OPEN = """
import builtins
from iblatlas.atlas import AllenAtlas
builtins.atlas = AllenAtlas(100, hist_path=folder)  # stays there for the next questions
result = [atlas.label, atlas.image]"""


@dataclass(frozen=True)
class Peer:
    """The reference with an atlas open, ours with the very same labels, and the folder of the files."""

    ask: Reference
    ours: Atlas
    folder: str


@pytest.fixture(scope="module")
def peer(reference: Reference, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Peer:
    folder = tmp_path_factory.mktemp("allen")
    for name in ("annotation_100.nrrd", "average_template_100.nrrd"):
        shutil.copy(shared_data / "allen_ccf" / name, folder)
    labels, image = reference(OPEN, folder=str(folder))
    labels, image = (np.asfortranarray(volume.transpose(1, 0, 2)[:, ::-1, ::-1]) for volume in (labels, image))
    x, y, z = Grid.allen(100).origin
    ours = Atlas(labels, (x, y, z), 1e-4, Regions.allen().lateralised, "peer", template=image)
    return Peer(reference, ours, str(folder))


def places(atlas: Atlas, n: int) -> np.ndarray:
    return np.random.default_rng(n).uniform(*atlas.grid.limits.T, (n, 3))


def test_our_file_has_the_same_labels_but_for_the_layer_left_of_the_middle(peer: Peer, shared_data: Path) -> None:
    ours = load_atlas(shared_data / "allen_ccf" / "annotation_100.nrrd")
    np.testing.assert_allclose(ours.origin, peer.ours.origin)
    differing = np.unique(np.nonzero(ours.labels != peer.ours.labels)[0])
    # The reference gives the voxel that bregma is in to the right, though its centre is left of it.
    assert differing.tolist() == [57]
    assert ours.grid.scales[0][57] == pytest.approx(-39e-6)


@pytest.mark.parametrize("mapping", ["Allen", "Allen-lr", "Beryl", "Beryl-lr", "Cosmos", "Swanson-lr"])
def test_labels_at_places(peer: Peer, mapping: str) -> None:
    xyz = places(peer.ours, 20_000)
    theirs = peer.ask("result = atlas.get_labels(xyz, mapping=mapping)", xyz=xyz, mapping=mapping)
    np.testing.assert_array_equal(peer.ours.ids_at(xyz, mapping=mapping, outside="raise"), theirs)


def test_indices_and_scales(peer: Peer) -> None:
    grid, xyz = peer.ours.grid, places(peer.ours, 1000) * 1.3
    code = """
bc = atlas.bc
index = bc.xyz2i(xyz, mode='clip')
result = [index, bc.xscale, bc.yscale, bc.zscale, bc.i2xyz(index)]"""
    index, x, y, z, centres = peer.ask(code, xyz=xyz)
    ours = grid.index_of(xyz, outside="clip")
    index[:, 1:] = np.array(grid.shape[1:]) - 1 - index[:, 1:]  # theirs are counted from the front and the top
    np.testing.assert_array_equal(ours, index)
    for mine, theirs in zip(grid.scales, (x, y[::-1], z[::-1]), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-15)
    np.testing.assert_allclose(grid.xyz_of(ours), centres, atol=1e-15)


@pytest.mark.parametrize("resolution_um", [10, 25, 50])
def test_the_grid_without_a_volume(peer: Peer, resolution_um: int) -> None:
    code = "from iblatlas.atlas import get_bc; bc = get_bc(um); result = [bc.nxyz, bc.xlim, bc.ylim, bc.zlim]"
    shape, *limits = peer.ask(code, um=resolution_um)
    grid = Grid.allen(resolution_um)
    assert grid.shape == tuple(shape)
    np.testing.assert_allclose(grid.limits, np.sort(limits, axis=1), atol=1e-15)


@pytest.mark.parametrize("order", ["mlapdv", "apdvml"])
def test_ccf_coordinates(peer: Peer, order: Any) -> None:
    xyz = places(peer.ours, 500)
    code = "ccf = atlas.xyz2ccf(xyz, ccf_order=order); result = [ccf, atlas.ccf2xyz(ccf, ccf_order=order)]"
    ccf, back = peer.ask(code, xyz=xyz, order=order)
    np.testing.assert_allclose(ccf_from_xyz(xyz, order=order), ccf, atol=1e-9)
    np.testing.assert_allclose(xyz_from_ccf(ccf, order=order), back, atol=1e-15)


@pytest.mark.parametrize(
    ("section", "axis", "at", "turn"),
    [
        ("sagittal", 0, 0.0012, lambda image: image.swapaxes(0, 1)[::-1, ::-1]),
        ("coronal", 1, -0.0021, lambda image: image.swapaxes(0, 1)[::-1]),
        ("horizontal", 2, -0.0034, lambda image: image[::-1]),
    ],
)
def test_sections(peer: Peer, section: Any, axis: int, at: float, turn: Any) -> None:
    values = np.random.default_rng(0).random(len(peer.ours.regions))
    code = """
result = [atlas.slice(at, axis, volume, mapping='Beryl', region_values=values)
          for volume in ('rindex', 'annotation', 'image', 'value', 'boundary')]"""
    rows, colours, image, shown, borders = map(turn, peer.ask(code, at=at, axis=axis, values=values))
    plane = Plane.cut(peer.ours.grid, section, at)
    ours = slice_rows(peer.ours, plane, mapping="Beryl").image
    np.testing.assert_array_equal(ours, rows)
    painted = slice_colours(peer.ours, plane, mapping="Beryl").image
    np.testing.assert_array_equal(painted[..., :3][ours > 0], colours[ours > 0])
    np.testing.assert_array_equal(slice_template(peer.ours, plane).image, image)
    np.testing.assert_array_equal(slice_values(peer.ours, plane, values, mapping="Beryl").image, shown)
    # Theirs mark the pixels on both sides of a border, ours those on one.
    padded = np.pad(ours, 1)
    thin = find_border_pixels(padded)
    thick = (padded[1:-1, 1:-1] != padded[:-2, 1:-1]) | (padded[1:-1, 1:-1] != padded[1:-1, :-2]) | thin[1:-1, 1:-1]
    np.testing.assert_array_equal(thick, borders == 1)


def test_extents_are_wider_than_theirs_by_half_a_pixel_on_each_side(peer: Peer) -> None:
    left, right, top, bottom = peer.ask("result = list(atlas.extent(1) / 1e6)")
    bottom, top = min(top, bottom), max(top, bottom)
    ours = Plane.cut(peer.ours.grid, "coronal", 0.0).extent
    np.testing.assert_allclose(ours, np.array([left, right, bottom, top]) + 5e-5 * np.array([-1, 1, -1, 1]))


def test_a_tilted_slice(peer: Peer) -> None:
    xyz = np.array([[0.0005, -0.0035, -0.0002], [0.0015, -0.0015, -0.006]])
    code = "labels, width, height, _ = atlas.tilted_slice(xyz, 1, volume=atlas.label); result = [labels, width, height]"
    labels, width, height = peer.ask(code, xyz=xyz)
    line = Trajectory.fit(xyz)
    x, z = np.linspace(*width, labels.shape[1]), np.linspace(*height[::-1], labels.shape[0])
    # Not the depth that they return: it falls whichever way the line is tilted.
    y = line.at("z", z)[:, 1]
    pixels = np.stack(np.broadcast_arrays(x[None], y[:, None], z[:, None]), axis=-1)
    plane = Plane.along(peer.ours.grid, line)
    np.testing.assert_allclose(plane.distance(pixels), 0, atol=1e-9)
    found = plane.project(pixels)
    left, _, bottom, _ = plane.extent
    column, row = (np.floor((found[..., i] - edge) / 1e-4).astype(int) for i, edge in enumerate((left, bottom)))
    ours = slice_rows(peer.ours, plane).image
    inside = (column >= 0) & (row >= 0) & (column < ours.shape[1]) & (row < ours.shape[0])
    same = ours[row[inside], column[inside]] == labels[inside]
    assert inside.mean() > 0.95
    assert same.mean() > 0.93


def test_surfaces(peer: Peer) -> None:
    code = "atlas.compute_surface(); result = [atlas.top, atlas.bottom, atlas.mask()]"
    top, bottom, mask = peer.ask(code)
    surface = peer.ours.surface
    for ours, theirs in ((surface.top, top), (surface.bottom, bottom)):
        turned = theirs.T[:, ::-1]
        known = np.isfinite(turned)  # theirs is NaN where the brain touches the end of the volume
        np.testing.assert_allclose(ours[known], turned[known], atol=1e-15)
        assert known.sum() > 0.95 * np.isfinite(ours).sum()
    theirs = mask.transpose(1, 0, 2)[:, ::-1, ::-1]
    known = np.isfinite(top.T[:, ::-1])
    np.testing.assert_array_equal(surface.fill()[known], theirs[known])


@pytest.mark.parametrize("with_inner", [True, False])
def test_volumes(peer: Peer, with_inner: bool) -> None:
    theirs = peer.ask("atlas.compute_regions_volume(cumsum=inner); result = atlas.regions.volume", inner=with_inner)
    ours = compute_volumes(peer.ours, with_inner=with_inner)
    known = theirs > 0
    known[[0, *(peer.ours.regions.row("root", hemisphere=side) for side in ("left", "right"))]] = False
    # Their root never holds what is inside it.
    np.testing.assert_allclose(ours[known], theirs[known], rtol=1e-12)
    assert known.sum() > 1000


def test_angles(peer: Peer) -> None:
    xyz = np.random.default_rng(2).normal(size=(200, 3))
    code = """
from iblatlas.atlas import cart2sph, sph2cart, tilt_spherical
r, theta, phi = cart2sph(*xyz.T)
result = [r, theta, phi, np.stack(sph2cart(r, theta, phi), -1), [tilt_spherical(*one) for one in zip(theta, phi)]]"""
    r, theta, phi, back, tilted = peer.ask("import numpy as np" + code, xyz=xyz)
    np.testing.assert_allclose(spherical_from_xyz(xyz), [r, theta, phi])
    np.testing.assert_allclose(xyz_from_spherical(r, theta, phi), back)
    np.testing.assert_allclose(np.stack(tilt_angles(theta, phi), axis=-1), tilted)


def test_lines(peer: Peer) -> None:
    rng = np.random.default_rng(3)
    track = np.linspace([0.001, -0.002, -0.001], [0.002, -0.003, -0.005], 20) + rng.normal(0, 1e-4, (20, 3))
    xyz, ends, levels = places(peer.ours, 50), track[[3, -4]], np.linspace(-0.004, 0, 9)
    code = """
from iblatlas.atlas import BrainCoordinates, Trajectory
line = Trajectory.fit(track)
box = BrainCoordinates([11, 21, 31], [0, -0.004, -0.005], 1e-4)  # with axes that fall, as an atlas has, they find none
result = [line.vector, line.point, line.eval_x(levels), line.eval_y(levels), line.eval_z(levels), line.project(xyz),
          line.mindist(xyz), line.mindist(xyz, bounds=line.project(ends)), line.exit_points(box)]"""
    vector, point, x, y, z, projected, away, away_piece, exits = peer.ask(
        code, track=track, xyz=xyz, ends=ends, levels=levels
    )
    line = Trajectory.fit(track)
    np.testing.assert_allclose(line.vector * np.sign(line.vector @ vector), vector)
    np.testing.assert_allclose(line.point, point)
    for axis, theirs in zip("xyz", (x, y, z), strict=True):
        np.testing.assert_allclose(line.at(axis, levels), theirs, atol=1e-12)  # type: ignore[arg-type]
    np.testing.assert_allclose(line.project(xyz), projected, atol=1e-12)
    np.testing.assert_allclose(line.distance(xyz), away, atol=1e-12)
    np.testing.assert_allclose(line.distance(xyz, ends=ends), away_piece, atol=1e-12)
    # Their box ends at the centres of the outer voxels, ours at their faces.
    ours = line.exit_points(Grid((10, 20, 30), (0.5e-4, -39.5e-4, -49.5e-4), (1e-4,) * 3))
    np.testing.assert_allclose(ours[np.argsort(ours[:, 2])], exits[np.argsort(exits[:, 2])], atol=1e-12)


def test_records_of_insertions(peer: Peer) -> None:
    records = [
        {"x": 544.0, "y": -1285.0, "z": 0.0, "phi": 0.0, "theta": 5.0, "depth": 4501.0},
        {"x": -2243.0, "y": -2000.0, "z": -61.0, "phi": 180.0, "theta": 15.0, "depth": 4000.0, "beta": 7.0},
    ]
    code = """
from iblatlas.atlas import Insertion
found = [Insertion.from_dict(record, brain_atlas=atlas) for record in records]
result = [[one.xyz, one.theta, one.phi, one.depth, one.beta, one.trajectory.vector] for one in found]"""
    for record, theirs in zip(records, peer.ask(code, records=records), strict=True):
        ours = Insertion.from_dict(record, peer.ours)
        xyz, theta, phi, depth, beta, vector = theirs
        np.testing.assert_allclose(ours.xyz, xyz, atol=1e-12)
        np.testing.assert_allclose((ours.theta, ours.phi, ours.depth, ours.beta), (theta, phi, depth, beta))
        np.testing.assert_allclose(np.abs(ours.trajectory.vector @ vector), 1.0)


def test_real_tracks_enter_the_brain_at_the_same_place(peer: Peer, shared_data: Path) -> None:
    with gzip.open(shared_data / "bwm_tables" / "insertions_details.json.gz") as file:
        records = json.load(file)
    tracks = [np.array(picks) / 1e6 for one in records if (picks := one["json"].get("xyz_picks"))][:60]
    code = """
from iblatlas.atlas import Insertion
found = [Insertion.from_track(track, atlas) for track in tracks]
result = [[one.entry, one.tip, Insertion.get_brain_exit(one.trajectory, atlas)] for one in found]"""
    away = []
    for track, theirs in zip(tracks, peer.ask(code, tracks=tracks), strict=True):
        ours = Insertion.from_track(track, peer.ours)
        np.testing.assert_allclose(ours.tip, theirs[1], atol=1e-12)
        away.append([np.linalg.norm(ours.entry - theirs[0]), np.linalg.norm(ours.brain_exit(peer.ours) - theirs[2])])
    # They take the centre of a surface voxel within a voxel of the line, ours is where the line meets the surface.
    assert np.median(away, axis=0).max() < 2e-4
    assert (np.array(away)[:, 0] < 5e-4).mean() > 0.95


def test_a_line_beside_the_brain(peer: Peer) -> None:
    code = """
import numpy as np
from iblatlas.atlas import Insertion, Trajectory
line = Trajectory(vector=np.array([0, 0, 1.0]), point=np.array([0.0052, 0.005, 0]))
result = Insertion.get_brain_entry(line, atlas, mode='none') is None"""
    assert peer.ask(code)
    with pytest.raises(OutsideBrain):
        Trajectory(np.array([0.0052, 0.005, 0]), np.array([0, 0, 1.0])).brain_ends(peer.ours)


@pytest.mark.parametrize(("name", "space"), [("NeedlesAtlas", NEEDLES), ("MRITorontoAtlas", MRI_TORONTO)])
def test_stretched_spaces(peer: Peer, name: str, space: Any) -> None:
    xyz = space.from_allen(places(peer.ours, 5000))
    code = f"from iblatlas.atlas import {name}; result = {name}(res_um=100, hist_path=folder).get_labels(xyz)"
    theirs = peer.ask(code, xyz=xyz, folder=peer.folder)
    np.testing.assert_array_equal(peer.ours.ids_at(space.to_allen(xyz), mapping="Allen"), theirs)
