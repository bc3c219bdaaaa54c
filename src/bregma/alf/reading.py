"""Reading files and whole objects into memory."""

from __future__ import annotations

import json
import logging
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from bregma.alf.bunch import AlfBunch
from bregma.alf.errors import MultipleObjectsFound, ObjectNotFound, UnreadableFile
from bregma.alf.grammar import filename_parts, is_valid
from bregma.alf.path import ALFPath

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np

logger = logging.getLogger(__name__)


def read_file(path: Path | str) -> Any:
    """Read one file by its extension.

    Parameters
    ----------
    path : path
        A file: ``.npy`` and ``.npz`` give arrays, ``.pqt``, ``.csv``, ``.ssv``, ``.tsv`` and ``.htsv`` a
        DataFrame, ``.json`` and ``.jsonable`` what they hold. Anything else (videos, raw traces) gives its ALFPath.

    Returns
    -------
    object
        A column vector of shape (n, 1) comes as (n,).

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    UnreadableFile
        If it is empty, damaged, or holds pickled Python objects, which could run code and are never loaded.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        return ALFPath(path)
    if path.stat().st_size == 0:
        raise UnreadableFile(f"{path} is empty; download or extract it again")
    try:
        return reader(path)
    except UnreadableFile:
        raise
    except (ValueError, EOFError, OSError, MemoryError, BadZipFile, zlib.error) as error:
        raise UnreadableFile(f"cannot read {path}: {error}") from error


def load_object(
    source: Path | str | Iterable[Path | str],
    object: str,  # noqa: A002 - the word of the convention
    *,
    namespace: str | None = None,
    attributes: Iterable[str] | None = None,
) -> AlfBunch:
    """Read all files of one object.

    Parameters
    ----------
    source : folder or files
        Where to look: a folder (not those inside it), or the files themselves.
    object : str
        Which object, such as ``"trials"``.
    namespace : str, optional
        Only files of this namespace.
    attributes : iterable of str, optional
        Only these attributes, by their name in the result.

    Returns
    -------
    AlfBunch
        Arrays by attribute. A ``table`` file is spread into its columns; a file of its own wins over a
        column of the same name. Two-by-two ``timestamps`` are interpolated to one time in seconds per row.

    Raises
    ------
    ObjectNotFound
        If no file matches; the message lists the objects there are.
    MultipleObjectsFound
        If two files give the same attribute, for example of two namespaces.
    """
    files = list(source.iterdir()) if isinstance(source := _as_source(source), Path) else source
    chosen = _choose(files, object, namespace)
    if not chosen:
        there = sorted({filename_parts(file.name).object for file in files if is_valid(file.name)})
        raise ObjectNotFound(f"no object {object!r} in {_place(source)}; it has {', '.join(there) or 'none'}")
    return _assemble(_by_key(chosen), None if attributes is None else set(attributes))


def interpolate_timestamps(anchors: np.ndarray, n_rows: int) -> np.ndarray:
    """Spread times between anchor samples.

    Parameters
    ----------
    anchors : (n, 2) array
        Sample numbers and their times in seconds, increasing.
    n_rows : int
        How many samples there are.

    Returns
    -------
    (n_rows,) array
        The time of each sample, in seconds; held at the ends beyond the anchors.
    """
    import numpy as np

    times: np.ndarray = np.interp(np.arange(n_rows), anchors[:, 0], anchors[:, 1])
    return times


def _as_source(source: Path | str | Iterable[Path | str]) -> Path | list[Path]:
    return Path(source) if isinstance(source, (str, Path)) else [Path(file) for file in source]


def _place(source: Path | list[Path]) -> str:
    return str(source) if isinstance(source, Path) else f"these {len(source)} files"


def _choose(files: list[Path], name: str, namespace: str | None) -> list[Path]:
    named = [(file, filename_parts(file.name)) for file in files if is_valid(file.name)]
    return sorted(
        file for file, parts in named if parts.object == name and (namespace is None or parts.namespace == namespace)
    )


def _by_key(files: list[Path]) -> dict[str, Path]:
    keyed: dict[str, Path] = {}
    for file in files:
        key = filename_parts(file.name).key
        if key in keyed:
            raise MultipleObjectsFound(
                f"{keyed[key].name} and {file.name} in {file.parent} both give {key!r}; "
                "name the namespace, or pass the files"
            )
        keyed[key] = file
    return keyed


def _assemble(files: dict[str, Path], wanted: set[str] | None) -> AlfBunch:
    bunch = AlfBunch()
    if (table := files.pop("table", None)) is not None:
        bunch.update(AlfBunch.from_frame(read_file(table)))
    bunch.update({key: read_file(file) for key, file in files.items() if wanted is None or key in wanted})
    if wanted is not None:
        bunch = AlfBunch({key: value for key, value in bunch.items() if key in wanted})
    _expand_timestamps(bunch)
    if not bunch.is_consistent:
        logger.warning("attributes differ in length: %s", bunch.lengths)
    return bunch


def _expand_timestamps(bunch: AlfBunch) -> None:
    anchors = bunch.get("timestamps")
    others = [n for key, n in bunch.lengths.items() if key != "timestamps"]
    if anchors is not None and getattr(anchors, "shape", None) == (2, 2) and others:
        bunch["timestamps"] = interpolate_timestamps(anchors, max(others))


def _read_npy(path: Path) -> Any:
    import numpy as np

    try:
        array = np.load(path, allow_pickle=False)
    except ValueError as error:
        if "allow_pickle" in str(error):
            raise UnreadableFile(
                f"{path} holds pickled Python objects, which could run code; save it as plain arrays"
            ) from error
        raise
    return array.reshape(-1) if array.ndim == 2 and array.shape[1] == 1 else array


def _read_npz(path: Path) -> Any:
    import numpy as np

    # numpy would leave a damaged file open.
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        arrays = {key: archive[key] for key in archive.files}
    return arrays["arr_0"] if list(arrays) == ["arr_0"] else AlfBunch(arrays)


def _read_parquet(path: Path) -> Any:
    import pandas as pd

    return pd.read_parquet(path)


def _read_separated(separator: str) -> Callable[[Path], Any]:
    def read(path: Path) -> Any:
        import pandas as pd

        return pd.read_csv(path, sep=separator)

    return read


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _read_json_lines(path: Path) -> Any:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


_READERS: dict[str, Callable[[Path], Any]] = {
    ".npy": _read_npy,
    ".npz": _read_npz,
    ".pqt": _read_parquet,
    ".parquet": _read_parquet,
    ".csv": _read_separated(","),
    ".ssv": _read_separated(" "),
    ".tsv": _read_separated("\t"),
    ".htsv": _read_separated("\t"),
    ".json": _read_json,
    ".jsonable": _read_json_lines,
}
