import numpy as np
import pytest

from bregma.atlas import Atlas, RegionNotFound, phantom_atlas
from bregma.viewer.render.surface import Mesh, region_mesh


def enclosed_volume(mesh: Mesh) -> float:
    corners = mesh.vertices[mesh.faces].astype(float)
    return float(np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))) / 6


def test_a_surface_encloses_about_the_volume_of_its_voxels() -> None:
    atlas = phantom_atlas()
    voxels = atlas.mask("TH").sum() * (atlas.spacing * 1e3) ** 3
    assert enclosed_volume(region_mesh(atlas, "TH")) == pytest.approx(voxels, rel=0.2)


def test_a_surface_is_closed() -> None:
    faces = region_mesh(phantom_atlas(), "CP").faces
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    forward, backward = {tuple(edge) for edge in edges.tolist()}, {tuple(edge) for edge in edges[:, ::-1].tolist()}
    assert forward == backward


def test_a_surface_is_centred_where_its_voxels_are() -> None:
    atlas = phantom_atlas()
    voxels = (np.argwhere(atlas.mask("MOB")) * atlas.spacing + np.array(atlas.origin)) * 1e3
    vertices = region_mesh(atlas, "MOB").vertices
    np.testing.assert_allclose((vertices.min(0) + vertices.max(0)) / 2, (voxels.min(0) + voxels.max(0)) / 2, atol=0.15)


def test_an_unknown_region_is_refused() -> None:
    with pytest.raises(RegionNotFound, match="did you mean"):
        region_mesh(phantom_atlas(), "THH")


def test_a_crack_and_a_cavity_do_not_tear_a_surface() -> None:
    regions = phantom_atlas().regions
    places = np.indices((40, 40, 40)) - 19.5
    ball = np.linalg.norm(places, axis=0) < 14
    torn = ball & (np.abs(places[0]) > 1) & (np.linalg.norm(places, axis=0) > 5)
    labels = torn.astype(np.uint16) * np.uint16(regions.row("TH"))
    atlas = Atlas(labels, (-0.00195, -0.00195, -0.00195), 1e-4, regions, "ball")
    distance = np.linalg.norm(region_mesh(atlas, "TH").vertices, axis=1)
    assert distance.min() > 1.1
