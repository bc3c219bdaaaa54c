"""Kinds of files that a scene is written to, as a dialog offers them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bregma.viewer.scene.scene import Scene


@dataclass(frozen=True)
class ExportKind:
    """One kind of file.

    Parameters
    ----------
    label, words : str
        What it is called, and what it is good for.
    ending : str
        Of its name.
    has_size, may_be_transparent, is_movie : bool
        What has to be asked for.
    """

    label: str
    ending: str
    words: str
    has_size: bool = True
    may_be_transparent: bool = False
    is_movie: bool = False


@dataclass(frozen=True)
class Export:
    """What is asked for.

    Parameters
    ----------
    size : tuple of 2 int
        Width and height, in pixels.
    transparent : bool
        Whether the background is left out.
    seconds : float
        Length of a movie.
    turns : bool
        Whether the brain turns once around in it; what changes with time runs anyway.
    progress : callable, optional
        Called with the share of a movie that is done; what it raises ends the movie.
    """

    size: tuple[int, int] = (2400, 1500)
    transparent: bool = False
    seconds: float = 8.0
    turns: bool = False
    progress: Callable[[float], None] | None = None


KINDS = (
    ExportKind(
        "Picture (PNG)", ".png", "Sharp at any size, with legend, scale bar and credit.", may_be_transparent=True
    ),
    ExportKind("Picture (JPEG)", ".jpg", "Small, for slides."),
    ExportKind("Figure (PDF)", ".pdf", "For papers: the letters stay letters.", may_be_transparent=True),
    ExportKind("Figure (SVG)", ".svg", "For drawing programs: the letters stay letters.", may_be_transparent=True),
    ExportKind("Movie (MP4)", ".mp4", "The brain as its time runs, as it turns, or both.", is_movie=True),
    ExportKind("Movie (GIF)", ".gif", "As MP4, for pages that play no movies.", is_movie=True),
    ExportKind("Page (HTML)", ".html", "One file that turns in any browser, without a server.", has_size=False),
    ExportKind("3D shapes (GLB)", ".glb", "Surfaces for Blender and PowerPoint.", has_size=False),
    ExportKind("Scene (JSON)", ".json", "Everything, to be opened here again.", has_size=False),
)


def make_export(scene: Scene, kind: ExportKind, export: Export) -> Callable[[Path], Path]:
    """Return what writes the scene to a path."""
    how: dict[str, Any] = {}
    if kind.has_size:
        how["size"] = export.size
    if kind.may_be_transparent and export.transparent:
        how["transparent"] = True
    if kind.is_movie:
        how |= {"seconds": export.seconds, "progress": export.progress} | ({"turn": 360.0} if export.turns else {})
    return lambda path: scene.save(path, **how)
