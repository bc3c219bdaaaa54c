"""Answers of a server kept for some minutes in files that only their owner may read."""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bregma.one.server.private import write_private

if TYPE_CHECKING:
    from pathlib import Path

EXPIRY = timedelta(minutes=5)
_MOST = 1000
MISSING = object()


class RestCache:
    """Answers to GET, one file each, named by who asked what; old ones are removed as new ones come.

    A folder that cannot be written keeps nothing. A write to the server by the same client forgets everything.

    Parameters
    ----------
    folder : Path
        The folder; made when the first answer is kept.
    expiry : timedelta
        How long answers are good.
    """

    def __init__(self, folder: Path, expiry: timedelta = EXPIRY) -> None:
        self.folder = folder
        self.expiry = expiry

    def find(self, who: str, url: str) -> Any:
        """Return the answer that was kept, or MISSING."""
        try:
            until, answer = json.loads(self._path(who, url).read_text(encoding="utf-8"))
        except (OSError, ValueError, TypeError):
            return MISSING
        return answer if until > time.time() else MISSING

    def keep(self, who: str, url: str, answer: object, expiry: timedelta | None = None) -> None:
        """Keep an answer until it expires."""
        content = [time.time() + (expiry or self.expiry).total_seconds(), answer]
        try:
            self._prune()
            write_private(self._path(who, url), json.dumps(content))
        except OSError:
            return  # read-only or full: the answer is asked for again next time

    def clear(self) -> None:
        """Forget every answer."""
        for path in self._files():
            with suppress(PermissionError):  # of another person who shares the folder
                path.unlink(missing_ok=True)

    def _path(self, who: str, url: str) -> Path:
        return self.folder / hashlib.sha256(f"{who}\n{url}".encode()).hexdigest()

    def _files(self) -> list[Path]:
        return [path for path in self.folder.glob("*") if path.is_file()]

    def _prune(self) -> None:
        """Remove what expired long ago, and the oldest where there are too many."""
        ages = sorted((_changed(path), path) for path in self._files())
        surplus = len(ages) - _MOST
        horizon = time.time() - max(self.expiry.total_seconds(), 86400)
        for i, (changed, path) in enumerate(ages):
            if i < surplus or changed < horizon:
                path.unlink(missing_ok=True)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
