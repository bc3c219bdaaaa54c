"""Choosing files by the parts of their names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from bregma.alf.grammar import NameParts, is_valid
from bregma.alf.path import ALFPath

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Pattern = str | list[str] | list[str | None] | tuple[str, ...] | None
"""One text, or several of which one must match; None for a part that is absent."""
_NAMES = NameParts._fields


@dataclass(frozen=True, slots=True)
class Filter:
    """Which names are meant.

    Parameters
    ----------
    parts : mapping
        By the name of a part, what it must be. ``extra`` is a text with dots or a list, all of which must be among
        the extra parts, without wildcards.
    wildcards : bool
        Whether texts have ``*``, ``?`` and ``[…]`` (and match as a whole), or are regular expressions (that match
        from the beginning). Capitals matter.

    Raises
    ------
    TypeError
        If a name has no such part.
    """

    parts: Mapping[str, Pattern]
    wildcards: bool = True

    def __post_init__(self) -> None:
        if unknown := sorted(set(self.parts) - set(_NAMES)):
            raise TypeError(f"a file name has no part {unknown[0]!r}; there are {', '.join(_NAMES)}")

    def accepts(self, name: NameParts) -> bool:
        """Tell whether all parts are as they must be."""
        return all(
            _has_all(name.extra, pattern) if part == "extra" else self._matches(getattr(name, part), pattern)
            for part, pattern in self.parts.items()
        )

    def choose(self, paths: Iterable[Path]) -> list[tuple[Path, NameParts]]:
        """Choose among files, in order of their paths; those not named by the convention are left out."""
        named = [(path, NameParts.of(path.name)) for path in sorted(paths) if is_valid(path.name)]
        return [(path, name) for path, name in named if self.accepts(name)]

    def _matches(self, text: str | None, pattern: Pattern) -> bool:
        if pattern is None or isinstance(pattern, str):
            return self._is_like(text, pattern)
        return any(self._is_like(text, one) for one in pattern)

    def _is_like(self, text: str | None, pattern: str | None) -> bool:
        if text is None or pattern is None:
            return text is pattern
        return fnmatchcase(text, pattern) if self.wildcards else re.match(pattern, text) is not None


def filter_by(
    alf_path: Path | str, wildcards: bool = True, **parts: Pattern
) -> tuple[list[ALFPath], list[tuple[str | None, ...]]]:
    """List the files of a folder (not those inside its folders) by the parts of their names.

    Parameters
    ----------
    alf_path : path
        The folder; one that is not there has no files.
    wildcards : bool
        Whether texts have ``*``, ``?`` and ``[…]``, or are regular expressions that match from the beginning.
    **parts
        ``namespace``, ``object``, ``attribute``, ``timescale``, ``extra``, ``extension``: a text, a list of which one
        must match, or None for a part that is absent. All of ``extra`` (a list, or a text with dots) must be there.

    Returns
    -------
    list of ALFPath
        Files, relative to the folder, in order.
    list of tuple
        Of each file namespace, object, attribute, time scale, extra parts and extension; None for what is absent.

    Raises
    ------
    TypeError
        If a name has no such part.
    """
    folder = Path(alf_path)
    paths = folder.iterdir() if folder.is_dir() else ()
    chosen = Filter(parts, wildcards).choose(path for path in paths if path.is_file())
    return [ALFPath(path.name) for path, _ in chosen], [tuple(name) for _, name in chosen]


def exists(
    alfpath: Path | str,
    object: str | list[str] | None,  # noqa: A002 - the word of the convention
    attributes: str | list[str] | None = None,
    wildcards: bool = True,
    **parts: Pattern,
) -> bool:
    """Tell whether a folder has an object, and all of the attributes that are named.

    Parameters
    ----------
    alfpath : path
        The folder; one that is not there has no objects.
    object : str, list of str or None
        The object; any, if None.
    attributes : str or list of str, optional
        What it must have.
    wildcards : bool
        As of ``filter_by``.
    **parts
        Other parts of the names.
    """
    _, found = filter_by(alfpath, wildcards, **({} if object is None else {"object": object}), **parts)
    wanted = {attributes} if isinstance(attributes, str) else set(attributes or ())
    return bool(found) and wanted <= {name[2] for name in found}


def find_variants(
    file_list: Iterable[Path | str],
    namespace: bool = True,
    timescale: bool = True,
    extra: bool = True,
    extension: bool = True,
) -> dict[ALFPath, list[ALFPath]]:
    """Find other files of the same collection that stand for the same data: other revisions, above all.

    Parameters
    ----------
    file_list : iterable of paths
        Files of which variants are looked for.
    namespace, timescale, extra, extension : bool
        Whether files that differ in this part are different data; with False they are variants too.

    Returns
    -------
    dict
        By file, its variants on this disk, in order.

    Raises
    ------
    InvalidALFName
        If a file is not named by the convention.
    """
    choice = {"namespace": namespace, "timescale": timescale, "extra": extra, "extension": extension}
    compared = ["object", "attribute", *(part for part, matters in choice.items() if matters)]
    return {path: _variants(path, compared) for path in map(ALFPath, file_list)}


def _variants(path: ALFPath, compared: list[str]) -> list[ALFPath]:
    """Find files of the same collection, of any revision, whose names agree in some parts."""
    mine, folder = NameParts.of(path.name), path.without_revision().parent
    places = [folder, *sorted(folder.glob("#*#"))]
    others = [other for place in places if place.is_dir() for other in sorted(place.glob("*.*.*")) if other.is_file()]
    named = [(ALFPath(other), NameParts.of(other.name)) for other in others if is_valid(other.name)]
    return [
        other
        for other, name in named
        if other != path and all(getattr(name, part) == getattr(mine, part) for part in compared)
    ]


def _has_all(extra: str | None, wanted: Pattern) -> bool:
    """Tell whether all wanted extra parts are there; with None, whether there are none."""
    if extra is None or wanted is None:
        return extra is wanted
    parts = wanted.split(".") if isinstance(wanted, str) else wanted
    return {part for part in parts if part} <= set(extra.split("."))
