"""Parts of a picture side by side: three slices beside the brain, or the same brain again and again."""

from collections.abc import Sequence

from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.stage import Camera, View, Viewport

#: Each slice is seen from where an atlas shows it: left is left, and the nose points to the left.
FLAT_VIEWS = {"coronal": View.POSTERIOR, "sagittal": View.LEFT, "horizontal": View.DORSAL}
LAYOUTS = ("one", "four", "side")

Bounds = tuple[float, float, float, float]


def split_four(slices: dict[str, str]) -> tuple[Viewport, ...]:
    """Return three viewports, each with one slice straight from before, and one with the whole scene.

    Parameters
    ----------
    slices : dict of str to str
        Name of the layer of each direction: ``coronal``, ``sagittal``, ``horizontal``.
    """
    places = {"coronal": (0.0, 0.5, 0.5, 1.0), "sagittal": (0.5, 0.5, 1.0, 1.0), "horizontal": (0.0, 0.0, 0.5, 0.5)}
    return (*(_flat(one, slices[one], places[one]) for one in places), Viewport(bounds=(0.5, 0.0, 1.0, 0.5)))


def split_side(slices: dict[str, str]) -> tuple[Viewport, ...]:
    """Return one large viewport with the whole scene, and the three slices in a column beside it."""
    rows = enumerate(("coronal", "sagittal", "horizontal"))
    flat = (_flat(one, slices[one], (0.68, 1 - (row + 1) / 3, 1.0, 1 - row / 3)) for row, one in rows)
    return (Viewport(bounds=(0.0, 0.0, 0.68, 1.0)), *flat)


def split_groups(groups: Sequence[Sequence[str]], layers: Sequence[str]) -> tuple[Viewport, ...]:
    """Return one viewport for each group of layers, with one camera: what is in no group is drawn in all.

    Parameters
    ----------
    groups : sequence of sequence of str
        Names of the layers that only one viewport draws.
    layers : sequence of str
        Names there are.
    """
    grouped = {name for group in groups for name in group}
    unknown = sorted(grouped - set(layers))
    if unknown or not groups:
        raise InvalidLayer(f"no layer {unknown[0]!r} to show apart" if unknown else "say which layers to show apart")
    places = _grid(len(groups))
    return tuple(
        Viewport(bounds=place, hidden=tuple(sorted(grouped - set(group))), title=", ".join(group))
        for place, group in zip(places, groups, strict=True)
    )


def _flat(direction: str, layer: str, bounds: Bounds) -> Viewport:
    return Viewport(bounds=bounds, camera=Camera(view=FLAT_VIEWS[direction]), only=(layer,), title=layer)


def _grid(n: int) -> list[Bounds]:
    columns = next(columns for columns in range(1, n + 1) if columns * columns >= n)
    rows = -(-n // columns)
    return [
        (column / columns, 1 - (row + 1) / rows, (column + 1) / columns, 1 - row / rows)
        for row in range(rows)
        for column in range(columns)
    ][:n]
