"""What VTK would draw, as plain arrays: cut where the scene cuts, thin lines as tubes, colours written out."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from bregma.viewer.export.vtkjs import Array, Shape
from bregma.viewer.render.camera import place_camera
from bregma.viewer.render.drawn import Drawn
from bregma.viewer.render.geometry import MM
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import Plane

_SQUARE = (1000, 1000)
_SIDES = 8
_MOST_SPHERES = 4_000
_MOST_POINTS_OF_TUBES = 60_000
_THINNEST = 1.5
_SURFACE = 2
# Scalar modes of a mapper: use cell data, use cell field data.
_OF_CELLS = (2, 4)


def find_shapes(layer: Layer, scene: Scene) -> Iterator[Shape]:
    """Yield the surfaces, lines and points of a layer of a scene, at its moment."""
    import vtkmodules.vtkRenderingOpenGL2  # noqa: F401 - registers what actors are made of

    from bregma.viewer.render.drawers import draw_layer
    from bregma.viewer.render.drawn import World

    world = World(lambda: scene.atlas, scene.state.find, lambda: _SQUARE[1])
    drawn = draw_layer(layer, world)
    drawn.follow(layer, scene.state.moment)
    mm_per_pixel = 2 * place_camera(scene, _SQUARE).half_height / _SQUARE[1]
    yield from shapes_of(drawn, mm_per_pixel, scene.state.clipping if layer.clipped else ())


def shapes_of(drawn: Drawn, mm_per_pixel: float, clipping: tuple[Plane, ...] = ()) -> Iterator[Shape]:
    """Yield the surfaces, lines and points of a layer; volumes and planes of pixels are not among them.

    Parameters
    ----------
    drawn : Drawn
        The layer, as VTK draws it.
    mm_per_pixel : float
        How wide a pixel is at the brain, in a picture 1000 pixels high: browsers draw all lines one pixel wide, so
        those that are wider become tubes.
    clipping : tuple of Plane
        What cuts the layer.
    """
    for prop in drawn.props:
        mapper = getattr(prop, "GetMapper", lambda: None)()
        if prop.GetVisibility() and prop.IsA("vtkActor") and mapper is not None and mapper.IsA("vtkPolyDataMapper"):
            data = _as_drawn(prop, mapper, mm_per_pixel, clipping)
            if data.GetNumberOfPoints():
                yield _shape(drawn.layer.name, prop, data)


def _as_drawn(actor: Any, mapper: Any, mm_per_pixel: float, clipping: tuple[Plane, ...]) -> Any:
    from vtkmodules.vtkCommonDataModel import vtkPolyData

    if mapper.GetInputConnection(0, 0) is not None:
        mapper.GetInputAlgorithm().Update()
    data: Any = vtkPolyData()
    data.ShallowCopy(mapper.GetInput())
    _write_colours(mapper, data)
    data = _cut(_move(data, actor.GetMatrix()), clipping)
    look = actor.GetProperty()
    if data.GetNumberOfVerts() and data.GetNumberOfPoints() <= _MOST_SPHERES:
        return _round(data, look.GetPointSize() * mm_per_pixel / 2)
    width = look.GetLineWidth()
    if data.GetNumberOfLines() and width > _THINNEST and data.GetNumberOfPoints() <= _MOST_POINTS_OF_TUBES:
        return _thicken(data, width * mm_per_pixel / 2)
    return data


def _write_colours(mapper: Any, data: Any) -> None:
    """Put the colours that a table gives into the data, as the only scalars there."""
    points, cells = data.GetPointData(), data.GetCellData()
    by_cell = mapper.GetScalarMode() in _OF_CELLS or points.GetScalars() is None
    colours = mapper.MapScalars(data, 1.0) if mapper.GetScalarVisibility() else None
    for attributes in (points, cells):
        attributes.SetActiveScalars("")
    if colours is not None:
        (cells if by_cell else points).SetScalars(colours)


def _move(data: Any, matrix: Any) -> Any:
    from vtkmodules.vtkCommonTransforms import vtkTransform
    from vtkmodules.vtkFiltersGeneral import vtkTransformPolyDataFilter

    if matrix.IsIdentity():
        return data
    transform: Any = vtkTransform()
    transform.SetMatrix(matrix)
    mover: Any = vtkTransformPolyDataFilter()
    mover.SetInputData(data)
    mover.SetTransform(transform)
    mover.Update()
    return mover.GetOutput()


def _cut(data: Any, clipping: tuple[Plane, ...]) -> Any:
    from vtkmodules.vtkCommonDataModel import vtkPlane
    from vtkmodules.vtkFiltersCore import vtkClipPolyData

    for each in clipping:
        plane: Any = vtkPlane()
        plane.SetOrigin(*(part * MM for part in each.origin))
        plane.SetNormal(*each.normal)
        cutter: Any = vtkClipPolyData()
        cutter.SetInputData(data)
        cutter.SetClipFunction(plane)
        cutter.Update()
        data = cutter.GetOutput()
    return data


def _thicken(data: Any, radius: float) -> Any:
    from vtkmodules.vtkFiltersCore import vtkTriangleFilter, vtkTubeFilter

    tubes: Any = vtkTubeFilter()
    tubes.SetInputData(data)
    tubes.SetRadius(radius)
    tubes.SetNumberOfSides(_SIDES)
    tubes.CappingOn()
    triangles: Any = vtkTriangleFilter()
    triangles.SetInputConnection(tubes.GetOutputPort())
    triangles.Update()
    return triangles.GetOutput()


def _round(data: Any, radius: float) -> Any:
    """Put a ball at each point: browsers draw points as squares."""
    from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
    from vtkmodules.vtkFiltersCore import vtkGlyph3D
    from vtkmodules.vtkFiltersSources import vtkSphereSource

    ball: Any = vtkSphereSource()
    ball.SetRadius(radius)
    ball.SetThetaResolution(_SIDES)
    ball.SetPhiResolution(_SIDES)
    balls: Any = vtkGlyph3D()
    balls.SetInputData(data)
    balls.SetSourceConnection(ball.GetOutputPort())
    balls.ScalingOff()
    balls.Update()
    made, colours = balls.GetOutput(), data.GetPointData().GetScalars()
    if colours is not None and data.GetNumberOfPoints():
        repeated = np.repeat(vtk_to_numpy(colours), made.GetNumberOfPoints() // data.GetNumberOfPoints(), axis=0)
        made.GetPointData().SetScalars(numpy_to_vtk(repeated, deep=True))
    return made


def _shape(layer: str, actor: Any, data: Any) -> Shape:
    from vtkmodules.util.numpy_support import vtk_to_numpy

    data = _leave_out_hidden(data)
    of_points, of_cells = data.GetPointData(), data.GetCellData()
    colours, normals = of_points.GetScalars() or of_cells.GetScalars(), of_points.GetNormals()
    texture, places = actor.GetTexture(), of_points.GetTCoords()
    cells = {"verts": data.GetVerts(), "lines": data.GetLines(), "polys": data.GetPolys(), "strips": data.GetStrips()}
    return Shape(
        layer=layer,
        points=vtk_to_numpy(data.GetPoints().GetData()).astype(np.float32),
        cells={name: _connections(found) for name, found in cells.items() if found.GetNumberOfCells()},
        look=_look(actor.GetProperty(), data),
        colours=None if colours is None else _opaque(vtk_to_numpy(colours)),
        normals=None if normals is None else vtk_to_numpy(normals).astype(np.float32),
        texture=None if texture is None else _pixels(texture),
        places=None if texture is None or places is None else vtk_to_numpy(places)[:, :2].astype(np.float32),
    )


def _leave_out_hidden(data: Any) -> Any:
    """Return the data without cells that nobody sees, and the points that only they have."""
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkFiltersCore import vtkCleanPolyData

    colours = data.GetCellData().GetScalars()
    if colours is None or colours.GetNumberOfComponents() != 4:
        return data
    hidden = np.flatnonzero(vtk_to_numpy(colours)[:, 3] == 0)
    if not len(hidden):
        return data
    data.BuildLinks()
    for cell in hidden.tolist():
        data.DeleteCell(cell)
    data.RemoveDeletedCells()
    cleaner: Any = vtkCleanPolyData()
    cleaner.SetInputData(data)
    cleaner.PointMergingOff()
    cleaner.Update()
    return cleaner.GetOutput()


def _opaque(colours: Array) -> Array:
    """Leave opacities out where all is solid: browsers draw that quicker."""
    return colours[:, :3] if colours.shape[1] == 4 and bool((colours[:, 3] == 255).all()) else colours


def _connections(cells: Any) -> Array:
    from vtkmodules.util.numpy_support import vtk_to_numpy

    offsets = vtk_to_numpy(cells.GetOffsetsArray()).astype(np.int64)
    points = vtk_to_numpy(cells.GetConnectivityArray())
    flat = np.empty(len(points) + len(offsets) - 1, dtype=np.int32)
    heads = offsets[:-1] + np.arange(len(offsets) - 1)
    flat[heads] = np.diff(offsets)
    rest = np.ones(len(flat), dtype=bool)
    rest[heads] = False
    flat[rest] = points
    return flat


def _look(look: Any, data: Any) -> dict[str, Any]:
    colour = list(look.GetColor())
    return {
        "representation": _SURFACE if data.GetNumberOfPolys() else look.GetRepresentation(),
        "color": colour,
        "ambientColor": colour,
        "diffuseColor": colour,
        "ambient": look.GetAmbient(),
        "diffuse": look.GetDiffuse(),
        "specular": look.GetSpecular(),
        "specularPower": look.GetSpecularPower(),
        "opacity": look.GetOpacity(),
        "interpolation": look.GetInterpolation(),
        "backfaceCulling": bool(look.GetBackfaceCulling()),
        "pointSize": look.GetPointSize(),
        "lineWidth": 1,
        "lighting": bool(look.GetLighting()),
    }


def _pixels(texture: Any) -> Array:
    from vtkmodules.util.numpy_support import vtk_to_numpy

    texture.Update()
    image = texture.GetInput()
    width, height, _ = image.GetDimensions()
    pixels = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, width, -1)
    solid = np.full((height, width, 1), 255, dtype=np.uint8)
    return pixels if pixels.shape[2] == 4 else np.concatenate([pixels[..., :3], solid], axis=2)
