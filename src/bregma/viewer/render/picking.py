"""What lies under a pixel: every layer that the line of sight meets, the nearest first."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.boxes import Boxes
from bregma.viewer.render.drawn import Drawn, Hit
from bregma.viewer.render.geometry import MM
from bregma.viewer.render.sight import Sight
from bregma.viewer.scene.layers.objects import Mesh
from bregma.viewer.scene.layers.regions import AnnotationVolume, RegionSurface, RegionSurfaces
from bregma.viewer.scene.layers.volumes import ImageVolume
from bregma.viewer.scene.stage import Pick, Plane

_REACH_PIXELS = 4.0
_MOST_OF_ONE = 16
_MANY_POINTS = 5_000
_GLASS = 0.3
#: What may be around others, and is made faint to show them.
_AROUND = (AnnotationVolume, ImageVolume, Mesh, RegionSurface, RegionSurfaces)

_locators: WeakKeyDictionary[Any, tuple[int, Any]] = WeakKeyDictionary()
_boxes: WeakKeyDictionary[Any, tuple[int, Boxes]] = WeakKeyDictionary()


def find_picks(layers: Iterable[Drawn], sight: Sight, clipping: Sequence[Plane] = ()) -> tuple[Pick, ...]:
    """Return what a line of sight meets, the nearest first, also behind and through what is translucent.

    What is as faint as glass comes after all else: who clicks a unit in a brain of glass means the unit.

    Parameters
    ----------
    layers : iterable of Drawn
        Those that are drawn here.
    sight : Sight
        The line.
    clipping : sequence of Plane
        What they cut away is not met, where a layer is clipped.
    """
    found: list[tuple[bool, float, Pick]] = []
    for drawn in layers:
        if any(prop.GetVisibility() for prop in drawn.props):
            glass = isinstance(drawn.layer, _AROUND) and drawn.layer.opacity <= _GLASS
            met = _meet_layer(drawn, sight, clipping if drawn.layer.clipped else ())
            found += [(glass, depth, pick) for depth, pick in met]
    return tuple(pick for *_, pick in sorted(found, key=lambda each: each[:2]))


def _meet_layer(drawn: Drawn, sight: Sight, clipping: Sequence[Plane]) -> Iterator[tuple[float, Pick]]:
    own = drawn.meet(sight)
    hits = own if own is not None else [hit for prop in drawn.props for hit in _meet_prop(prop, sight)]
    told: set[tuple[object, ...]] = set()
    for hit in hits:
        pick = drawn.describe(hit) if _remains(hit, clipping) else None
        # A closed surface is met on both sides: it is told once.
        key = (pick.region, pick.label, hit.point) if pick else ()
        if pick is not None and key not in told:
            told.add(key)
            near = _REACH_PIXELS * sight.mm_per_pixel if hit.point >= 0 else 0.0
            yield float(sight.depth(hit.xyz_mm)) - near, pick


def _remains(hit: Hit, clipping: Sequence[Plane]) -> bool:
    place = np.array(hit.xyz_mm)
    return all((place - np.array(plane.origin) * MM) @ np.array(plane.normal) >= -1e-6 for plane in clipping)


def _meet_prop(prop: Any, sight: Sight) -> Iterator[Hit]:
    mapper = getattr(prop, "GetMapper", lambda: None)()
    if mapper is None or not prop.GetVisibility() or not prop.GetPickable():
        return
    if prop.IsA("vtkImageSlice"):
        yield from _meet_slice(prop, mapper, sight)
    elif prop.IsA("vtkActor") and hasattr(mapper, "GetInput") and mapper.GetInput().IsA("vtkPolyData"):
        data = mapper.GetInput()
        yield from _meet_triangles(prop, data, sight)
        yield from _meet_lines(prop, data, sight)
        yield from _meet_points(prop, data, sight)


def _meet_slice(prop: Any, mapper: Any, sight: Sight) -> Iterator[Hit]:
    plane = mapper.GetSlicePlane()
    met = sight.meet_plane(plane.GetOrigin(), plane.GetNormal())
    bounds = np.array(prop.GetBounds()).reshape(3, 2)
    if met is not None and np.all((met >= bounds[:, 0] - 1e-3) & (met <= bounds[:, 1] + 1e-3)):
        yield _hit(prop, met)


def _meet_triangles(prop: Any, data: Any, sight: Sight) -> Iterator[Hit]:
    if not data.GetNumberOfPolys():
        return
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkCommonCore import vtkIdList, vtkPoints

    points, cells = vtkPoints(), vtkIdList()
    _locate(prop, data).IntersectWithLine(sight.start.tolist(), sight.end.tolist(), 0.0, points, cells)
    if not points.GetNumberOfPoints():
        return
    places = vtk_to_numpy(points.GetData()).astype(np.float64)
    before = data.GetNumberOfVerts() + data.GetNumberOfLines()
    for index in np.argsort(sight.depth(places)):
        yield _hit(prop, places[index], cell=before + cells.GetId(int(index)))


def _locate(prop: Any, data: Any) -> Any:
    """Return a search tree of the triangles, which is kept as long as they are the same."""
    from vtkmodules.vtkCommonDataModel import vtkPolyData, vtkStaticCellLocator

    age = max(data.GetPoints().GetMTime(), data.GetPolys().GetMTime())
    kept = _locators.get(prop)
    if kept is not None and kept[0] == age:
        return kept[1]
    triangles: Any = vtkPolyData()
    triangles.SetPoints(data.GetPoints())
    triangles.SetPolys(data.GetPolys())
    locator: Any = vtkStaticCellLocator()
    locator.SetDataSet(triangles)
    locator.BuildLocator()
    _locators[prop] = (age, locator)
    return locator


def _meet_points(prop: Any, data: Any, sight: Sight) -> Iterator[Hit]:
    if not data.GetNumberOfPoints() or (data.GetNumberOfCells() and not data.GetNumberOfVerts()):
        return
    places = _places(data)
    reach = max(prop.GetProperty().GetPointSize() / 2, _REACH_PIXELS)
    few = np.arange(len(places)) if len(places) < _MANY_POINTS else _sort_points(prop, data).find_near(sight, reach)
    seen = sight.placement.project(places[few], sight.size)
    near = np.flatnonzero((np.linalg.norm(seen[:, :2] - sight.place, axis=1) <= reach) & (seen[:, 2] > 0))
    for index in few[near[np.argsort(seen[near, 2])][:_MOST_OF_ONE]].tolist():
        yield _hit(prop, places[index], cell=index, point=index)


def _sort_points(prop: Any, data: Any) -> Boxes:
    """Return the points in boxes, which are kept as long as they are the same."""
    age = data.GetPoints().GetMTime()
    kept = _boxes.get(prop)
    if kept is None or kept[0] != age:
        kept = _boxes[prop] = (age, Boxes(_places(data)))
    return kept[1]


def _meet_lines(prop: Any, data: Any, sight: Sight) -> Iterator[Hit]:
    if not data.GetNumberOfLines():
        return
    from vtkmodules.util.numpy_support import vtk_to_numpy

    places = _places(data)
    offsets = vtk_to_numpy(data.GetLines().GetOffsetsArray())
    order = vtk_to_numpy(data.GetLines().GetConnectivityArray())
    first = np.setdiff1d(np.arange(len(order) - 1), offsets[1:] - 1)
    share, distance = _nearest_on_screen(sight, places[order])
    reach = max(prop.GetProperty().GetLineWidth() / 2, _REACH_PIXELS)
    for index in first[distance[first] <= reach][:_MOST_OF_ONE].tolist():
        begin, end = places[order[index]], places[order[index + 1]]
        line = int(np.searchsorted(offsets, index, side="right")) - 1
        place = begin + share[index] * (end - begin)
        yield _hit(prop, place, cell=data.GetNumberOfVerts() + line, point=int(order[index]))


def _nearest_on_screen(sight: Sight, places: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return for each segment from a place to the next: where it is nearest to the pixel, and how near, in pixels."""
    seen = sight.placement.project(places, sight.size)[:, :2]
    along, offset = np.diff(seen, axis=0), np.array(sight.place) - seen[:-1]
    length = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip((along * offset).sum(axis=1) / length, 0, 1)
    return share, np.linalg.norm(offset - share[:, None] * along, axis=1)


def _places(data: Any) -> npt.NDArray[Any]:
    from vtkmodules.util.numpy_support import vtk_to_numpy

    places: npt.NDArray[Any] = vtk_to_numpy(data.GetPoints().GetData())
    return places


def _hit(prop: Any, place: npt.NDArray[Any], *, cell: int = -1, point: int = -1) -> Hit:
    x, y, z = (float(part) for part in place)
    return Hit(prop=prop, xyz_mm=(x, y, z), cell=cell, point=point)
