"""The brain on screen: bregma view."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bregma.cli.output import print_record, say

if TYPE_CHECKING:
    from bregma.viewer import Scene

DEFAULT_REGIONS = ("TH", "CA1")
PICTURE_SIZE = (1200, 750)


def view(
    out: Annotated[Path | None, typer.Option(help="Write a PNG here instead of opening a page.")] = None,
    atlas: Annotated[Path | None, typer.Option(help="Allen annotation volume (NRRD).")] = None,
    units: Annotated[Path | None, typer.Option(help="Positions of units (npz), as the demo makes them.")] = None,
    region: Annotated[list[str] | None, typer.Option(help="Acronym of a region to draw; repeat for several.")] = None,
    phantom: Annotated[bool, typer.Option("--phantom", help="A labelled phantom when there is no atlas.")] = False,
    host: Annotated[str, typer.Option(help="Address to serve the page on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of the page; 0 takes a free one.", min=0, max=65535)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the brain in a page, or draw it into a PNG."""
    scene = make_scene(atlas, units, tuple(region or DEFAULT_REGIONS), phantom=phantom)
    if out is not None:
        scene.save(out)
        print_record({"picture": out}, as_json=as_json)
        return
    from bregma.viewer.web import serve

    serve(scene, host=host, port=port, ready=lambda url: say(f"The brain is at {url} (Ctrl-C ends it)"))


def make_scene(atlas: Path | None, units: Path | None, regions: tuple[str, ...], *, phantom: bool) -> Scene:
    """Return the annotation volume with a few regions, and insertions with their units where given.

    The page draws in software on many machines, so the volume of an atlas file is used as it is given, and the
    one from the cache or the Allen server at 50 micrometres.
    """
    import numpy as np

    from bregma.atlas import AtlasNotFound, load_atlas, phantom_atlas
    from bregma.viewer import Scene

    try:
        volume = load_atlas(atlas)
    except AtlasNotFound:
        if atlas is not None or not phantom:
            raise
        say("no Allen annotation here or to be had; a phantom stands in (--atlas FILE draws a brain)")
        volume = phantom_atlas()
    scene = Scene(title="Recordings in the brain").add_annotation(volume)
    for acronym in regions:
        scene.add_region(acronym, opacity=0.45)
    if units is not None:
        with np.load(units) as stored:
            traced = np.isfinite(stored["entry"]).all(axis=1) & np.isfinite(stored["tip"]).all(axis=1)
            labels = tuple(stored["labels"][traced].tolist())
            scene.add_insertions(stored["entry"][traced], stored["tip"][traced], labels=labels, opacity=0.25)
            scene.add_points(stored["xyz"], name="units and recording sites", size=3)
    return scene


def save_picture(path: Path, atlas: Path | None, units: Path) -> None:
    """Draw the brain of the demo into a PNG."""
    make_scene(atlas, units, DEFAULT_REGIONS, phantom=True).save(path, size=PICTURE_SIZE)
