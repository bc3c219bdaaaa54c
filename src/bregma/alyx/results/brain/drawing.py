"""Draws scenes in a process of its own: no graphics in a web process, one at a time, and what was drawn is kept."""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from bregma.atlas import list_allen

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "BREGMA_ATLAS"
KINDS = {"png": "image/png", "html": "text/html"}
SECONDS = 90
"""That one drawing may take, and that another one may wait for it."""
_MOST_KEPT = 400
_RESOLUTION_UM = 50

logger = logging.getLogger(__name__)


class NoAtlasHere(LookupError):
    """This server has no atlas: places could be shown in nothing that is a brain."""


class NotDrawn(RuntimeError):
    """The drawing failed, or took too long."""


def find_atlas() -> Path:
    """Return the annotation volume of this server, or raise NoAtlasHere, which says how to get one.

    A phantom is never taken instead: its ellipsoids would be mistaken for a brain.
    """
    given = os.environ.get(VARIABLE)
    if given and not Path(given).exists():
        raise NoAtlasHere(f"This server has no brain atlas: {VARIABLE} names {Path(given).name}, which is not there.")
    if given:
        return Path(given)
    here = {(file.kind, file.resolution_um): path for file, path in list_allen() if path is not None}
    found = here.get(("annotation", _RESOLUTION_UM)) or here.get(("annotation", 25))
    if found is None:
        raise NoAtlasHere(
            "This server has no brain atlas. Who runs it gets Allen's with `bregma atlas download`, "
            f"or names a file in the variable {VARIABLE}."
        )
    return found


def draw(scene: dict[str, Any], kind: str) -> Path:
    """Return the file of a scene, drawn now unless it has been drawn before.

    Raises
    ------
    NoAtlasHere
        If this server has no atlas.
    NotDrawn
        If the drawing fails, or does not come to its turn in time.
    """
    atlas = find_atlas()
    text = json.dumps(scene, sort_keys=True)
    about = f"{atlas}:{atlas.stat().st_mtime_ns}:{text}"
    folder = Path(settings.MEDIA_ROOT).parent / "drawn"
    target = folder / f"{hashlib.sha256(about.encode()).hexdigest()[:40]}.{kind}"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(folder / ".lock"):
            if not target.exists():
                _run(text, atlas, target)
                _forget_old(folder)
    return target


def _run(text: str, atlas: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        scene, made = Path(scratch) / "scene.json", Path(scratch) / target.name
        scene.write_text(text, encoding="utf-8")
        options = ["--scene", str(scene), "--atlas", str(atlas), "--out", str(made), "--size", "1200x750"]
        try:
            run = subprocess.run(
                [sys.executable, "-m", "bregma", "view", *options],
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise NotDrawn(f"the drawing took more than {SECONDS} s") from error
        if run.returncode or not made.exists():
            logger.error("a scene was not drawn: %s", run.stderr[-2000:])
            raise NotDrawn("the viewer could not draw this; the server's log says why")
        made.replace(target)


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    end = time.monotonic() + SECONDS
    with lock.open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise NotDrawn("other drawings take too long; try again later") from None
                time.sleep(0.1)
        yield


def _forget_old(folder: Path) -> None:
    """Keep what was drawn last; everything can be drawn again."""
    drawn = sorted(folder.glob("*.*"), key=lambda file: file.stat().st_mtime, reverse=True)
    for old in drawn[_MOST_KEPT:]:
        if old.suffix[1:] in KINDS:
            old.unlink(missing_ok=True)
