"""Metadata files: what ``object.attribute.metadata.json`` says about ``object.attribute.npy``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bregma.alf.atomic import atomic_write
from bregma.alf.bunch import AlfBunch
from bregma.alf.errors import UnreadableFile
from bregma.alf.grammar import NameParts, is_id, is_valid
from bregma.alf.path import ALFPath

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np

_MARK = "metadata"


def is_metadata(parts: NameParts) -> bool:
    """Tell whether a file describes another one."""
    return parts.extension == "json" and _plain_extra(parts)[-1:] == (_MARK,)


def find_metadata(parts: NameParts, beside: Iterable[Path]) -> Path | None:
    """Find the metadata of a file.

    Parameters
    ----------
    parts : NameParts
        The file's name.
    beside : iterable of Path
        The files of its folder.

    Returns
    -------
    Path or None
        The metadata file of the same namespace, object, attribute and time scale; of several, the one that
        shares most extra parts.
    """
    found = {}
    for path in beside:
        if path.suffix == ".json" and f".{_MARK}." in path.name and is_valid(path.name):
            other = NameParts.of(path.name)
            shared = _plain_extra(other)[:-1]
            if is_metadata(other) and _subject(other) == _subject(parts) and _starts(_plain_extra(parts), shared):
                found[len(shared)] = path
    return found[max(found)] if found else None


def read_metadata(path: Path) -> dict[str, Any]:
    """Read what the metadata file of a data file says; nothing, where there is none."""
    if not is_valid(path.name):
        return {}
    found = find_metadata(NameParts.of(path.name), path.parent.iterdir())
    return {} if found is None else read_description(found)


def read_description(path: Path) -> dict[str, Any]:
    """Read one metadata file.

    Raises
    ------
    UnreadableFile
        If it does not hold a JSON object.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"cannot read {path}: {error}") from error
    if not isinstance(content, dict):
        raise UnreadableFile(f"{path} holds a {type(content).__name__}; metadata are a JSON object")
    return content


def split_columns(array: np.ndarray, metadata: Mapping[str, Any]) -> AlfBunch | np.ndarray:
    """Split an array into one vector per named column; the array itself, where no columns are named.

    Raises
    ------
    UnreadableFile
        If there are more names than columns, or fewer.
    """
    names = metadata.get("columns")
    if not isinstance(names, list):
        return array
    table = array.reshape(len(array), -1)
    if table.shape[1] != len(names):
        raise UnreadableFile(f"metadata name {len(names)} columns {names}, but the array has {table.shape[1]}")
    return AlfBunch({str(name): table[:, i] for i, name in enumerate(names)})


def save_metadata(file_alf: Path | str, dico: Mapping[str, Any]) -> ALFPath:
    """Write what there is to say about a file, as ``object.attribute.metadata.json`` beside it.

    Parameters
    ----------
    file_alf : path
        The file that is described.
    dico : mapping
        Anything JSON can hold. ``columns`` names the columns of an array, ``dtype`` and ``shape`` say how a flat
        binary file is read.

    Returns
    -------
    ALFPath
        The metadata file.

    Raises
    ------
    InvalidALFName
        If the described file is not named by the convention.
    """
    path = Path(file_alf)
    NameParts.of(path.name)
    target = ALFPath(path.with_name(f"{path.stem}.{_MARK}.json"))
    with atomic_write(target) as file:
        file.write(json.dumps(dico, indent=1).encode())
    return target


def _plain_extra(parts: NameParts) -> tuple[str, ...]:
    """Give the extra parts without the dataset id."""
    return tuple(part for part in (parts.extra or "").split(".") if part and not is_id(part))


def _subject(parts: NameParts) -> tuple[str | None, ...]:
    return parts.namespace, parts.object, parts.attribute, parts.timescale


def _starts(whole: tuple[str, ...], beginning: tuple[str, ...]) -> bool:
    return whole[: len(beginning)] == beginning
