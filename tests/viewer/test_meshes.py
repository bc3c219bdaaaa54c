"""Meshes from files: all kinds give the same triangles, and none its unit."""

from pathlib import Path

import numpy as np
import pytest

from bregma.atlas import ccf_from_xyz
from bregma.viewer import InvalidLayer, Mesh, Scene, ViewerError, read_mesh

VERTICES = np.array([[0, 0, 0], [1000, 0, 0], [0, 1000, 0], [0, 0, 1000]], dtype=float)
FACES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])


def write(path: Path) -> Path:
    if path.suffix == ".obj":
        lines = [f"v {x:g} {y:g} {z:g}" for x, y, z in VERTICES]
        path.write_text("\n".join([*lines, *(f"f {a} {b} {c}" for a, b, c in FACES + 1), ""]))
        return path
    import pyvista

    cells = np.c_[np.full(len(FACES), 3), FACES].ravel()
    surface = pyvista.PolyData(VERTICES, cells)
    if path.suffix == ".glb":
        from vtkmodules.vtkCommonDataModel import vtkMultiBlockDataSet
        from vtkmodules.vtkIOGeometry import vtkGLTFWriter

        inner, blocks, writer = vtkMultiBlockDataSet(), vtkMultiBlockDataSet(), vtkGLTFWriter()
        inner.SetBlock(0, surface)
        blocks.SetBlock(0, inner)
        writer.SetInputData(blocks)
        writer.SetFileName(str(path))
        writer.Write()
        return path
    surface.save(path)
    return path


def volume(vertices: np.ndarray, faces: np.ndarray) -> float:
    corners = vertices[faces]
    return abs(float(np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])))) / 6


@pytest.mark.parametrize("ending", [".obj", ".ply", ".stl", ".vtk", ".vtp", ".glb"])
def test_all_kinds_of_files_give_the_same_surface(tmp_path: Path, ending: str) -> None:
    vertices, faces = read_mesh(write(tmp_path / f"part{ending}"))
    assert len(faces) == 4
    assert volume(vertices, faces) == pytest.approx(1000**3 / 6)


def test_a_file_without_a_unit_is_refused_with_what_it_looks_like(tmp_path: Path) -> None:
    file = write(tmp_path / "part.obj")
    with pytest.raises(InvalidLayer, match=r"pass unit='um', 'mm' or 'm'.*reach 1000, which looks like um"):
        Scene().add_mesh(file)
    with pytest.raises(InvalidLayer, match="look like micrometres"):
        Scene().add_mesh(file, unit="m")


def test_a_mesh_is_placed_in_metres_and_called_after_its_file(tmp_path: Path) -> None:
    layer = Scene().add_mesh(write(tmp_path / "part.obj"), unit="um", rgb=(1, 2, 3)).layer("part")
    assert isinstance(layer, Mesh)
    assert volume(layer.vertices, layer.faces) == pytest.approx(0.001**3 / 6)
    assert layer.rgb == (1, 2, 3)


@pytest.mark.parametrize("space", ["apdvml", "mlapdv"])
def test_a_mesh_of_the_ccf_comes_relative_to_bregma(space: str) -> None:
    xyz = np.array([[0.001, 0.002, -0.003], [0.0, 0.0, 0.0], [-0.001, 0.0, -0.001]])
    ccf_mm = ccf_from_xyz(xyz, order=space) / 1e3
    layer = Scene().add_mesh((ccf_mm, [[0, 1, 2]]), unit="mm", space=space).layer("Mesh")
    np.testing.assert_allclose(layer.vertices, xyz, atol=1e-9)


def test_what_is_no_mesh_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.obj").write_text("# nothing\n")
    with pytest.raises(ViewerError, match="holds no triangle"):
        read_mesh(tmp_path / "empty.obj")
    with pytest.raises(ViewerError, match="there is no file"):
        read_mesh(tmp_path / "missing.ply")
    with pytest.raises(ViewerError, match=r"read from \.obj.*not from 'part\.xyz'"):
        read_mesh(tmp_path / "part.xyz")
    with pytest.raises(InvalidLayer, match="bregma, apdvml, mlapdv; not 'ccf'"):
        Scene().add_mesh((VERTICES, FACES), unit="um", space="ccf")
    with pytest.raises(InvalidLayer, match="count from 0 to 3"):
        Scene().add_mesh((VERTICES, FACES + 1), unit="um")
