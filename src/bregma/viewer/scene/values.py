"""Numbers as colours: values of points, lines, vertices, voxels or regions, at one moment or at many."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.arrays import Bytes, Colour, Floats, as_floats, check_colour, freeze
from bregma.viewer.scene.plain import Part

_N_COLOURS = 256
_GREY: Colour = (128, 128, 128)


@dataclass(frozen=True, eq=False, kw_only=True)
class Values(Part):
    """What colours the n elements of a layer.

    Parameters
    ----------
    data : (n,) or (n_times, n) array
        A number for each element, at one moment or at many. NaN is missing.
    times : (n_times,) array, optional
        Rising moments of the rows of `data`, in seconds.
    colormap : str
        Name of a colour map of matplotlib.
    limits : tuple of 2 float, optional
        The numbers of the first and the last colour; by default the least and the greatest there are.
    missing : tuple of 3 int
        Colour of NaN.
    label : str
        What the numbers are, with their unit, for the legend: ``firing rate (Hz)``.
    interpolate : bool
        Whether moments between two rows are mixed from both; else the row before holds on.

    Raises
    ------
    InvalidLayer
        If the shapes do not fit, times do not rise, limits are no range, or the colour map is unknown.
    """

    kind: ClassVar[str] = "values"

    data: Floats
    times: Floats | None = None
    colormap: str = "viridis"
    limits: tuple[float, float] | None = None
    missing: Colour = _GREY
    label: str = ""
    interpolate: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        set_field = object.__setattr__
        set_field(self, "data", as_floats(self.data, "values"))
        if self.times is not None:
            set_field(self, "times", _check_times(as_floats(self.times, "times of values"), self.data.shape))
        elif self.data.ndim != 1:
            raise InvalidLayer(f"values of shape {self.data.shape} need times=, one for each row")
        limits = self._find_limits() if self.limits is None else (float(self.limits[0]), float(self.limits[1]))
        if not limits[0] <= limits[1] or not np.isfinite(limits[1] - limits[0]):
            raise InvalidLayer(f"limits of values are two rising numbers that are not too far apart, not {limits}")
        set_field(self, "limits", limits)
        check_colour(self.missing, "missing values")
        colour_table(self.colormap)

    @property
    def n(self) -> int:
        """How many elements are coloured."""
        return int(self.data.shape[-1])

    @property
    def span(self) -> tuple[float, float] | None:
        """First and last moment, in seconds; None for values that do not change."""
        return None if self.times is None else (float(self.times[0]), float(self.times[-1]))

    @property
    def bounds(self) -> tuple[float, float]:
        """The numbers of the first and of the last colour."""
        assert self.limits is not None  # __post_init__ finds them
        return self.limits

    def at(self, moment: float) -> Floats:
        """Return the (n,) values at a moment; before the first and after the last these stay."""
        if self.times is None:
            return self.data
        before = max(int(np.searchsorted(self.times, moment, side="right")) - 1, 0)
        if not self.interpolate or before == len(self.times) - 1:
            row: Floats = self.data[before]
            return row
        share = float(np.clip((moment - self.times[before]) / (self.times[before + 1] - self.times[before]), 0, 1))
        mixed: Floats = (1 - share) * self.data[before] + share * self.data[before + 1]
        return mixed

    def rgb_at(self, moment: float) -> Bytes:
        """Return the (n, 3) colours at a moment."""
        return self.colour(self.at(moment))

    def colour(self, numbers: npt.ArrayLike) -> Bytes:
        """Return the colours of numbers of any shape, on a last axis of 3."""
        given = np.asarray(numbers)
        low, high = self.bounds
        scale = (_N_COLOURS - 1e-3) / (high - low) if high > low else 0.0
        with np.errstate(invalid="ignore", over="ignore"):
            place = np.clip((given - low) * scale, 0, _N_COLOURS - 1)
            index = np.where(np.isnan(place), _N_COLOURS, place).astype(np.intp)
        table = np.concatenate([colour_table(self.colormap), np.array([self.missing], dtype=np.uint8)])
        return np.take(table, index, axis=0)

    def _find_limits(self) -> tuple[float, float]:
        finite = self.data[np.isfinite(self.data)]
        return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)


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
    return Values.make(data=values, times=times, **of_values), rest


def _check_times(times: Floats, shape: tuple[int, ...]) -> Floats:
    if len(shape) != 2 or times.shape != shape[:1] or not times.size:
        raise InvalidLayer(f"times of shape {times.shape} go with values of shape (n_times, n), not {shape}")
    if not np.isfinite(times).all() or np.any(np.diff(times) <= 0):
        raise InvalidLayer("times of values are finite and rise from row to row, in seconds")
    return times


@lru_cache(maxsize=64)
def colour_table(name: str) -> Bytes:
    """Return the 256 colours of a map of matplotlib, as (256, 3) bytes, or raise InvalidLayer with near names."""
    import difflib

    from matplotlib import colormaps

    if name not in colormaps:
        near = difflib.get_close_matches(name, list(colormaps), n=3)
        raise InvalidLayer(f"no colour map {name!r}{'; did you mean ' + ' or '.join(near) if near else ''}")
    table: Bytes = freeze((colormaps[name](np.linspace(0, 1, _N_COLOURS))[:, :3] * 255 + 0.5).astype(np.uint8))
    return table
