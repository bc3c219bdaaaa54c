"""Data of one attribute spread over several files: which belong together, and their contents as one.

The convention asks that files which differ in extra parts only be joined in the order of those parts, but many labs
name devices there (``raw.imec0``, ``raw.imec1``). So files are joined that

- differ in one numbered extra part: ``part`` and digits, or at least two digits (``frames.part000``, ``frames.00001``);
- differ in the run at the end of the object's name, as SpikeGLX numbers gates and triggers (``ephysData_g0_t0``),
  where several such objects are asked for at once;
- differ in any extra part, where short keys are asked for: these have no room for what differs.

All else stays apart, under keys with the extra parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bregma.alf.errors import MultipleObjectsFound
from bregma.alf.grammar import NameParts, is_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_NUMBERED = re.compile(r"part[_-]?\d+|\d{2,}")
_RUN = re.compile(r"(?P<object>\w+?)_g\d+_t\d+")

Named = tuple["Path", NameParts]


@dataclass(frozen=True, slots=True)
class Group:
    """The files of one key, in the order in which they are joined."""

    key: str
    files: tuple[Named, ...]


def group_files(named: Iterable[Named], *, short_keys: bool = False) -> list[Group]:
    """Find which files are parts of the same data.

    Parameters
    ----------
    named : iterable of (Path, NameParts)
        The data files of an object.
    short_keys : bool
        Leave extra parts out of the keys.

    Returns
    -------
    list of Group
        In order of the first file of each.

    Raises
    ------
    MultipleObjectsFound
        If files that are no parts of the same data would have the same key.
    """
    families: dict[tuple[str | None, ...], list[Named]] = {}
    for path, name in named:
        families.setdefault(_family(name, short_keys=short_keys), []).append((path, name))
    groups: dict[str, Group] = {}
    for family, members in families.items():
        together = len(members) > 1 and (short_keys or _are_parts(members))
        for group in [members] if together else [[one] for one in members]:
            key = str(family[2]) if together or short_keys else group[0][1].key
            _check_free(groups, key, group)
            groups[key] = Group(key, tuple(sorted(group, key=_order)))
    return list(groups.values())


def join(values: list[Any], group: Group) -> Any:
    """Put the contents of several files together.

    Returns
    -------
    object
        Arrays and tables one below the other, lists one after the other; paths as a list.

    Raises
    ------
    MultipleObjectsFound
        If the contents cannot be joined, such as settings.
    """
    import numpy as np
    import pandas as pd

    from bregma.alf.path import ALFPath

    if len(values) == 1:
        return values[0]
    if all(isinstance(value, np.ndarray) for value in values):
        return np.concatenate(values)
    if all(isinstance(value, (pd.DataFrame, pd.Series)) for value in values):
        return pd.concat(values, ignore_index=True)
    if all(isinstance(value, list) for value in values):
        return [item for value in values for item in value]
    if all(isinstance(value, ALFPath) for value in values):
        return values
    raise MultipleObjectsFound(
        f"{', '.join(path.name for path, _ in group.files)} cannot be joined as {group.key!r}; name the extra parts"
    )


def _family(name: NameParts, *, short_keys: bool) -> tuple[str | None, ...]:
    """Say what the parts of the same data share."""
    run = _RUN.fullmatch(name.object)
    key = name.attribute + (f"_{name.timescale}" if name.timescale else "")
    extra = [] if short_keys else [part for part in _extra(name) if not _NUMBERED.fullmatch(part)]
    return name.namespace, run["object"] if run else name.object, ".".join([key, *extra]), name.extension


def _are_parts(members: list[Named]) -> bool:
    """Tell whether all files of a family are numbered, in as many extra parts."""
    names = [name for _, name in members]
    numbered = (any(map(_NUMBERED.fullmatch, _extra(name))) or _RUN.fullmatch(name.object) for name in names)
    return all(numbered) and len({len(_extra(name)) for name in names}) == 1


def _order(named: Named) -> tuple[str, list[str]]:
    return named[1].object, _extra(named[1])


def _extra(name: NameParts) -> list[str]:
    return [part for part in (name.extra or "").split(".") if part and not is_id(part)]


def _check_free(groups: dict[str, Group], key: str, files: list[Named]) -> None:
    """Refuse a key that two groups would have, and two files of the same name in one group."""
    taken = groups[key].files if key in groups else ()
    names = [(name.object, _extra(name)) for _, name in files]
    same = taken[:1] + tuple(one for one, name in zip(files, names, strict=True) if taken or names.count(name) > 1)
    if same:
        listed = " and ".join(str(path.name) for path, _ in same)
        raise MultipleObjectsFound(
            f"{listed} in {same[0][0].parent} both give {key!r}; name the namespace or extension"
        )
