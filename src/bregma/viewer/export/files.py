"""Which ending means what."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from inspect import signature
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
    parameters = signature(writer).parameters
    if "how" not in parameters:
        _check_known(path, how, [name for name in parameters if name not in ("scene", "path", "size")])
    writer(scene, path, size, **how)
    return path


def _check_known(path: Path, how: Mapping[str, Any], known: Collection[str]) -> None:
    unknown = sorted(how.keys() - set(known))
    if unknown:
        raise ViewerError(f"{path.suffix} takes {', '.join(known) or 'nothing'} besides the size; not {unknown[0]!r}")


def _write_data(scene: Scene, path: Path, size: tuple[int, int]) -> None:
    with atomic_write(path) as file:
        file.write(json.dumps(scene.to_dict()).encode("utf-8"))


def _write_picture(
    scene: Scene, path: Path, size: tuple[int, int], *, transparent: bool = False, lettered: bool = True
) -> None:
    from bregma.viewer.render import save_picture

    save_picture(scene, path, size=size, transparent=transparent, lettered=lettered)


def _write_vector(scene: Scene, path: Path, size: tuple[int, int], *, transparent: bool = False) -> None:
    from bregma.viewer.export.vector import save_vector

    save_vector(scene, path, size, transparent=transparent)


def _write_page(scene: Scene, path: Path, size: tuple[int, int]) -> None:
    from bregma.viewer.export.html import save_html

    save_html(scene, path)


def _write_movie(scene: Scene, path: Path, size: tuple[int, int], **how: Any) -> None:
    from bregma.viewer.export.movie import Movie, save_movie

    known = [field.name for field in fields(Movie)]
    _check_known(path, how, known)
    save_movie(scene, path, size, Movie(**how))


def _write_archive(scene: Scene, path: Path, size: tuple[int, int]) -> None:
    from bregma.viewer.export.html import save_archive

    save_archive(scene, path)


def _write_gltf(scene: Scene, path: Path, size: tuple[int, int]) -> None:
    from bregma.viewer.export.gltf import save_gltf

    save_gltf(scene, path)


_WRITERS: dict[str, Callable[..., None]] = {
    ".png": _write_picture,
    ".jpg": _write_picture,
    ".jpeg": _write_picture,
    ".pdf": _write_vector,
    ".svg": _write_vector,
    ".mp4": _write_movie,
    ".gif": _write_movie,
    ".json": _write_data,
    ".html": _write_page,
    ".vtksz": _write_archive,
    ".glb": _write_gltf,
}
