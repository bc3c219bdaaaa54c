"""Only named members are read, and pickles only if they hold plain values and arrays."""

import io
import os
import pickle
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from bregma.demo.archive import read_member, read_npz, read_pickle
from bregma.demo.errors import MemberMissing, RefusedPickle


@pytest.fixture(params=["zip", "tar"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "zip":
        path = tmp_path / "a-1.whl"
        with zipfile.ZipFile(path, "w") as zipped:
            zipped.writestr("folder/wanted", b"content")
        return path
    path = tmp_path / "a-1.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        entry = tarfile.TarInfo("folder/wanted")
        entry.size = 7
        tar.addfile(entry, io.BytesIO(b"content"))
        folder = tarfile.TarInfo("empty")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
    return path


def test_member_is_read_by_its_name(archive: Path) -> None:
    assert read_member(archive, "folder/wanted") == b"content"


@pytest.mark.parametrize("member", ["folder/other", "empty"])
def test_missing_member_is_named(archive: Path, member: str) -> None:
    with pytest.raises(MemberMissing, match=member):
        read_member(archive, member)


@pytest.mark.parametrize("protocol", [3, 4])
def test_arrays_in_containers_are_read(protocol: int) -> None:
    value = {"a": [np.arange(3), (1.5, "x", None)], "b": np.float64(2)}
    assert repr(read_pickle(pickle.dumps(value, protocol=protocol))) == repr(value)


def test_array_pickled_by_numpy_1_is_read() -> None:
    data = pickle.dumps(np.arange(3), protocol=3).replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    assert b"numpy.core" in data
    np.testing.assert_array_equal(read_pickle(data), [0, 1, 2])


class Harmful:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


def test_pickle_that_names_a_function_is_refused_by_name() -> None:
    with pytest.raises(RefusedPickle, match=r"posix\.system|nt\.system"):
        read_pickle(pickle.dumps({"hidden": [Harmful()]}))


def test_pickle_that_names_another_numpy_function_is_refused() -> None:
    with pytest.raises(RefusedPickle, match="numpy"):
        read_pickle(pickle.dumps(np.load))


def test_npz_with_arrays_of_objects_is_read() -> None:
    ragged = np.empty(2, dtype=object)
    ragged[:] = [np.zeros((2, 3)), []]
    file = io.BytesIO()
    np.savez(file, ragged=ragged, plain=np.arange(4))
    found = read_npz(file.getvalue())
    assert found["ragged"][0].shape == (2, 3)
    np.testing.assert_array_equal(found["plain"], np.arange(4))


def test_npz_with_a_harmful_object_is_refused() -> None:
    file = io.BytesIO()
    np.savez(file, bad=np.array([Harmful()], dtype=object))
    with pytest.raises(RefusedPickle, match="system"):
        read_npz(file.getvalue())
