"""Read named members of an archive, and nothing else; pickles only if they hold plain values and numpy arrays."""

from __future__ import annotations

import io
import pickle
import tarfile
import zipfile
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from bregma.demo.errors import MemberMissing, RefusedPickle

if TYPE_CHECKING:
    from pathlib import Path

# Everything a pickle of numbers, text, containers and numpy arrays needs. Containers and numbers need no name.
_ALLOWED = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
}


def read_member(archive: Path, member: str) -> bytes:
    """Return the bytes of one member, without extracting the archive.

    Parameters
    ----------
    archive : Path
        A wheel or zip file, or a gzipped tar file.
    member : str
        Full name of the member.

    Raises
    ------
    MemberMissing
        If there is no such file in the archive.
    """
    missing = MemberMissing(f"{archive.name} has no file {member!r}; is it the release that was pinned?")
    try:
        if archive.suffix in {".whl", ".zip"}:
            with zipfile.ZipFile(archive) as zipped:
                return zipped.read(member)
        with tarfile.open(archive, "r:gz") as tar:
            file = tar.extractfile(member)
            data = None if file is None else file.read()
    except KeyError as error:
        raise missing from error
    if data is None:  # a folder
        raise missing
    return data


def read_pickle(data: bytes | IO[bytes]) -> Any:
    """Unpickle plain values and numpy arrays.

    Raises
    ------
    RefusedPickle
        If the pickle names any function or class that is not on the list, which is stated in the message.
    """
    return _PlainUnpickler(io.BytesIO(data) if isinstance(data, bytes) else data).load()


def read_npz(data: bytes) -> dict[str, np.ndarray]:
    """Read the arrays of an ``.npz`` file; arrays of objects through the restricted unpickler."""
    with zipfile.ZipFile(io.BytesIO(data)) as zipped:
        return {name.removesuffix(".npy"): _read_npy(zipped.read(name)) for name in zipped.namelist()}


def _read_npy(data: bytes) -> np.ndarray:
    file = io.BytesIO(data)
    version = np.lib.format.read_magic(file)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None or not read_header(file)[2].hasobject:
        return np.load(io.BytesIO(data), allow_pickle=False)  # type: ignore[no-any-return]
    array: np.ndarray = read_pickle(file)
    return array


class _PlainUnpickler(pickle.Unpickler):
    """Refuses every global but the few that rebuild a numpy array."""

    def find_class(self, module: str, name: str) -> Any:
        # numpy 2 moved numpy.core to numpy._core; the recordings were pickled before.
        current = module.replace("numpy.core.", "numpy._core.", 1) if module.startswith("numpy.core.") else module
        if (current, name) not in _ALLOWED:
            raise RefusedPickle(f"a pickle asks for {module}.{name}, which is not allowed; it was not read")
        return super().find_class(current, name)
