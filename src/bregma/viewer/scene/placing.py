"""Objects that are put into a scene: points, lines, meshes, probes, graphs, images and words."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.arrays import as_points
from bregma.viewer.scene.building import Building
from bregma.viewer.scene.layers.objects import Insertions, Points
from bregma.viewer.scene.tracks import fit_tracks
from bregma.viewer.scene.values import Values

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
        points = as_points(xyz, f"coordinates of {name!r}")
        colours = np.asarray(rgb) if rgb is not None else self._region_colours(points)
        numbers, rest = make_values(values, times, look)
        return self.add(Points(name=name, xyz=points, rgb=colours, values=numbers, **rest))

    def add_insertions(
        self,
        entries: npt.ArrayLike,
        tips: npt.ArrayLike,
        *,
        name: str = "Insertions",
        labels: tuple[str, ...] = (),
        **look: Any,
    ) -> Self:
        """Add the tracks of probes, from entry to tip, in metres relative to bregma."""
        ends = (as_points(entries, f"entries of {name!r}"), as_points(tips, f"tips of {name!r}"))
        return self.add(Insertions(name=name, entries=ends[0], tips=ends[1], labels=labels, **look))

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
        names = tuple(labels[one] for one in tracks.insertions.tolist()) if labels else ()
        with self.together():
            self.add_insertions(tracks.entries, tracks.tips, labels=names, opacity=0.5)
            return self.add_points(xyz, name="Units", size=size)

    def _region_colours(self, points: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if self._atlas is None:
            return np.array(_WHITE)
        rows = self._atlas.rows_at(points)
        return np.where(rows[:, None] == 0, np.uint8(160), self._atlas.regions.rgb[rows])


def make_values(
    values: npt.ArrayLike | Values | None, times: npt.ArrayLike | None, look: Mapping[str, Any]
) -> tuple[Values | None, dict[str, Any]]:
    """Return the values that colour a layer, and what is left of its look."""
    of_values = {name: look[name] for name in ("colormap", "limits", "missing", "label", "interpolate") if name in look}
    rest = {name: value for name, value in look.items() if name not in of_values}
    if values is None or isinstance(values, Values):
        if of_values or times is not None:
            raise InvalidLayer(f"{', '.join(of_values) or 'times'} go with values= given as an array")
        return values, rest
    return Values(data=np.asarray(values), times=None if times is None else np.asarray(times), **of_values), rest
