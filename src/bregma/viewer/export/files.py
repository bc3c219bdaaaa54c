"""Which ending means what."""

import json
from pathlib import Path
from typing import Any

from bregma.alf import atomic_write
from bregma.viewer.errors import ViewerError
from bregma.viewer.scene.scene import Scene


def save_scene(scene: Scene, path: Path, *, size: tuple[int, int], **how: Any) -> Path:
    """Write a scene; nothing partial is left when it fails.

    Raises
    ------
    ViewerError
        If no file has this ending, or the kind of file does not take what is asked for.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise ViewerError(f"a scene is saved as {', '.join(_WRITERS)}; not as {path.name!r}")
    writer(scene, path, size, **how)
    return path


def _write_data(scene: Scene, path: Path, size: tuple[int, int]) -> None:
    with atomic_write(path) as file:
        file.write(json.dumps(scene.to_dict()).encode("utf-8"))


def _write_picture(scene: Scene, path: Path, size: tuple[int, int]) -> None:
    from bregma.viewer.render import save_picture

    save_picture(scene, path, size=size)


def _write_page(scene: Scene, path: Path, size: tuple[int, int]) -> None:
    from bregma.viewer.export.html import save_html

    save_html(scene, path)


_WRITERS = {".png": _write_picture, ".json": _write_data, ".html": _write_page}
