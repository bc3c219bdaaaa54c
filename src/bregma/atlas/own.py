"""Atlases of any species: a region table and a volume of its identifiers become an Atlas."""

import colorsys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas.atlas import Atlas
from bregma.atlas.coordinates import check_micrometres, check_numbers
from bregma.atlas.errors import InvalidAtlas, RegionNotFound
from bregma.atlas.labelling import Labels, look_up_rows, tell_sides
from bregma.atlas.orientation import ALLEN_ORIENTATION, Orientation, Triple, place_of_middle
from bregma.atlas.parsing import is_missing
from bregma.atlas.regions import Regions

_MOST = (2**16 - 1) // 2


@dataclass(frozen=True)
class Placement:
    """How the voxels of a volume lie in space.

    Parameters
    ----------
    spacing_um : float or tuple of 3 float
        Edge of a voxel, in micrometres; of voxels that are no cubes the edges in the order of the axes. Those are
        resampled to cubes of the shortest edge, each with the nearest voxel.
    orientation : str
        Where each axis begins, as in `Orientation`.
    origin_um : tuple of 3 float, optional
        The point that coordinates count from, such as bregma: micrometres from the left, the front and the top of the
        volume. By default the middle of the volume, so that x = 0 is the midline.

    Raises
    ------
    InvalidAtlas
        If the edges are not positive, the origin is no place, or the orientation is none.
    WrongUnit
        If the edges or the origin are so small that they must be metres.
    """

    spacing_um: float | Triple
    orientation: str = ALLEN_ORIENTATION
    origin_um: Triple | None = None

    def __post_init__(self) -> None:
        edges = check_micrometres(self.spacing_um, "edges of voxels")
        if edges.shape not in ((), (3,)) or not ((edges > 0) & (edges < np.inf)).all():
            raise InvalidAtlas(f"edges of voxels are positive, in micrometres, one or three; not {self.spacing_um}")
        origin = check_micrometres((0, 0, 0) if self.origin_um is None else self.origin_um, "an origin")
        if origin.shape != (3,) or not np.isfinite(origin).all():
            raise InvalidAtlas(f"an origin is three micrometres, not {self.origin_um}")
        Orientation(self.orientation)

    def edges_xyz(self) -> Triple:
        """Return the edges of a voxel along x, y and z, in micrometres."""
        edges = np.broadcast_to(np.asarray(self.spacing_um, dtype=float), 3)
        x, y, z = edges[list(Orientation(self.orientation).shape_xyz((0, 1, 2)))].tolist()
        return x, y, z

    def place(self, shape_xyz: Sequence[int]) -> Triple:
        """Return where the first voxel of cubes along x, y, z is centred, in metres."""
        edge = min(self.edges_xyz())
        if self.origin_um is None:
            return place_of_middle(shape_xyz, edge)
        left, front, top = self.origin_um
        _, n_y, n_z = shape_xyz
        return -left * 1e-6, (front - (n_y - 1) * edge) * 1e-6, (top - (n_z - 1) * edge) * 1e-6

    def shape_of(self, shape: Sequence[int]) -> tuple[int, int, int]:
        """Return the shape of cubes along x, y, z that a volume with this shape in the file becomes."""
        edges = self.edges_xyz()
        lengths = Orientation(self.orientation).shape_xyz(shape)
        x, y, z = (round(length * edge / min(edges)) for length, edge in zip(lengths, edges, strict=True))
        return x, y, z

    def turn(self, volume: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """Return a volume with axes x, y, z and voxels that are cubes."""
        turned = Orientation(self.orientation).to_xyz(volume)
        edges = self.edges_xyz()
        for axis, edge in enumerate(edges):
            if edge > min(edges):
                nearest = ((np.arange(self.shape_of(volume.shape)[axis]) + 0.5) * min(edges) / edge).astype(np.intp)
                turned = turned.take(np.minimum(nearest, turned.shape[axis] - 1), axis=axis)
        return turned


def make_atlas(
    ids: npt.ArrayLike,
    regions: Regions,
    placement: Placement,
    *,
    name: str = "own atlas",
    hemispheres: npt.ArrayLike | None = None,
    template: npt.ArrayLike | None = None,
) -> Atlas:
    """Make an atlas from a volume of identifiers, of any species.

    Parameters
    ----------
    ids : (n, m, k) array of int
        An identifier of the table at each voxel; 0 is void.
    regions : Regions
        The table, not lateralised; see `make_regions`.
    placement : Placement
        How the voxels lie in space.
    name : str
        What a reader should call it.
    hemispheres : (n, m, k) array, optional
        1 where a voxel is on the left, 2 on the right; by default x < 0 is left.
    template : (n, m, k) array, optional
        The picture on which the regions were drawn.

    Raises
    ------
    InvalidAtlas
        If the volumes have other shapes than the identifiers, an identifier is not in the table, or the table is
        lateralised.
    """
    volume = np.asarray(ids)
    if volume.ndim != 3 or 0 in volume.shape or volume.dtype.kind not in "iu":
        raise InvalidAtlas(f"identifiers are a volume of integers, not {volume.dtype} of shape {volume.shape}")
    for what, other in (("hemispheres", hemispheres), ("template", template)):
        if other is not None and np.shape(other) != volume.shape:
            raise InvalidAtlas(f"the {what} have shape {np.shape(other)}, the identifiers {volume.shape}")
    labels = label_volume(volume, regions, placement, None if hemispheres is None else np.asarray(hemispheres))
    picture = None if template is None else np.asfortranarray(placement.turn(np.asarray(template)))
    spacing = min(placement.edges_xyz()) * 1e-6
    return Atlas(labels, placement.place(labels.shape), spacing, regions.lateralised, name, template=picture)


def label_volume(
    ids: npt.NDArray[np.integer], regions: Regions, placement: Placement, hemispheres: npt.NDArray[np.generic] | None
) -> Labels:
    """Turn a volume of identifiers into rows of the lateralised table, on cubes along x, y, z; as `make_atlas` says."""
    if regions.is_lateralised:
        raise InvalidAtlas("the hemispheres are told apart here: give a table with every structure once")
    try:
        rows = look_up_rows(ids, regions)
    except RegionNotFound as error:
        raise InvalidAtlas(f"the volume and the region table do not belong together: {error}") from error
    labels = np.asfortranarray(placement.turn(rows)).astype(np.uint16)
    if hemispheres is not None:
        left = placement.turn(hemispheres) == 1
    else:
        x = placement.place(labels.shape)[0] + np.arange(len(labels)) * min(placement.edges_xyz()) * 1e-6
        left = (x < 0)[:, None, None]
    return tell_sides(labels, left, regions)


def make_regions(
    ids: Sequence[int],
    acronyms: Sequence[str],
    *,
    parents: Sequence[int | None] | None = None,
    names: Sequence[str] | None = None,
    rgb: npt.ArrayLike | None = None,
) -> Regions:
    """Make a region table from columns, one entry for each structure, in any order.

    Parameters
    ----------
    ids : (n,) sequence of int
        Positive identifiers, each once.
    acronyms : (n,) sequence of str
        Short names, each once.
    parents : (n,) sequence of int, optional
        Identifier of the structure that each is a part of; None, 0 or its own for one that is part of no other. By
        default all are parts of a root that is added.
    names : (n,) sequence of str, optional
        By default the acronyms.
    rgb : (n, 3) array, optional
        Colours from 0 to 255; by default hues that differ.

    Returns
    -------
    Regions
        Void, then every structure after the one that it is part of.

    Raises
    ------
    InvalidAtlas
        If columns differ in length, an identifier or acronym comes twice, or the parents make no tree.
    """
    keys = _whole_numbers(ids)
    above = [0] * len(keys) if parents is None else _whole_numbers(parents)
    labels = list(names if names is not None else acronyms)
    colors = _rainbow(len(keys)) if rgb is None else _check_colours(rgb)
    if not len(keys) == len(acronyms) == len(above) == len(labels) == len(colors):
        raise InvalidAtlas(f"{len(keys)} identifiers do not go with {len(acronyms)} acronyms and their columns")
    _check_unique(keys, acronyms)
    order = _order_tree(keys, above)
    row_of = {keys[place]: row for row, place in enumerate(order, 1)}
    return Regions(
        ids=np.array([0, *(keys[place] for place in order)], dtype=np.int64),
        acronyms=("void", *(str(acronyms[place]) for place in order)),
        names=("void", *(str(labels[place]) for place in order)),
        parents=np.array([0, *(row_of.get(above[place], row) for row, place in enumerate(order, 1))], dtype=np.int64),
        rgb=np.concatenate([np.zeros((1, 3), np.uint8), colors[order]]),
    )


def _check_unique(ids: Sequence[int], acronyms: Sequence[str]) -> None:
    for what, column in (("identifier", ids), ("acronym", acronyms)):
        seen: set[object] = set()
        twice = next((each for each in column if each in seen or seen.add(each)), None)  # type: ignore[func-returns-value]
        if twice is not None:
            raise InvalidAtlas(f"the {what} {twice!r} stands twice in the region table")
    if min(ids, default=1) <= 0:
        raise InvalidAtlas(f"identifiers of regions are positive (0 is void), not {min(ids)}")
    if unnamed := [each for each in acronyms if each in {None, "", "void"}]:
        raise InvalidAtlas(f"an acronym is a text, and 'void' is what is outside of the brain; not {unnamed[0]!r}")
    if len(ids) > _MOST:
        raise InvalidAtlas(f"{len(ids)} regions are too many: two sides of {_MOST} go into a volume of uint16")


def _whole_numbers(column: Iterable[Any]) -> list[int]:
    """Return identifiers; 0 where one is missing."""
    numbers = [0 if is_missing(each) else each for each in column]
    for each in numbers:
        if isinstance(each, str) or not float(each).is_integer() or abs(each) >= 2**53:
            raise InvalidAtlas(f"identifiers of regions are whole numbers, not {each!r}")
    return [int(each) for each in numbers]


def _check_colours(rgb: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    colours = check_numbers(rgb, "colours", InvalidAtlas)
    colours = colours.reshape(-1, 3) if colours.size == 0 else colours
    is_whole = np.isin(colours, np.arange(256)).all()
    if colours.ndim != 2 or colours.shape[1] != 3 or not is_whole:
        raise InvalidAtlas(f"a colour has three whole numbers from 0 to 255; these have shape {colours.shape}")
    return colours.astype(np.uint8)


def _order_tree(ids: Sequence[int], parents: Sequence[int]) -> list[int]:
    """Return the places of structures with every one after its parent, brothers in the order given."""
    place_of = {identifier: place for place, identifier in enumerate(ids)}
    children: dict[int, list[int]] = {}
    for place, parent in enumerate(parents):
        if parent != ids[place] and parent not in place_of and parent != 0:
            raise InvalidAtlas(f"region {ids[place]} is part of {parent}, which is not in the region table")
        children.setdefault(-1 if parent in (0, ids[place]) else place_of[parent], []).append(place)
    order: list[int] = []
    waiting = children.get(-1, [])[::-1]
    while waiting:
        place = waiting.pop()
        order.append(place)
        waiting.extend(reversed(children.get(place, [])))
    if len(order) < len(ids):
        lost = ids[next(place for place in range(len(ids)) if place not in set(order))]
        raise InvalidAtlas(f"region {lost} is part of itself: the parents make no tree")
    return order


def _rainbow(n: int) -> npt.NDArray[np.uint8]:
    colors = [colorsys.hsv_to_rgb(row * 0.618 % 1, 0.55, 0.95) for row in range(n)]
    return (np.array(colors).reshape(n, 3) * 255).astype(np.uint8)
