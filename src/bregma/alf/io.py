"""Reading and writing by the names that scripts know from ``one.alf.io``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bregma.alf.bunch import AlfBunch, check_dimensions, dataframe
from bregma.alf.description import to_alf
from bregma.alf.filters import exists, filter_by, find_variants
from bregma.alf.folders import iter_datasets, iter_sessions, next_num_folder, remove_empty_folders
from bregma.alf.formats import read_file
from bregma.alf.grammar import NameParts
from bregma.alf.metadata import save_metadata
from bregma.alf.objects import load_object
from bregma.alf.timestamps import read_ts, ts2vec
from bregma.alf.writing import write_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from bregma.alf.path import ALFPath

__all__ = [
    "AlfBunch",
    "check_dimensions",
    "dataframe",
    "exists",
    "filter_by",
    "find_variants",
    "iter_datasets",
    "iter_sessions",
    "load_file_content",
    "load_object",
    "next_num_folder",
    "read_ts",
    "remove_empty_folders",
    "save_metadata",
    "save_object_npy",
    "ts2vec",
]


def load_file_content(fil: Path | str | None) -> Any:
    """Read one file, as ``read_file``; None for no file and for an empty one."""
    return read_file(fil) if fil and Path(fil).stat().st_size else None


def save_object_npy(
    alfpath: Path | str,
    dico: Mapping[str, ArrayLike],
    object: str,  # noqa: A002 - the word of the convention
    parts: str | list[str] | None = None,
    namespace: str | None = None,
    timescale: str | None = None,
) -> list[ALFPath]:
    """Write one ``.npy`` file per attribute, as ``write_object``.

    Object and attributes that are written with blanks or underscores get camel case, as of ``to_alf``; ``parts`` are
    the extra parts of the names.
    """
    extra = parts if parts is None or isinstance(parts, str) else ".".join(parts)
    names = [NameParts.of(to_alf(object, key, "npy")) for key in dico]
    values = {name.attribute: value for name, value in zip(names, dico.values(), strict=True)}
    object = names[0].object if names else object  # noqa: A001 - the word of the convention
    return write_object(alfpath, object, values, namespace=namespace, timescale=timescale, extra=extra)
