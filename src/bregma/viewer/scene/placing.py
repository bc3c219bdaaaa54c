"""Objects that are put into a scene: points, lines, meshes, probes, graphs, images and words."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from bregma.atlas import check_axes
from bregma.viewer.errors import InvalidLayer
from bregma.viewer.meshes import Space, Unit, read_mesh, to_metres
from bregma.viewer.scene.arrays import Floats, as_floats, as_points, as_triple
from bregma.viewer.scene.building import Building
from bregma.viewer.scene.graphs import find_edges, place_nodes
from bregma.viewer.scene.layers.links import Connections, Insertions
from bregma.viewer.scene.layers.objects import Lines, Mesh, PathImage, Points, Text
from bregma.viewer.scene.tracks import find_labels, fit_tracks
from bregma.viewer.scene.values import Values, make_values

# Fewer places than these say little about their axes.
_FEWEST = 5
_WHITE = (255, 255, 255)


class Placing(Building):
    """A scene into which objects are put."""

    def add_points(
        self,
        xyz: npt.ArrayLike,
        *,
        values: npt.ArrayLike | Values | None = None,
        times: npt.ArrayLike | None = None,
        name: str = "Points",
        rgb: npt.ArrayLike | None = None,
        **look: Any,
    ) -> Self:
        """Add points, in metres relative to bregma.

        Parameters
        ----------
        xyz : (n, 3) array
            Where they are.
        values : (n,) or (n_times, n) array, or Values, optional
            Numbers that colour them; without any and without `rgb`, each has the colour of its region.
        times : (n_times,) array, optional
            Moments of the rows of `values`, in seconds.
        name : str
            Of the layer.
        rgb : (n, 3) array, or one colour
            0 to 255.
        look
            As of `Points` and `Values`: ``size=3``, ``opacity=0.5``, ``colormap="magma"``, ``limits=(0, 20)`` …
        """
        points = self._place(xyz, f"coordinates of {name!r}")
        colours = np.asarray(rgb) if rgb is not None else self.region_colours(points)
        numbers, rest = make_values(values, times, look)
        return self.add(Points.make(name=name, xyz=points, rgb=colours, values=numbers, **rest))

    def add_lines(
        self,
        lines: Sequence[npt.ArrayLike],
        *,
        values: npt.ArrayLike | Values | None = None,
        times: npt.ArrayLike | None = None,
        name: str = "Lines",
        rgb: npt.ArrayLike | None = None,
        **look: Any,
    ) -> Self:
        """Add lines of any length, such as tracts, streamlines or neurons, in metres relative to bregma.

        Parameters
        ----------
        lines : list of (k, 3) array
            Points along each line; a NaN parts it.
        values, times
            As for `add_points`: a number for each line.
        name : str
            Of the layer.
        rgb : (n_lines, 3) array, or one colour
            0 to 255; by default each line has the colour of the region in which it begins.
        look
            As of `Lines` and `Values`: ``size=1``, ``opacity=0.5``, ``colormap="magma"`` …
        """
        pieces = [as_points(line, f"coordinates of {name!r}") for line in lines]
        lengths = np.array([len(piece) for piece in pieces], dtype=np.int64)
        xyz = np.concatenate(pieces) if pieces else np.empty((0, 3))
        first = np.array([piece[0] if len(piece) else [np.nan] * 3 for piece in pieces]).reshape(-1, 3)
        colours = np.asarray(rgb) if rgb is not None else self.region_colours(first)
        numbers, rest = make_values(values, times, look)
        return self.add(Lines.make(name=name, xyz=xyz, lengths=lengths, rgb=colours, values=numbers, **rest))

    def add_mesh(
        self,
        mesh: Path | str | tuple[npt.ArrayLike, npt.ArrayLike],
        *,
        unit: Unit | None = None,
        space: Space = "bregma",
        values: npt.ArrayLike | Values | None = None,
        times: npt.ArrayLike | None = None,
        name: str = "",
        **look: Any,
    ) -> Self:
        """Add a surface: a file, or vertices and faces.

        Parameters
        ----------
        mesh : Path, or ((n, 3) array, (m, 3) array of int)
            OBJ, PLY, STL, VTK, VTP or GLB; or vertices and the triangles between them.
        unit : {"um", "mm", "m"}
            Of the coordinates. Files do not tell it, so it is asked for; arrays are in metres by default.
        space : {"bregma", "apdvml", "mlapdv"}
            Relative to bregma (right, front, up), or from the corner of the Allen CCF with its axes in this order:
            the meshes of the Allen Institute and of BrainGlobe are in ``apdvml``.
        values, times
            As for `add_points`: a number for each vertex.
        name : str
            Of the layer; by default that of the file.
        look
            As of `Mesh` and `Values`: ``rgb=(255, 0, 0)``, ``opacity=0.3`` …

        Raises
        ------
        InvalidLayer
            If the unit of a file is not given, or cannot be that of a brain.
        ViewerError
            If there is no such file, or no triangle in it.
        """
        if isinstance(mesh, Path | str):
            vertices, faces = read_mesh(mesh)
            name = name or self._free_name(Path(mesh).stem)
        else:
            vertices, faces = _take_apart(mesh)
            unit, name = unit or "m", name or self._free_name("Mesh")
        numbers, rest = make_values(values, times, look)
        places = to_metres(vertices, unit, space, f"the mesh {name!r}")
        return self.add(Mesh.make(name=name, vertices=places, faces=faces, values=numbers, **rest))

    def add_connections(
        self,
        matrix: npt.ArrayLike,
        *,
        regions: Sequence[str | int] | None = None,
        nodes: npt.ArrayLike | None = None,
        hemisphere: Literal["left", "right"] | None = None,
        threshold: float = 0.0,
        name: str = "Connections",
        **look: Any,
    ) -> Self:
        """Add a graph: an arc for each connection, as wide and coloured as it is strong.

        Parameters
        ----------
        matrix : (n, n) array or DataFrame
            Weights from row to column; NaN and 0 are no connection. The columns of a DataFrame name the regions.
        regions : list of n str or int
            Acronyms or identifiers, whose centres are the nodes.
        nodes : (n, 3) array, optional
            Places of the nodes instead, in metres relative to bregma.
        hemisphere : {"left", "right"}, optional
            Side of the regions; by default acronyms are on the right, negative identifiers on the left.
        threshold : float
            Least size of a weight that is drawn.
        name : str
            Of the layer.
        look
            As of `Connections` and `Values`: ``bend=0``, ``colormap="magma"``, ``label="weight"`` …

        Raises
        ------
        InvalidLayer
            If the matrix does not fit the nodes, or nothing in it is above the threshold.
        """
        if regions is None and nodes is None:
            regions = getattr(matrix, "columns", None)
        atlas = self.atlas if nodes is None and regions is not None else None
        places, labels = place_nodes(regions, nodes, atlas, hemisphere)
        graph = find_edges(matrix, threshold=threshold, n=len(places))
        values, rest = make_values(graph.weights, None, look)
        widths = rest.pop("widths", graph.widths)
        return self.add(
            Connections.make(
                name=name, nodes=places, edges=graph.edges, values=values, widths=widths, labels=labels, **rest
            )
        )

    def add_path_image(
        self,
        path: npt.ArrayLike,
        image: npt.ArrayLike,
        *,
        name: str = "Path image",
        colormap: str = "viridis",
        limits: tuple[float, float] | None = None,
        **look: Any,
    ) -> Self:
        """Add an image along a path, such as activity at each depth of a probe.

        Parameters
        ----------
        path : (k, 3) array
            From the first row of the image to the last, in metres relative to bregma.
        image : (n_rows, n_columns) or (n_rows, n_columns, 3) array
            Numbers, or colours (uint8); one column may stand alone as (n_rows,).
        name : str
            Of the layer.
        colormap, limits
            How numbers become colours, as of `Values`.
        look
            As of `PathImage`: ``width=1e-3``, ``across=(0, 1, 0)`` …
        """
        pixels = np.asarray(image)
        if pixels.ndim < 3:
            numbers = pixels.reshape(len(pixels), -1) if pixels.size else np.empty((0, 1))
            pixels = Values(data=numbers.ravel(), colormap=colormap, limits=limits).colour(numbers)
        places = as_points(path, f"the path of {name!r}")
        return self.add(PathImage.make(name=name, path=places, image=pixels, **look))

    def add_text(self, text: str, xyz: npt.ArrayLike, *, name: str = "", **look: Any) -> Self:
        """Add words at a place in the brain, in metres relative to bregma; as of `Text`: ``size=24``, ``rgb=…``."""
        place = as_triple(xyz, f"the place of {text!r}")
        return self.add(Text.make(name=name or self._free_name(text or "Text"), text=text, xyz=place, **look))

    def add_insertions(
        self,
        entries: Any,
        tips: Any,
        *,
        name: str = "Insertions",
        labels: tuple[str, ...] = (),
        values: npt.ArrayLike | Values | str | None = None,
        times: npt.ArrayLike | None = None,
        **look: Any,
    ) -> Self:
        """Add the tracks of probes; or, with their units, all insertions of a session or one of them through ONE.

        Parameters
        ----------
        entries, tips : (n, 3) array
            Where each track begins and ends, in metres relative to bregma. Or a ``ONE``, and what it knows a session
            or an insertion by: ``add_insertions(one, eid)``, see `bregma.viewer.open_insertions`.
        name : str
            Of the layer; in a scene from ONE every insertion has layers of its own.
        labels : tuple of n str
            What each insertion is called.
        values : (n,) or (n_times, n) array, or Values
            Numbers that colour the tracks. With a ONE the name of a metric that colours its units, such as
            ``"firing_rate"``; without, units have the colours of their regions.
        times : (n_times,) array, optional
            Moments of the rows of `values`, in seconds.
        look
            As of `Insertions` and `Values`: ``size=3``, ``opacity=0.5`` …

        Raises
        ------
        NoHistology
            If nobody knows where an insertion is.
        """
        if hasattr(entries, "load_object"):
            from bregma.viewer.opening import add_recorded

            add_recorded(self, entries, tips, values=values, **look)
            return self
        if isinstance(values, str):
            raise InvalidLayer(f"values={values!r} colours units that a ONE loads; tracks are coloured by numbers")
        ends = (as_points(entries, f"entries of {name!r}"), self._place(tips, f"tips of {name!r}"))
        numbers, rest = make_values(values, times, look)
        return self.add(
            Insertions.make(name=name, entries=ends[0], tips=ends[1], labels=labels, values=numbers, **rest)
        )

    def add_units(
        self, xyz: npt.ArrayLike, insertion: npt.ArrayLike, *, labels: tuple[str, ...] = (), size: float = 5.0
    ) -> Self:
        """Add units as points coloured by region, and the fitted track of each insertion.

        Parameters
        ----------
        xyz : (n_units, 3) array
            Metres relative to bregma.
        insertion : (n_units,) array of int
            The insertion of each unit, an index into `labels`.
        labels : tuple of str
            What each insertion is called.
        size : float
            Diameter of a unit, in pixels of a picture 1000 pixels high.
        """
        tracks = fit_tracks(xyz, insertion, atlas=self._atlas)
        names = find_labels(tracks, labels)
        with self.together():
            self.add_insertions(tracks.entries, tracks.tips, labels=names, opacity=0.5)
            return self.add_points(xyz, name="Units", size=size)

    def _place(self, xyz: npt.ArrayLike, what: str) -> Floats:
        """Return places, or refuse those whose axes seem to be others; a few may well lie beside the brain."""
        points = as_points(xyz, what)
        if self._atlas is not None and not self._atlas.is_phantom and len(points) >= _FEWEST:
            check_axes(self._atlas, points, what)
        return points

    def region_colours(self, points: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the colour of the region at each place, grey outside of the brain; white without an atlas."""
        if self._atlas is None:
            return np.array(_WHITE)
        rows = self._atlas.rows_at(points)
        return np.where(rows[:, None] == 0, np.uint8(160), self._atlas.regions.rgb[rows])


def _take_apart(mesh: Any) -> tuple[Floats, npt.NDArray[Any]]:
    if not isinstance(mesh, (tuple, list)) or len(mesh) != 2:
        raise InvalidLayer(f"a mesh is a file, or (vertices, faces); not {type(mesh).__name__}")
    return as_floats(mesh[0], "vertices of a mesh"), np.asarray(mesh[1])
