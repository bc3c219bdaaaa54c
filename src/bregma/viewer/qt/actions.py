"""Everything the application can do, once: menus, tool bar, shortcuts and the page of keys are made from it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence

from bregma.viewer.panels.slicing import DIRECTIONS, slice_along
from bregma.viewer.qt.icons import icon
from bregma.viewer.scene.building import Direction
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import Look, View

_VIEW_KEYS = {
    "oblique": "O",
    "left": "L",
    "right": "R",
    "dorsal": "D",
    "ventral": "V",
    "anterior": "A",
    "posterior": "P",
}
_SLICE_KEYS: dict[Direction, str] = {"coronal": "C", "sagittal": "S", "horizontal": "T"}

#: Keys that press buttons and move in trees where these have the focus.
_OF_THE_PICTURE = ("Space", "Home")


@dataclass(frozen=True)
class Action:
    """One thing that can be done.

    Parameters
    ----------
    menu : str
        Where it is found.
    label : str
        What it is called there.
    key : str
        Its shortcut, as Qt writes it.
    tip : str
        What it does, in a sentence.
    run : callable
        Does it.
    icon : str
        Of its button in the tool bar; empty for none there.
    """

    menu: str
    label: str
    key: str
    tip: str
    run: Callable[[], object]
    icon: str = ""


def list_actions(desk: Any) -> tuple[Action, ...]:
    """Return what a main window can do, in the order of its menus."""
    return (
        *_of_files(desk),
        *_of_editing(desk),
        *_of_adding(desk),
        *_of_seeing(desk),
        *_of_time(desk),
        *_of_help(desk),
    )


def make_action(action: Action, owner: Any) -> QAction:
    """Return it as Qt's."""
    made = QAction(action.label, owner)
    made.setShortcut(QKeySequence(action.key))
    made.setToolTip(f"{action.tip} ({made.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})")
    made.setStatusTip(action.tip)
    if action.key in _OF_THE_PICTURE:
        made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    made.triggered.connect(lambda *_: action.run())
    if action.icon:
        made.setIcon(icon(action.icon))
    return made


def toggle_look(scene: Scene, part: str) -> None:
    """Write something beside the brain, or leave it out."""
    look = scene.state.look
    changes: dict[str, Any] = {part: not getattr(look, part)}
    scene.change(look=replace(look, **changes))


def toggle_paper(scene: Scene) -> None:
    """Change between the dark background and that of print."""
    look, wanted = scene.state.look, Look() if scene.state.look.is_light else Look.paper()
    scene.change(look=replace(look, top=wanted.top, bottom=wanted.bottom))


def toggle_perspective(scene: Scene) -> None:
    """Change between parallel lines of sight and perspective."""
    scene.change(camera=replace(scene.camera, perspective=not scene.camera.perspective))


def _of_files(desk: Any) -> tuple[Action, ...]:
    return (
        Action(
            "File",
            "Open files …",
            "Ctrl+O",
            "Open volumes, meshes, points, values or a saved scene",
            desk.ask_files,
            "open",
        ),
        Action(
            "File",
            "Open a recording …",
            "Ctrl+Shift+O",
            "Open a session or an insertion through ONE",
            desk.ask_one,
            "one",
        ),
        Action(
            "File",
            "Export …",
            "Ctrl+E",
            "Write a picture, a movie, a page or the scene itself",
            desk.ask_export,
            "export",
        ),
        Action("File", "Quit", "Ctrl+Q", "Close the window", desk.close),
    )


def _of_editing(desk: Any) -> tuple[Action, ...]:
    bench, scene = desk.bench, desk.bench.scene
    return (
        Action("Edit", "Undo", "Ctrl+Z", "Take the last step back", scene.undo, "undo"),
        Action("Edit", "Redo", "Ctrl+Shift+Z", "Do again what was undone", scene.redo, "redo"),
        Action("Edit", "Show or hide the layer", "H", "Show or hide the layer in hand", desk.toggle_layer),
        Action("Edit", "Remove the layer", "Del", "Take the layer in hand out of the scene", desk.remove_layer),
        Action("Edit", "Select nothing", "Esc", "Let go of what is selected", lambda: scene.change(selection=None)),
        Action("Edit", "Find a region", "Ctrl+F", "Search the tree of regions", desk.find_region),
        Action("Edit", "Clear the problem", "Ctrl+.", "Close the message of what went wrong", lambda: bench.tell("")),
    )


def _of_adding(desk: Any) -> tuple[Action, ...]:
    bench, scene, keys = desk.bench, desk.bench.scene, _SLICE_KEYS
    slices = (
        Action(
            "Add",
            f"{one.capitalize()} slice",
            f"Shift+{keys[one]}",
            f"Cut the brain along a {one} plane",
            _slicer(desk, one),
        )
        for one in DIRECTIONS
    )
    return (
        *slices,
        Action(
            "Add",
            "Slice along the probe",
            "Shift+I",
            "Cut the brain along the probe that is selected",
            lambda: bench.attempt(lambda: slice_along(scene, bench.chosen)),
        ),
        Action(
            "Add", "Annotation", "Shift+A", "Show every region as a volume", lambda: bench.attempt(scene.add_annotation)
        ),
        Action(
            "Add",
            "All surfaces",
            "Shift+R",
            "Show the surface of every region",
            lambda: bench.attempt(lambda: add_surfaces(scene)),
        ),
        Action(
            "Add",
            "Template",
            "Shift+V",
            "Show the atlas's template as a volume",
            lambda: bench.attempt(lambda: add_template(scene)),
        ),
    )


def _slicer(desk: Any, direction: Direction) -> Callable[[], object]:
    return lambda: desk.slices.add(direction)


def add_surfaces(scene: Scene) -> None:
    """Add the surfaces of all regions."""
    from bregma.viewer.scene.layers.regions import RegionSurfaces

    _ = scene.atlas
    scene.add(RegionSurfaces())


def add_template(scene: Scene) -> None:
    """Add the template of the atlas."""
    from bregma.viewer.scene.layers.volumes import ImageVolume

    _ = scene.atlas
    scene.add(ImageVolume(name="Template"))


def _of_seeing(desk: Any) -> tuple[Action, ...]:
    bench, scene = desk.bench, desk.bench.scene

    def look(view: View) -> Callable[[], object]:
        return lambda: scene.look_from(view)

    def split(layout: str) -> Callable[[], object]:
        return lambda: bench.attempt(lambda: scene.split(layout))

    def write(part: str) -> Callable[[], object]:
        return lambda: toggle_look(scene, part)

    return (
        *(
            Action("View", one.value.capitalize(), _VIEW_KEYS[one.value], f"See the brain from {one.value}", look(one))
            for one in View
        ),
        Action(
            "View",
            "Whole brain",
            "Home",
            "Put the brain back into the picture",
            lambda: scene.look_from(scene.camera.view),
            "fit",
        ),
        Action(
            "View", "Perspective", "Shift+P", "Let what is far look small", lambda: toggle_perspective(scene), "depth"
        ),
        Action("View", "One picture", "1", "One picture of everything", split("one"), "single"),
        Action("View", "Slices and brain", "2", "Three slices and the brain, in equal parts", split("four"), "four"),
        Action("View", "Brain and slices", "3", "A large brain with three slices beside it", split("side"), "side"),
        Action("View", "Light or dark", "B", "Change to the background of print and back", lambda: toggle_paper(scene)),
        Action("View", "Legend", "Ctrl+1", "Write the legend, or leave it out", write("legend")),
        Action("View", "Scale bar", "Ctrl+2", "Draw the scale bar, or leave it out", write("scale_bar")),
        Action("View", "Axes", "Ctrl+3", "Draw the axes, or leave them out", write("axes")),
        Action("View", "Credit", "Ctrl+4", "Write whose atlas it is, or leave it out", write("credit")),
    )


def _of_time(desk: Any) -> tuple[Action, ...]:
    time = desk.transport
    return (
        Action("Time", "Play or pause", "Space", "Let the time run, or stand", time.toggle),
        Action("Time", "One moment on", ".", "Go to the next moment at which something changes", lambda: time.step(1)),
        Action("Time", "One moment back", ",", "Go to the moment before", lambda: time.step(-1)),
        Action("Time", "Next event", "Shift+.", "Go to the next marker", lambda: time.to_event(1)),
        Action("Time", "Event before", "Shift+,", "Go to the marker before", lambda: time.to_event(-1)),
        Action("Time", "Loop", "Ctrl+L", "Begin again at the end", time.loop.click),
    )


def _of_help(desk: Any) -> tuple[Action, ...]:
    return (Action("Help", "Keys and mouse", "F1", "Show what keys and mouse do", desk.show_keys),)
