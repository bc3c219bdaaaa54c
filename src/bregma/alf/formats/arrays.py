"""Arrays of numpy, one or several in a file, and sparse ones."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bregma.alf.bunch import AlfBunch
from bregma.alf.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from scipy.sparse import coo_array


def read_npy(path: Path, *, allow_pickle: bool = False) -> np.ndarray:
    """Read an array; a column vector of shape (n, 1) comes as (n,)."""
    import numpy as np

    with _pickles_refused(path):
        return flatten_column(np.load(path, allow_pickle=allow_pickle))


def read_npz(path: Path, *, allow_pickle: bool = False) -> Any:
    """Read an archive of arrays as a bunch, or the only array that was saved without a name."""
    import numpy as np

    # numpy would leave a damaged file open.
    with _pickles_refused(path), path.open("rb") as file, np.load(file, allow_pickle=allow_pickle) as archive:
        arrays = {key: archive[key] for key in archive.files}
    return arrays["arr_0"] if list(arrays) == ["arr_0"] else AlfBunch(arrays)


def read_sparse(path: Path) -> coo_array:
    """Read an array of mostly zeros, of any number of dimensions, as ``scipy.sparse.coo_array``.

    Raises
    ------
    UnreadableFile
        If it is in another layout than coordinates, or what is left out stands for something else than zero.
    """
    import numpy as np
    from scipy.sparse import coo_array

    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        content = {key: archive[key] for key in archive.files}
    if missing := {"coords", "data", "shape"} - set(content):
        raise UnreadableFile(f"{path} lacks {', '.join(sorted(missing))}; save the array as coordinates (COO)")
    if np.any(content.get("fill_value", 0) != 0):
        raise UnreadableFile(f"{path} fills with {content['fill_value']}, not with 0; save it as a full array")
    return coo_array((content["data"], tuple(content["coords"])), shape=tuple(map(int, content["shape"])))


def flatten_column(array: np.ndarray) -> np.ndarray:
    """Make a vector of an array of one column; any other stays as it is."""
    return array.reshape(-1) if array.ndim == 2 and array.shape[1] == 1 else array


@contextmanager
def _pickles_refused(path: Path) -> Iterator[None]:
    """Tell why an array of Python objects is not loaded."""
    try:
        yield
    except ValueError as error:
        if "allow_pickle" not in str(error):
            raise
        raise UnreadableFile(
            f"{path} holds pickled Python objects, which could run code; save it as plain arrays, "
            "or pass allow_pickle=True if you trust it"
        ) from error
