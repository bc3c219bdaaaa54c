"""The brain on screen: bregma view."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bregma.cli.connecting import From, Offline, connect
from bregma.cli.errors import CommandFailed
from bregma.cli.output import print_record, say

if TYPE_CHECKING:
    from bregma.atlas import Atlas
    from bregma.viewer import Scene

DEFAULT_REGIONS = ("TH", "CA1")
PICTURE_SIZE = (1200, 750)
_OUTLINE = 0.12
_MOVIES = (".mp4", ".gif")
_COORDINATES = {"ml": "sagittal", "ap": "coronal", "dv": "horizontal"}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked to be seen.

    Parameters
    ----------
    atlas : Path, optional
        Annotation volume, or the folder of an atlas.
    resolution_um : int, optional
        Edge of a voxel of the Allen atlas.
    regions : tuple of str
        Whose surfaces are drawn.
    mapping : str
        Which regions are told apart.
    slices : tuple of str
        ``ap=-0.002`` and the like, in metres.
    values : Path, optional
        Table of numbers of regions.
    column, colormap : str, optional
        Which numbers of it, and their colours.
    units : Path, optional
        Units as the demo makes them.
    files : tuple of Path
        Whatever else the viewer reads.
    phantom : bool
        Whether a phantom stands in where there is no atlas.
    recorded : bool
        Whether recordings will be in it.
    """

    atlas: Path | None = None
    resolution_um: int | None = None
    regions: tuple[str, ...] = ()
    mapping: str = "Allen"
    slices: tuple[str, ...] = ()
    values: Path | None = None
    column: str | None = None
    colormap: str = "viridis"
    units: Path | None = None
    files: tuple[Path, ...] = field(default=())
    phantom: bool = False
    recorded: bool = False


def view(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Volumes, meshes, points, tables of values, saved scenes, folders of atlases."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write a picture, movie, page or scene here: .png .pdf .svg .mp4 .html .json …")
    ] = None,
    size: Annotated[str, typer.Option(help="Width x height of the picture, in pixels.")] = "1600x1000",
    atlas: Annotated[
        Path | None, typer.Option(help="Allen annotation volume (NRRD), or the folder of an atlas (BrainGlobe, Allen).")
    ] = None,
    resolution: Annotated[int | None, typer.Option(help="Voxels of the Allen atlas: 10, 25, 50 or 100 um.")] = None,
    mapping: Annotated[str, typer.Option(help="Regions to tell apart: Allen, Beryl, Cosmos, Swanson.")] = "Allen",
    region: Annotated[list[str] | None, typer.Option(help="Acronym of a region to draw; repeat for several.")] = None,
    slice_: Annotated[
        list[str] | None, typer.Option("--slice", help="Cut at ap=-0.002, ml= or dv= (metres from bregma); repeat.")
    ] = None,
    values: Annotated[Path | None, typer.Option(help="Table that colours regions: acronym or id, and numbers.")] = None,
    column: Annotated[str | None, typer.Option(help="Which numbers of --values [default: the first].")] = None,
    colormap: Annotated[str, typer.Option(help="Colours of the numbers, as matplotlib names them.")] = "viridis",
    insertion: Annotated[list[str] | None, typer.Option(help="Id of a probe insertion, through ONE; repeat.")] = None,
    session: Annotated[list[str] | None, typer.Option(help="Session, as `bregma ls` takes it; repeat.")] = None,
    place: From = None,
    offline: Offline = False,
    scene_file: Annotated[
        Path | None, typer.Option("--scene", help="A saved scene (JSON), shown as it is and with nothing besides.")
    ] = None,
    units: Annotated[Path | None, typer.Option(help="Positions of units (npz), as the demo makes them.")] = None,
    look_from: Annotated[str, typer.Option("--view", help="oblique, left, right, dorsal, ventral …")] = "oblique",
    window: Annotated[bool, typer.Option("--window", help="Open the application instead of a page.")] = False,
    phantom: Annotated[bool, typer.Option("--phantom", help="A labelled phantom when there is no atlas.")] = False,
    host: Annotated[str, typer.Option(help="Address to serve the page on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of the page; 0 takes a free one.", min=0, max=65535)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the brain in a page or a window, or write it into a file."""
    recordings = (*(insertion or ()), *(session or ()))
    default = () if recordings or files or values or slice_ else DEFAULT_REGIONS
    wanted = Wanted(
        atlas=atlas,
        resolution_um=resolution,
        regions=tuple(region or default),
        mapping=mapping,
        slices=tuple(slice_ or ()),
        values=values,
        column=column,
        colormap=colormap,
        units=units,
        files=tuple(files or ()),
        phantom=phantom,
        recorded=bool(recordings),
    )
    edges = read_size(size)
    scene = make_scene(wanted).look_from(look_from) if scene_file is None else load_scene(scene_file, wanted)
    if recordings:
        with connect(place, offline=offline) as one:
            for name in recordings:
                scene.add_insertions(one, name)
    if out is not None:
        print_record({"picture": write(scene, out, edges)}, as_json=as_json)
    elif window:
        scene.show("window")
    else:
        from bregma.viewer.web import serve

        # Not an option of the command: others on the machine see those.
        token = os.environ.get("BREGMA_VIEWER_TOKEN", "")
        told = "The brain is at {} (Ctrl-C ends it)"
        serve(scene, host=host, port=port, token=token, ready=lambda url: say(told.format(url)))


def write(scene: Scene, path: Path, size: tuple[int, int]) -> Path:
    """Write a scene into a file; of a movie, say at every tenth how far it is."""
    if path.suffix.lower() not in _MOVIES:
        return scene.save(path, size=size)
    told = 0

    def tell(share: float) -> None:
        nonlocal told
        if int(share * 10) > told:
            told = int(share * 10)
            say(f"{path.name}: {told * 10} %")

    return scene.save(path, size=size, progress=tell)


def make_scene(wanted: Wanted) -> Scene:
    """Return a scene with what is wanted in it."""
    from bregma.viewer import Scene
    from bregma.viewer.reading import add_units, open_file

    scene = Scene(title="" if wanted.units is None else "Recordings in the brain")
    # Regions and probes that are asked for are seen in an outline; in the colours of all others they would drown.
    outlined = bool(wanted.regions or wanted.recorded) and wanted.values is None
    scene.add_annotation(_load_atlas(wanted), mapping=wanted.mapping, visible=not outlined)
    if outlined:
        scene.add_region("root", opacity=_OUTLINE)
    for acronym in wanted.regions:
        scene.add_region(acronym, opacity=0.45)
    for text in wanted.slices:
        _add_slice(scene, text, wanted.mapping)
    if wanted.units is not None:
        add_units(scene, wanted.units)
    for path in wanted.files:
        assumed = open_file(scene, path)
        if assumed:
            say(assumed)
    if wanted.values is not None:
        _map_values(scene, wanted, wanted.values)
    return scene


def load_scene(path: Path, wanted: Wanted) -> Scene:
    """Return a saved scene, with the atlas that is given or here."""
    from bregma.viewer import Scene

    return Scene.load(path, atlas=_load_atlas(wanted))


def save_picture(path: Path, atlas: Path | None, units: Path) -> None:
    """Draw the brain of the demo into a PNG."""
    wanted = Wanted(atlas=atlas, units=units, regions=DEFAULT_REGIONS, phantom=True)
    make_scene(wanted).save(path, size=PICTURE_SIZE)


def _load_atlas(wanted: Wanted) -> Atlas:
    """Return the atlas of a file as it is given, and the one from the cache or the Allen server at 50 micrometres."""
    from bregma.atlas import AtlasNotFound, load_atlas, phantom_atlas

    try:
        return load_atlas(wanted.atlas, resolution_um=wanted.resolution_um)
    except AtlasNotFound:
        if wanted.atlas is not None or not wanted.phantom:
            raise
        say("no Allen annotation here or to be had; a phantom stands in (--atlas FILE draws a brain)")
        return phantom_atlas()


def _add_slice(scene: Scene, text: str, mapping: str) -> None:
    coordinate, _, place = text.partition("=")
    direction = _COORDINATES.get(coordinate.strip().lower())
    if direction is None:
        raise CommandFailed(f"a slice is ap=, ml= or dv= metres from bregma, such as ap=-0.002, not {text!r}")
    try:
        where: dict[str, Any] = {coordinate.strip().lower(): float(place)}
    except ValueError:
        raise CommandFailed(f"{place!r} of {text!r} is no number of metres, such as -0.002") from None
    scene.slice(direction, mapping=mapping, **where)  # type: ignore[arg-type] # one of the three


def _map_values(scene: Scene, wanted: Wanted, path: Path) -> None:
    from bregma.viewer.reading import read_values

    table = read_values(path, wanted.column)
    look = {"mapping": wanted.mapping, "colormap": wanted.colormap, "label": table.label}
    scene.map_values(table.values, table.regions, **look)


def read_size(text: str) -> tuple[int, int]:
    """Return width and height of ``1600x1000``, or raise CommandFailed."""
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise CommandFailed(f"a size is WIDTHxHEIGHT in pixels, such as 1600x1000, not {text!r}")
    return int(width), int(height)
