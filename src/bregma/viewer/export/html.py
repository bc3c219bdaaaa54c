"""A scene as one page that needs nothing else: no server, no network; the browser draws it with vtk.js."""

import base64
import html
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from bregma.alf import atomic_write
from bregma.viewer.errors import ViewerError
from bregma.viewer.export.blocks import block_of_image, block_of_labels
from bregma.viewer.export.shapes import find_shapes
from bregma.viewer.export.vtkjs import Block, Shape, Stage
from bregma.viewer.panels.css import css_colour, tell_bars
from bregma.viewer.panels.rows import LayerRow, list_rows
from bregma.viewer.render.camera import place_camera
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.layers.objects import Text
from bregma.viewer.scene.layers.regions import AnnotationVolume, RegionSurfaces
from bregma.viewer.scene.layers.volumes import ImageVolume
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import Camera, View

_SQUARE = (1000, 1000)
_DETAIL_UM = 150.0
#: vtk.js would fetch the icon of the tab from its makers.
_ICONS = "https://kitware.github.io/vtk-js/icon/favicon-"
#: Only what is inside the page may run or load: a page that came from somewhere can reach nobody.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; connect-src data: blob:"
)


@dataclass(frozen=True)
class Row:
    """A layer as the page lists it.

    Parameters
    ----------
    name, words, colour : str
        What is written, and the colour of the dot beside it.
    props : list of int
        Which of the things drawn belong to it.
    opacity : float
        At first.
    visible, fades : bool
        Whether it is drawn at first, and whether its opacity can be chosen.
    """

    name: str
    words: str
    colour: str
    props: list[int]
    opacity: float
    visible: bool
    fades: bool


def save_html(scene: Scene, path: Path) -> None:
    """Write a scene as a page, which fills the window of the browser that opens it.

    Raises
    ------
    ViewerError
        If trame-vtk, which carries the page's renderer, is not installed.
    """
    text = make_page(scene)
    with atomic_write(path) as file:
        file.write(text.encode("utf-8"))


def save_archive(scene: Scene, path: Path) -> None:
    """Write a scene as the archive (.vtksz) that vtk.js and ParaView Glance open: what the page draws, without it."""
    stage, _, missing = _draw(scene)
    if missing:
        raise ViewerError(f"a {path.suffix} cannot hold {missing[0]!r}; hide or remove it first")
    with atomic_write(path) as file:
        file.write(stage.pack(hide_volumes=False, credit=scene.credit))


def make_page(scene: Scene) -> str:
    """Return the page of a scene."""
    stage, rows, missing = _draw(scene)
    about = {
        "rows": [asdict(row) for row in rows],
        "count": sum(len(row.props) for row in rows),
        "views": {view.value: _camera(scene, Camera(view=view)) for view in View},
        "view": scene.camera.view.value if not scene.camera.is_free else "",
        "camera": _camera(scene, scene.camera),
        "bars": tell_bars(scene),
        "labels": [
            {"text": layer.text, "xyz": [part * 1e3 for part in layer.xyz], "colour": "#" + bytes(layer.rgb).hex()}
            for layer in scene.layers
            if isinstance(layer, Text) and layer.visible
        ],
        "notes": _notes(scene, missing),
        "scaleBar": scene.state.look.scale_bar,
    }
    return _fill(_read_viewer(), scene, about, stage.pack())


def _draw(scene: Scene) -> tuple[Stage, list[Row], list[str]]:
    background = tuple(part / 255 for part in scene.state.look.bottom)
    stage = Stage((background[0], background[1], background[2]), _camera(scene, scene.camera))
    rows: list[Row] = []
    missing: list[str] = []
    n = 0
    for layer, about in zip(scene.layers, list_rows(scene), strict=True):
        parts = list(_parts(layer, scene))
        for part in parts:
            stage.add_block(part) if isinstance(part, Block) else stage.add_shape(part)
        if parts:
            rows.append(_row(about, parts, range(n, n + len(parts))))
            n += len(parts)
        elif not isinstance(layer, Text):
            missing.append(layer.name)
    return stage, rows, missing


def _row(about: LayerRow, parts: list[Shape | Block], props: range) -> Row:
    fades = not any(isinstance(part, Block) for part in parts)
    return Row(about.name, about.words, css_colour(about.colours), list(props), about.opacity, about.visible, fades)


def _parts(layer: Layer, scene: Scene) -> Iterator[Shape | Block]:
    match layer:
        case AnnotationVolume():
            yield block_of_labels(layer, scene)
        case ImageVolume() if layer.blend != "isosurface":
            yield block_of_image(layer, scene)
        case Text():
            return
        case _:
            yield from find_shapes(layer, scene)


def _camera(scene: Scene, camera: Camera) -> dict[str, Any]:
    placed = place_camera(scene, _SQUARE, camera)
    return {
        "position": (placed.focus + placed.backwards * placed.distance).tolist(),
        "focalPoint": placed.focus.tolist(),
        "viewUp": placed.up.tolist(),
        "parallelProjection": 0 if camera.perspective else 1,
        "parallelScale": float(placed.half_height),
        "viewAngle": float(placed.view_angle),
    }


def _notes(scene: Scene, missing: list[str]) -> list[str]:
    notes = ["Region names under the mouse, search and moving slices need the live viewer."]
    if missing:
        notes.append(f"Not drawn in this file: {', '.join(missing)}.")
    if scene.span is not None:
        first, last = scene.span
        notes.append(f"One moment, {scene.state.moment:g} s, of {first:g} s to {last:g} s.")
    if any(isinstance(layer, (AnnotationVolume, ImageVolume, RegionSurfaces)) for layer in scene.layers):
        notes.append("Volumes, and the surfaces of all regions, are of coarser voxels.")
    if scene.credit and not scene.state.look.credit:
        notes.append(scene.credit)
    if len(scene.state.viewports) > 1:
        notes.append(f"One view of {len(scene.state.viewports)}.")
    return notes


def _read_viewer() -> str:
    try:
        viewer = files("trame_vtk.tools").joinpath("static_viewer.html")
        return viewer.read_text(encoding="utf-8").replace(_ICONS, "data:,")
    except ModuleNotFoundError as error:
        raise ViewerError("a page of its own needs trame-vtk: pip install 'bregma[viewer]'") from error


def _fill(viewer: str, scene: Scene, about: dict[str, Any], data: bytes) -> str:
    """Put our page around vtk.js, which comes with trame-vtk."""
    ours = files("bregma.viewer.export")
    title = html.escape(scene.title or "Brain")
    head = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><title>{title}</title>'
    style = f"<style>{ours.joinpath('page.css').read_text('utf-8')}</style>"
    look = scene.state.look
    values = {
        "title": title,
        "atlas": html.escape(scene.atlas.name if scene.has_atlas else ""),
        "phantom": "phantom" if scene.has_atlas and scene.atlas.is_phantom else "",
        "credit": html.escape(scene.credit if look.credit else ""),
        "notices": html.escape(ours.joinpath("notices.txt").read_text("utf-8")),
        "paper": "paper" if look.is_light else "",
        "top": "#" + bytes(look.top).hex(),
        "bottom": "#" + bytes(look.bottom).hex(),
        # `<` would end the script early; JSON knows another way to write it.
        "about": json.dumps(about).replace("<", "\\u003c"),
        "data": base64.b64encode(data).decode("ascii"),
        "script": ours.joinpath("page.js").read_text("utf-8"),
    }
    body = re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], ours.joinpath("page.html").read_text("utf-8"))
    viewer = re.sub(r"<title>.*?</title>", lambda _: head + style, viewer, count=1)
    # What the page shows must be there before the script of vtk.js, which is a module and runs last.
    return viewer.replace("<body>", "<body>" + body, 1)
