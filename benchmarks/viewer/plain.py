"""VTK alone, drawn well, on the same scenes: what nothing between the arrays and VTK would cost.

The same pixels: from the same place, with the same lights, lines of sight as far apart, and as many triangles.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SIZE = (1280, 720)
FROM = (-1.15, 1.0, 0.75)
BRAIN = ((5.39, 6.22, 4.09), 4.805)
CLOUD = ((5.0, 6.0, 3.5), 7.068)
FOUND: dict[str, float] = {}

from bregma.viewer.render.opengl import choose_opengl  # noqa: E402

choose_opengl()
BEGIN = time.perf_counter()
import numpy as np  # noqa: E402
import vtkmodules.vtkRenderingOpenGL2  # noqa: E402
import vtkmodules.vtkRenderingVolumeOpenGL2  # noqa: E402, F401
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy  # noqa: E402
from vtkmodules.vtkCommonCore import vtkLookupTable, vtkPoints, vtkSMPTools  # noqa: E402
from vtkmodules.vtkCommonDataModel import (  # noqa: E402
    vtkCellArray,
    vtkImageData,
    vtkPiecewiseFunction,
    vtkPlane,
    vtkPolyData,
    vtkStaticCellLocator,
)
from vtkmodules.vtkFiltersCore import vtkPolyDataNormals, vtkSurfaceNets3D  # noqa: E402
from vtkmodules.vtkRenderingCore import (  # noqa: E402
    vtkActor,
    vtkCellPicker,
    vtkColorTransferFunction,
    vtkImageSlice,
    vtkLightKit,
    vtkPolyDataMapper,
    vtkRenderer,
    vtkRenderWindow,
    vtkVolume,
)
from vtkmodules.vtkRenderingImage import vtkImageResliceMapper  # noqa: E402
from vtkmodules.vtkRenderingVolume import vtkFixedPointVolumeRayCastMapper  # noqa: E402

FOUND["import"] = time.perf_counter() - BEGIN


def timed(name: str, work: Callable[[], Any], rounds: int = 1) -> Any:
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - begin)
    FOUND[name] = sorted(times)[len(times) // 2]
    return result


def make_window():
    window, renderer = vtkRenderWindow(), vtkRenderer()
    window.SetOffScreenRendering(True)
    window.SetSize(*SIZE)
    window.SetMultiSamples(0)
    window.AddRenderer(renderer)
    lights = vtkLightKit()
    lights.AddLightsToRenderer(renderer)
    vtkSMPTools.SetBackend("STDThread")
    return window, renderer


def look(renderer, focus, half_height: float) -> None:
    """Look from where our side does, so that as many pixels are drawn."""
    camera = renderer.GetActiveCamera()
    camera.ParallelProjectionOn()
    camera.SetFocalPoint(*focus)
    camera.SetPosition(*(np.array(focus) + np.array(FROM) * 30))
    camera.SetViewUp(0, 0, 1)
    camera.SetParallelScale(half_height)
    renderer.ResetCameraClippingRange()


def make_image(labels, voxel: float):
    image = vtkImageData()
    image.SetDimensions(*labels.shape)
    image.SetSpacing(voxel, voxel, voxel)
    image.GetPointData().SetScalars(numpy_to_vtk(labels.ravel(order="F"), deep=False))
    return image


def tables(rgb, alpha):
    nodes = np.repeat(np.arange(len(rgb), dtype=float), 2)
    nodes[0::2] -= 0.4
    nodes[1::2] += 0.4
    colours, opacities = vtkColorTransferFunction(), vtkPiecewiseFunction()
    colours.FillFromDataPointer(len(nodes), np.ascontiguousarray(np.c_[nodes, np.repeat(rgb, 2, 0)]).ravel())
    opacities.FillFromDataPointer(len(nodes), np.ascontiguousarray(np.c_[nodes, np.repeat(alpha, 2)]).ravel())
    return colours, opacities


def volume_case(labels, voxel: float, rgb) -> None:
    window, renderer = make_window()
    volume, mapper = vtkVolume(), vtkFixedPointVolumeRayCastMapper()
    alpha = np.full(len(rgb), 0.22**3)
    alpha[0] = 0

    def first():
        mapper.SetInputData(make_image(labels, voxel))
        mapper.SetAutoAdjustSampleDistances(False)
        mapper.SetSampleDistance(voxel)
        mapper.SetImageSampleDistance(3)
        volume.SetMapper(mapper)
        colours, opacities = tables(rgb, alpha)
        prop = volume.GetProperty()
        prop.SetColor(colours)
        prop.SetScalarOpacity(opacities)
        prop.SetInterpolationTypeToNearest()
        prop.SetScalarOpacityUnitDistance(voxel)
        renderer.AddViewProp(volume)
        look(renderer, *BRAIN)
        window.Render()

    timed("first_picture", first)

    def turn() -> None:
        renderer.GetActiveCamera().Azimuth(5)
        window.Render()

    timed("frame", turn, 5)
    random = np.random.default_rng(0)

    def recolour() -> None:
        volume.GetProperty().SetColor(tables(random.random((len(rgb), 3)), alpha)[0])
        window.Render()

    timed("value_map", recolour, 5)
    table = vtkLookupTable()
    table.SetNumberOfTableValues(len(rgb))
    table.SetTableRange(0, len(rgb) - 1)
    vtk_to_numpy(table.GetTable())[:] = np.c_[rgb * 255, np.full(len(rgb), 255)].astype(np.uint8)
    planes = []
    for axis in range(3):
        plane, cut, shown = vtkPlane(), vtkImageResliceMapper(), vtkImageSlice()
        centre = np.array(labels.shape) * voxel / 2
        plane.SetOrigin(*centre)
        plane.SetNormal(*np.eye(3)[axis])
        cut.SetInputData(mapper.GetInput())
        cut.SetSlicePlane(plane)
        shown.SetMapper(cut)
        shown.GetProperty().SetLookupTable(table)
        shown.GetProperty().SetUseLookupTableScalarRange(True)
        shown.GetProperty().SetInterpolationTypeToNearest()
        renderer.AddViewProp(shown)
        planes.append(plane)
    window.Render()
    timed("volume_and_3_slices", turn, 5)
    volume.SetVisibility(False)

    def move() -> None:
        x, y, z = planes[1].GetOrigin()
        planes[1].SetOrigin(x, y + voxel, z)
        window.Render()

    window.Render()
    timed("slice_moved", move, 5)


def points_case(xyz) -> None:
    window, renderer = make_window()
    data, points, vertices = vtkPolyData(), vtkPoints(), vtkCellArray()
    points.SetData(numpy_to_vtk(xyz, deep=False))
    data.SetPoints(points)
    order = np.arange(len(xyz), dtype=np.int64)
    from vtkmodules.util.numpy_support import numpy_to_vtkIdTypeArray

    vertices.SetData(
        numpy_to_vtkIdTypeArray(order[[0, -1]] + [0, 1], deep=True), numpy_to_vtkIdTypeArray(order, deep=True)
    )
    data.SetVerts(vertices)
    random = np.random.default_rng(0)
    colours = numpy_to_vtk(random.integers(0, 255, (len(xyz), 3)).astype(np.uint8), deep=True)
    data.GetPointData().SetScalars(colours)
    mapper, actor = vtkPolyDataMapper(), vtkActor()
    mapper.SetInputData(data)
    mapper.SetColorModeToDirectScalars()
    actor.SetMapper(mapper)
    actor.GetProperty().SetRepresentationToPoints()
    actor.GetProperty().SetPointSize(3)
    renderer.AddViewProp(actor)
    look(renderer, *CLOUD)
    timed("points_first", window.Render)

    def step() -> None:
        vtk_to_numpy(colours)[:] = random.integers(0, 255, (len(xyz), 3), dtype=np.uint8)
        colours.Modified()
        window.Render()

    timed("points_step", step, 5)


def surfaces_case(labels, voxel: float, rgb) -> None:
    window, renderer = make_window()

    def first():
        nets = vtkSurfaceNets3D()
        nets.SetInputData(make_image(labels, voxel))
        for number, label in enumerate(np.unique(labels[labels > 0]).tolist()):
            nets.SetValue(number, label)
        nets.SetBackgroundLabel(0)
        nets.SetNumberOfIterations(16)
        nets.SetOutputMeshTypeToTriangles()
        nets.Update()
        surface = nets.GetOutput()
        owners = vtk_to_numpy(surface.GetCellData().GetArray("BoundaryLabels"))
        faces = vtk_to_numpy(surface.GetPolys().GetConnectivityArray()).reshape(-1, 3)
        outer = np.flatnonzero((owners[:, 0] == 0) | (owners[:, 1] == 0))
        owner = owners[outer].max(axis=1).astype(int)
        data, cells = vtkPolyData(), vtkCellArray()
        data.SetPoints(surface.GetPoints())
        from vtkmodules.util.numpy_support import numpy_to_vtkIdTypeArray

        cells.SetData(3, numpy_to_vtkIdTypeArray(np.ascontiguousarray(faces[outer], dtype=np.int64).ravel(), deep=True))
        data.SetPolys(cells)
        normals = vtkPolyDataNormals()
        normals.SetInputData(data)
        normals.SplittingOff()
        normals.Update()
        data = normals.GetOutput()
        colours = numpy_to_vtk((rgb[owner] * 255).astype(np.uint8), deep=True)
        data.GetCellData().SetScalars(colours)
        mapper, actor = vtkPolyDataMapper(), vtkActor()
        mapper.SetInputData(data)
        mapper.SetColorModeToDirectScalars()
        mapper.SetScalarModeToUseCellData()
        actor.SetMapper(mapper)
        actor.GetProperty().SetInterpolationToPhong()
        actor.GetProperty().SetSpecular(0.25)
        actor.GetProperty().BackfaceCullingOn()
        renderer.AddViewProp(actor)
        look(renderer, *BRAIN)
        window.Render()
        return data, colours, owner

    data, colours, owner = timed("surfaces_first", first)
    random = np.random.default_rng(0)

    def recolour() -> None:
        vtk_to_numpy(colours)[:] = random.integers(0, 255, (len(rgb), 3), dtype=np.uint8)[owner]
        colours.Modified()
        window.Render()

    timed("surfaces_recoloured", recolour, 5)
    picker, locator = vtkCellPicker(), vtkStaticCellLocator()
    locator.SetDataSet(data)
    locator.BuildLocator()
    picker.AddLocator(locator)
    picker.Pick(600, 360, 0, renderer)
    assert picker.Pick(640, 360, 0, renderer)
    assert picker.GetCellId() >= 0
    timed("pick", lambda: picker.Pick(640, 360, 0, renderer), 5)


def main(file: str) -> None:
    stored = np.load(file)
    labels, rgb, voxel = np.asfortranarray(stored["labels"]), stored["rgb"] / 255.0, float(stored["voxel_mm"])
    case = sys.argv[2]
    if case == "volume":
        volume_case(labels, voxel, rgb)
    elif case == "points":
        points_case(stored["xyz_mm"])
    else:
        surfaces_case(labels, voxel, rgb)
    FOUND["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("RESULT " + json.dumps(FOUND))


if __name__ == "__main__":
    main(str(Path(sys.argv[1])))
