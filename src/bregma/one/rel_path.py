"""Where a file lies in its session: ``collection/#revision#/name``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_REVISION = re.compile(r"#(.+)#")


class RelPath(NamedTuple):
    """The collection and the revision (empty texts where there is none), and the file's name."""

    collection: str
    revision: str
    name: str

    @property
    def base(self) -> str:
        """The path without the revision: what the revisions of a file share."""
        return f"{self.collection}/{self.name}".lstrip("/")


@lru_cache(maxsize=65_536)
def split_rel_path(path: str) -> RelPath:
    """Split the path of a file in its session; sessions share most of their paths, so each is split once."""
    *folders, name = path.split("/")
    revision = _REVISION.fullmatch(folders[-1]) if folders else None
    collection = "/".join(folders[:-1] if revision else folders)
    return RelPath(collection, revision[1] if revision else "", name)
