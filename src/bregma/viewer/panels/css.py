"""Colours as a browser writes them."""

from typing import Any

from bregma.viewer.render.legends import format_range
from bregma.viewer.scene.arrays import Colour
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.values import colour_table


def css_colour(colours: tuple[Colour, ...]) -> str:
    """Return colours as CSS writes them: one as it is, several as a gradient."""
    stops = ["#" + bytes(colour).hex() for colour in colours]
    return stops[0] if len(set(stops)) == 1 else f"linear-gradient(135deg, {', '.join(stops)})"


def tell_bars(scene: Scene) -> list[dict[str, Any]]:
    """Return the colour bars of the layers that are coloured by numbers and drawn."""
    bars = []
    for layer in scene.layers:
        values = layer.coloured_by
        if values is not None and layer.visible:
            low, high = format_range(*values.bounds)
            colours = ", ".join("#" + bytes(colour).hex() for colour in colour_table(values.colormap)[::15])
            about = {"layer": layer.name, "label": values.label or layer.name, "low": low, "high": high}
            bars.append(about | {"colour": f"linear-gradient(90deg, {colours})"})
    return bars
