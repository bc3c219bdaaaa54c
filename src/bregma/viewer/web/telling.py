"""What a page shows beside the picture, as plain data for a browser."""

from collections import Counter
from typing import Any

from bregma.viewer.panels.controls import COLOUR_MAPS, Kind, list_controls
from bregma.viewer.panels.css import css_colour
from bregma.viewer.panels.regions import drawn_regions, list_regions, search_regions
from bregma.viewer.panels.rows import COORDINATES, list_rows, signed
from bregma.viewer.panels.slicing import STEEPEST, range_mm, read_placing
from bregma.viewer.panels.ticks import clock
from bregma.viewer.scene.layers.volumes import Slice
from bregma.viewer.scene.player import Player
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import Pick, View


def tell_layers(scene: Scene) -> list[dict[str, Any]]:
    """Return the layers: name, words, colour, whether drawn, how solid, and the heading they stand under."""
    return [
        {
            "name": row.name,
            "words": row.words,
            "colour": css_colour(row.colours),
            "visible": row.visible,
            "opacity": row.opacity,
            "group": row.group,
        }
        for row in list_rows(scene)
    ]


def tell_time(scene: Scene, player: Player) -> dict[str, Any]:
    """Return the time axis: its ends, the moment and events on it, and whether it plays; ends of None are no axis."""
    timeline = player.timeline
    span = timeline.span
    if span is None:
        return {"span": None, "moment": 0.0, "words": "", "events": [], "playing": False}
    first, last = span
    width = max(last - first, 1e-9)
    marks = [
        {"label": f"{event.label} ({clock(event.time, width)})", "colour": css_colour((event.rgb,))}
        | {"place": 100 * (event.time - first) / width, "time": event.time}
        for event in timeline.events
        if first <= event.time <= last
    ]
    words = f"{clock(scene.state.moment, width)} of {clock(last, width)}"
    moment = {"span": [first, last], "moment": scene.state.moment, "words": words, "step": width / 1000}
    return moment | {"events": marks, "playing": player.is_playing, "speed": player.speed}


def tell_pick(pick: Pick | None, scene: Scene) -> str:
    """Return in a line what is under the mouse or selected; empty for nothing."""
    if pick is None:
        return ""
    name = ""
    if pick.region and scene.has_atlas:
        regions = scene.atlas.regions.structures
        name = f"{pick.region}, {regions.names[regions.row(pick.region)]}"
    value = "" if pick.value is None else f"{pick.value:.4g}{_unit_of(pick.layer, scene)}"
    element = pick.label or ("" if pick.index is None else f"no. {pick.index + 1:,}")
    place = ", ".join(f"{axis} {signed(part * 1e3)}" for axis, part in zip(COORDINATES, pick.xyz, strict=True))
    known = [] if pick.layer == pick.region else [pick.layer]
    known += [] if element in name else [element]
    return " · ".join(part for part in (*known, name, value, f"{place} mm") if part)


def tell_scene(scene: Scene, player: Player) -> dict[str, Any]:
    """Return all that a small page needs."""
    return {
        "title": scene.title,
        "layers": tell_layers(scene),
        "views": [view.value for view in View],
        "view": "" if scene.camera.is_free else scene.camera.view.value,
        "time": tell_time(scene, player),
        "selected": tell_pick(scene.state.selection, scene),
        "canUndo": scene.can_undo,
        "canRedo": scene.can_redo,
    }


def _unit_of(name: str, scene: Scene) -> str:
    layer = scene.state.find(name)
    values = layer.coloured_by if layer is not None else None
    return f" ({values.label})" if values is not None and values.label else ""


def tell_regions(scene: Scene, query: str, parent: str) -> dict[str, Any]:
    """Return a list of regions: what a text finds, else what is inside a region, and the way to there."""
    if not scene.has_atlas:
        return {"rows": [], "path": []}
    known = {row.row: row for row in list_regions(scene.atlas)}
    inside = Counter(row.parent for row in known.values() if row.parent != row.row)
    first = min(known, default=0)
    here = next((row.row for row in known.values() if row.acronym == parent), first)
    found = search_regions(scene.atlas, query) if query.strip() else [
        row for row in known.values() if row.parent == here and row.row != here
    ]  # fmt: skip
    drawn = drawn_regions(scene)
    rows = [
        {"acronym": row.acronym, "name": row.name, "colour": css_colour((row.rgb,))}
        | {"drawn": row.acronym in drawn, "inside": inside[row.row]}
        for row in found
    ]
    path: list[str] = []
    while here in known and here != first:
        path.insert(0, known[here].acronym)
        here = known[here].parent
    return {"rows": rows, "path": path}


def tell_inspector(scene: Scene, name: str) -> dict[str, Any]:
    """Return what can be changed of a layer: its controls, and for a slice where it is; empty for no layer."""
    layer = scene.state.find(name)
    if layer is None:
        return {"name": "", "controls": [], "placing": None}
    controls = [
        {"path": one.path, "label": one.label, "kind": one.kind.value, "tip": one.tip, "low": one.low, "high": one.high}
        | {"unit": one.unit, "value": _plain(one.read(layer), one.kind), "section": one.section}
        | {"choices": list(one.choices or (COLOUR_MAPS if one.kind is Kind.COLOURS else ()))}
        for one in list_controls(layer, scene)
        if one.path != "opacity"
    ]
    placing = _tell_placing(layer, scene) if isinstance(layer, Slice) else None
    return {"name": name, "controls": controls, "placing": placing}


def _plain(value: Any, kind: Kind) -> Any:
    return css_colour((value,)) if kind is Kind.COLOUR else value


def _tell_placing(layer: Slice, scene: Scene) -> dict[str, Any]:
    placing = read_placing(layer)
    low, high = range_mm(scene, placing.axis)
    towards = [f"Tilt towards {name}" for name in placing.tilted_towards]
    position = {"coordinate": placing.coordinate, "position": round(placing.position_mm, 3), "low": low, "high": high}
    return position | {"tilts": list(placing.tilts), "towards": towards, "steepest": STEEPEST}
