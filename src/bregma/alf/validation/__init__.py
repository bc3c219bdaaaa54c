"""Validation of folders: names, rows, foreign keys, clocks, metadata and damaged files."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from bregma.alf.bunch import AlfBunch
from bregma.alf.errors import UnreadableFile
from bregma.alf.grammar import NameParts, is_valid
from bregma.alf.metadata import is_metadata
from bregma.alf.validation.column import Column, read_columns
from bregma.alf.validation.finding import Finding, Severity, error, warning
from bregma.alf.validation.naming import check_name, check_session
from bregma.alf.validation.values import check_reference, check_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Finding", "Severity", "validate_folder"]


def validate_folder(path: Path | str) -> list[Finding]:
    """Check the files of a folder, of a session, or one file.

    Parameters
    ----------
    path : path
        A folder, searched through and through but for what is hidden, or a file.

    Returns
    -------
    list of Finding
        What is wrong, by file; empty where all is well. Errors are what cannot be used as its name says: damaged
        or pickled files, attributes of one object that differ in rows, row numbers of rows that are not there,
        times that go back, intervals that end before they start, metadata that name other columns. Warnings are
        names that do not follow the convention, and times that hardly are seconds.

    Raises
    ------
    FileNotFoundError
        If there is nothing at this path.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"no file or folder {path}")
    found = list(check_session(path if path.is_dir() else path.parent))
    by_folder: dict[Path, list[Path]] = defaultdict(list)
    for file in _files(path):
        by_folder[file.parent].append(file)
        found += check_name(file)
    for files in by_folder.values():
        found += _check_folder(files)
    return sorted(found, key=lambda one: (one.file, one.severity.value))


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    inside = ((file, file.relative_to(path).parts) for file in path.rglob("*"))
    return sorted(file for file, parts in inside if file.is_file() and not any(part[0] == "." for part in parts))


def _check_folder(files: Sequence[Path]) -> Iterator[Finding]:
    """Check the files of one folder, and how they belong together."""
    columns: list[Column] = []
    for file in files:
        try:
            columns += read_columns(file, NameParts.of(file.name)) if is_valid(file.name) else []
            if file.stat().st_size == 0:
                yield error(file, "the file is empty", "copy or extract it again")
        except UnreadableFile as problem:
            yield error(file, str(problem), "copy or extract it again, as plain arrays or tables")
    columns = [column for column in columns if not is_metadata(column.parts)]
    objects: dict[tuple[str | None, str], list[Column]] = defaultdict(list)
    for column in columns:
        objects[column.parts.namespace, column.parts.object].append(column)
    rows = {name: _rows(group) for (_, name), group in objects.items()}
    for group in objects.values():
        yield from _check_rows(group)
        yield from _check_twice(group)
        for column in _joined(group):
            yield from check_values(column)
            yield from check_reference(column, rows)


def _check_rows(group: Sequence[Column]) -> Iterator[Finding]:
    """Check that all attributes of an object have the same number of rows."""
    counted = _count(group)
    sizes = list(counted.values())
    most = max(set(sizes), key=sizes.count, default=0)
    for (base, file), n in counted.items():
        if n != most:
            what = f"{base} has {n} rows, other attributes of {group[0].parts.object} have {most}"
            yield error(file, what, "save all attributes of an object together, one row for each")


def _check_twice(group: Iterable[Column]) -> Iterator[Finding]:
    """Doubt an attribute that is there in two formats."""
    seen: dict[str, Path] = {}
    for column in group:
        other = seen.setdefault(column.parts.key, column.file)
        if other != column.file:
            yield warning(column.file, f"{other.name} is the same attribute", "keep one of them")


def _count(group: Iterable[Column]) -> dict[tuple[str, Path], int]:
    """Count the rows of each attribute, by its name and first file; those that differ in extra parts are joined."""
    files: dict[tuple[str, str], dict[Path, int]] = defaultdict(dict)
    for column in group:
        if not column.is_anchors:
            files[column.parts.key.partition(".")[0], column.parts.extension][column.file] = column.rows
    return {(base, min(sizes)): sum(sizes.values()) for (base, _), sizes in files.items()}


def _rows(group: Sequence[Column]) -> int:
    return max(_count(group).values(), default=0)


def _joined(group: Sequence[Column]) -> Iterator[Column]:
    """Go through the columns; ``x_0`` and ``x_1`` of a table are one of two dimensions."""
    import pandas as pd

    for file in dict.fromkeys(column.file for column in group):
        own = [column for column in group if column.file == file]
        if own[0].parts.attribute != "table":
            yield from own
            continue
        frame = pd.DataFrame({column.attribute: column.values for column in own})
        for name, values in AlfBunch.from_df(frame).items():
            yield Column(file, own[0].parts, name, values)
