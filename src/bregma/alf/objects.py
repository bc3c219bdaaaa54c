"""Reading all files of an object into memory."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bregma.alf.bunch import AlfBunch
from bregma.alf.errors import MultipleObjectsFound, ObjectNotFound
from bregma.alf.filters import Filter
from bregma.alf.formats import read_file
from bregma.alf.formats.binary import map_binary
from bregma.alf.grammar import NameParts, is_valid
from bregma.alf.joining import group_files, join
from bregma.alf.metadata import find_metadata, is_metadata, read_description, split_columns
from bregma.alf.timestamps import ts2vec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bregma.alf.filters import Pattern
    from bregma.alf.joining import Group, Named

logger = logging.getLogger(__name__)
_TABLE = re.compile(r"table(?=[_.]|$)(?P<suffix>.*)")
_COLUMN = re.compile(r"(?P<name>.+?)(?P<number>_\d+)?")


def load_object(
    alfpath: Path | str | Iterable[Path | str],
    object: str | list[str] | None = None,  # noqa: A002 - the word of the convention
    short_keys: bool = False,
    *,
    wildcards: bool = True,
    attributes: Iterable[str] | None = None,
    allow_pickle: bool = False,
    **parts: Pattern,
) -> AlfBunch:
    """Read all files of one object.

    Parameters
    ----------
    alfpath : folder, file or files
        Where to look: a folder (not those inside it), one file (whose object is read), or the files themselves.
    object : str
        Which object, such as ``"trials"``; may be left out where files are given.
    short_keys : bool
        Leave extra parts out of the keys: ``times`` instead of ``times.raw``. Files that differ in nothing else
        are joined.
    wildcards : bool
        Whether ``*``, ``?`` and ``[…]`` in parts stand for any characters; with False, parts are regular expressions.
    attributes : iterable of str, optional
        Only these attributes, by their name in the result.
    allow_pickle : bool
        As of ``read_file``.
    **parts
        Other parts of the names, as of ``filter_by``: namespace, attribute, timescale, extra, extension.

    Returns
    -------
    AlfBunch
        Arrays by ``attribute_timescale.extra``. Numbered parts are joined, see ``bregma.alf.joining``. A ``table`` is
        spread into its columns, which win over a file of the same name. What a metadata file says is
        under ``<attribute>metadata``, but for its ``columns``, which split the array. Two-by-two ``timestamps``
        become one time in seconds per row. Attributes that differ in length are logged as a warning.

    Raises
    ------
    ValueError
        If a folder is given, but no object.
    ObjectNotFound
        If no file matches; the message lists the objects there are.
    MultipleObjectsFound
        If two files give the same attribute, for example of two namespaces.
    UnreadableFile
        If a file is empty or damaged.
    """
    files, object = _look(alfpath, object)  # noqa: A001 - the word of the convention
    named = Filter(parts if object is None else {"object": object, **parts}, wildcards).choose(files)
    if not named:
        there = sorted({NameParts.of(file.name).object for file in files if is_valid(file.name)})
        raise ObjectNotFound(f"no object {object!r} in {_place(alfpath)}; it has {', '.join(there) or 'none'}")
    if object is None:
        _check_one_object(named)
    groups = group_files([one for one in named if not is_metadata(one[1])], short_keys=short_keys)
    bunch = _read_groups(groups, _beside(files), attributes, allow_pickle=allow_pickle)
    _expand_timestamps(bunch)
    if not bunch.is_consistent:
        logger.warning("attributes differ in length: %s", bunch.lengths)
    return bunch


def _look(
    alfpath: Path | str | Iterable[Path | str],
    name: str | list[str] | None,
) -> tuple[list[Path], str | list[str] | None]:
    """List the files to choose from, and the object that a single file stands for."""
    if not isinstance(alfpath, (str, Path)):
        return [Path(file) for file in alfpath], name
    path = Path(alfpath)
    if path.is_dir():
        if name is None:
            raise ValueError(f"{path} is a folder; name the object to load from it too")
        return list(path.iterdir()), name
    if not path.parent.is_dir():
        raise ObjectNotFound(f"no folder {path.parent}; download or extract its files first")
    return list(path.parent.iterdir()), NameParts.of(path.name).object if path.is_file() else name or path.name


def _place(alfpath: Path | str | Iterable[Path | str]) -> str:
    return str(alfpath) if isinstance(alfpath, (str, Path)) else "these files"


def _check_one_object(named: list[Named]) -> None:
    objects = sorted({name.object for _, name in named})
    if len(objects) > 1:
        raise MultipleObjectsFound(f"the files are of several objects: {', '.join(objects)}; name one")


def _beside(files: list[Path]) -> list[Path]:
    """List the metadata files in the folders of files: what describes a file need not be among those given."""
    return [path for folder in {file.parent for file in files} for path in folder.glob("*.metadata.*")]


def _read_groups(
    groups: list[Group], beside: list[Path], attributes: Iterable[str] | None, *, allow_pickle: bool
) -> AlfBunch:
    """Read each group of files, tables last: a column wins over a file of its own."""
    wanted = None if attributes is None else set(attributes)
    bunch = AlfBunch()
    for group in sorted(groups, key=lambda group: _TABLE.fullmatch(group.key) is not None):
        if table := _TABLE.fullmatch(group.key):
            frame = join([read_file(path) for path, _ in group.files], group)
            bunch.update(AlfBunch.from_df(frame.rename(columns=lambda name: _with_suffix(name, table["suffix"]))))
        elif wanted is None or group.key in wanted:
            bunch.update(_read_group(group, beside, allow_pickle=allow_pickle))
    return bunch if wanted is None else AlfBunch({key: value for key, value in bunch.items() if key in wanted})


def _read_group(group: Group, beside: list[Path], *, allow_pickle: bool) -> dict[str, Any]:
    """Read the files of one key, and what their metadata say."""
    found = find_metadata(group.files[0][1], beside)
    metadata = {} if found is None else read_description(found)
    value = join([_read(path, metadata, allow_pickle=allow_pickle) for path, _ in group.files], group)
    split = split_columns(value, metadata) if hasattr(value, "shape") else value
    rest = {key: what for key, what in metadata.items() if key != "columns" or split is value}
    content = dict(split) if split is not value else {group.key: value}
    return content | ({f"{group.key}metadata": rest} if rest else {})


def _read(path: Path, metadata: dict[str, Any], *, allow_pickle: bool) -> Any:
    if path.suffix == ".bin" and "dtype" in metadata:
        return map_binary(path, metadata)
    return read_file(path, allow_pickle=allow_pickle)


def _with_suffix(column: str, suffix: str) -> str:
    """Put the time scale and extra parts of a table into the name of a column, before its number."""
    match = _COLUMN.fullmatch(str(column))
    assert match is not None
    return f"{match['name']}{suffix}{match['number'] or ''}"


def _expand_timestamps(bunch: AlfBunch) -> None:
    """Give each row its time, where times are kept as two points."""
    series = [key for key in bunch if "timestamps" in key and getattr(bunch[key], "shape", None) == (2, 2)]
    others = [rows for key, rows in bunch.lengths.items() if "timestamps" not in key]
    if others and bunch.is_consistent:
        for key in series:
            bunch[key] = ts2vec(bunch[key], max(others))
