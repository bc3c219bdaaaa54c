"""Names of files and folders: do they follow the convention?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bregma.alf.errors import InvalidALFName
from bregma.alf.grammar import NameParts, find_session, is_revision
from bregma.alf.validation.finding import Finding, error, warning

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def check_name(file: Path) -> Iterator[Finding]:
    """Check one file's name, and where it is."""
    try:
        NameParts.of(file.name)
    except InvalidALFName as problem:
        yield warning(file, str(problem), "rename it, or leave it out: ONE loads only what is named so")
    if any(is_revision(folder) for folder in file.parts[:-2]):
        yield error(file, "a revision has folders inside", "put the revision's folder last: collection/#revision#/name")
    if any("#" in folder and not is_revision(folder) for folder in file.parts[:-1]):
        yield error(file, "a folder has a # that marks no revision", "write it as #revision#, or without #")


def check_session(folder: Path) -> Iterator[Finding]:
    """Check that folders which look like a session are one."""
    parts = folder.absolute().parts
    if find_session(parts) is None and any(_DAY.fullmatch(part) for part in parts):
        yield error(
            folder,
            "a folder is named as a day, but the path is no session",
            "name the folders subject/YYYY-MM-DD/NNN, with a day of the calendar and a number up to 999",
        )
