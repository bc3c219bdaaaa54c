"""Reading one file, whatever its format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bregma.alf.errors import UnreadableFile
from bregma.alf.formats.arrays import read_npy, read_npz, read_sparse
from bregma.alf.formats.binary import read_binary
from bregma.alf.formats.documents import read_json, read_json_lines, read_yaml
from bregma.alf.formats.tables import read_parquet, reader_of_text
from bregma.alf.path import ALFPath

if TYPE_CHECKING:
    from collections.abc import Callable

PICKLED = {".npy": read_npy, ".npz": read_npz}
"""Formats that may hold pickled Python objects."""
READERS: dict[str, Callable[[Path], Any]] = {
    **PICKLED,
    ".sparse_npz": read_sparse,
    ".bin": read_binary,
    ".pqt": read_parquet,
    ".parquet": read_parquet,
    ".csv": reader_of_text(","),
    ".ssv": reader_of_text(" "),
    ".tsv": reader_of_text("\t"),
    ".htsv": reader_of_text("\t"),
    ".json": read_json,
    ".jsonable": read_json_lines,
    ".yml": read_yaml,
    ".yaml": read_yaml,
}
"""How each extension is read; a file of any other one gives its path."""


def read_file(path: Path | str, *, allow_pickle: bool = False) -> Any:
    """Read one file by its extension.

    Parameters
    ----------
    path : path
        A file: ``.npy`` and ``.npz`` give arrays (a column vector (n, 1) comes as (n,)), ``.sparse_npz`` a sparse
        array, ``.pqt`` and ``.parquet`` a DataFrame; ``.csv``, ``.ssv``, ``.tsv`` and ``.htsv`` a DataFrame, or a
        Series where there is one column; ``.json``, ``.jsonable``, ``.yml`` and ``.yaml`` what they hold. A ``.bin``
        beside a metadata file that tells its ``dtype`` gives a memory-mapped array, or with ``columns`` a bunch of
        them. Anything else (videos, raw traces) gives its ALFPath: ``bregma.alf.lazy`` reads parts of those.
    allow_pickle : bool
        Load Python objects pickled in ``.npy`` and ``.npz`` files, which can run any code: only for files you made.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    UnreadableFile
        If it is empty, damaged, or holds pickled Python objects that were not allowed.
    """
    path = Path(path)
    extension = path.suffix.lower()
    reader = READERS.get(extension)
    if reader is None:
        return ALFPath(path)
    if path.stat().st_size == 0:
        raise UnreadableFile(f"{path} is empty; download or extract it again")
    try:
        return PICKLED[extension](path, allow_pickle=True) if allow_pickle and extension in PICKLED else reader(path)
    except UnreadableFile:
        raise
    except _damages() as error:
        raise UnreadableFile(f"cannot read {path}: {str(error) or type(error).__name__}") from error


def _damages() -> tuple[type[Exception], ...]:
    """Tell what the readers of numpy, pandas and yaml raise over bytes that are not what their headers say."""
    import zlib
    from tokenize import TokenError
    from zipfile import BadZipFile

    wrong = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
    return (*wrong, RuntimeError, EOFError, OSError, MemoryError, BadZipFile, zlib.error, TokenError)
