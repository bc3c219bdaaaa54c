"""An array whose rows are read when they are asked for, indexed as numpy indexes."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Self

from bregma.alf.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from bregma.alf.lazy.source import ByteSource

_GAP = 1 << 16
"""Rows that are at most so many bytes apart are read at once."""


class LazyArray(ABC):
    """An array of which only those rows are read that an index names: ``array[10:20]``, ``array[::100, 3]``.

    Attributes
    ----------
    shape : tuple of int
        Rows first.
    dtype : numpy.dtype
        Of the values.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    _source: ByteSource

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def ndim(self) -> int:
        """How many dimensions there are."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many values there are."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """How many bytes of memory the whole array takes."""
        return self.size * self.dtype.itemsize

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._source.name!r}, shape={self.shape}, dtype={self.dtype})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._source.close()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """Read everything, as ``numpy.asarray`` asks; raises ValueError where a copy is not allowed."""
        if copy is False:
            raise ValueError(f"{self!r} is not in memory; let numpy copy it")
        whole = self._read(0, len(self))
        return whole if dtype is None else whole.astype(dtype, copy=False)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key: Any) -> Any:
        """Read what an index names: numbers, slices, arrays of numbers or of truth values, for each dimension."""
        keys = self._expand(key if isinstance(key, tuple) else (key,))
        if keys is None:
            return self.__array__()[key]
        rows, place = self._locate(keys[0])
        found = self._read(rows.start, rows.stop) if isinstance(rows, range) else self._gather(rows)
        return found[(place, *keys[1:])]

    @abstractmethod
    def _read(self, start: int, stop: int) -> np.ndarray:
        """Read rows from ``start`` up to, not including, ``stop``: a new array."""

    def _expand(self, keys: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """Write the ellipsis out; None for an index that does not begin with the rows."""
        import numpy as np

        keys = keys or (slice(None),)
        if any(key is None or (np.ndim(key) > 1 and np.asarray(key).dtype == bool) for key in keys if key is not ...):
            return None
        place = next((i for i, key in enumerate(keys) if key is ...), None)
        if place is None:
            return keys
        missing = self.ndim - len(keys) + 1
        return (*keys[:place], *([slice(None)] * missing), *keys[place + 1 :]) or None

    def _locate(self, key: Any) -> tuple[range | np.ndarray, Any]:
        """Say which rows to read, in order, and where the wanted ones are among them."""
        import numpy as np

        if isinstance(key, slice):
            wanted = range(len(self))[key]
            ordered = wanted if wanted.step > 0 else wanted[::-1]
            backward = slice(None, None, 1 if wanted.step > 0 else -1)
            if ordered.step == 1 and ordered:
                return ordered, backward
            return np.asarray(ordered, int), backward
        numbers = np.asarray(key)
        if numbers.dtype == bool:
            self._check_mask(numbers)
            return np.flatnonzero(numbers), slice(None)
        numbers = self._check_numbers(numbers if numbers.size else numbers.astype(int))
        if not numbers.ndim:
            return range(int(numbers), int(numbers) + 1), 0
        rows, place = np.unique(numbers, return_inverse=True)
        return rows, place.reshape(numbers.shape)

    def _gather(self, rows: np.ndarray) -> np.ndarray:
        """Read rows, at once those that are close to each other."""
        import numpy as np

        row_bytes = max(1, self.nbytes // max(1, len(self)))
        cuts = np.flatnonzero(np.diff(rows) > max(1, _GAP // row_bytes)) + 1
        runs = np.split(rows, cuts) if len(rows) else []
        found = [self._read(int(run[0]), int(run[-1]) + 1)[run - run[0]] for run in runs]
        return np.concatenate(found) if found else self._read(0, 0)

    def _check_mask(self, mask: np.ndarray) -> None:
        if mask.shape != (len(self),):
            raise IndexError(f"a mask of shape {mask.shape} does not fit {len(self)} rows of {self!r}")

    def _check_numbers(self, numbers: np.ndarray) -> np.ndarray:
        """Return row numbers from 0 on; raises IndexError for others and for what is no number."""
        if numbers.dtype.kind not in "iu":
            raise IndexError(f"rows are chosen by whole numbers, slices or masks, not by {numbers.dtype}")
        outside = numbers[(numbers < -len(self)) | (numbers >= len(self))]
        if outside.size:
            raise IndexError(f"row {outside.flat[0]} is not in {self!r}, which has {len(self)}")
        counted: np.ndarray = numbers + (numbers < 0) * len(self)
        return counted


class RawArray(LazyArray):
    """An array whose values lie one after another in a file.

    Parameters
    ----------
    source : ByteSource
        The file.
    dtype : numpy.dtype
        Of the values.
    shape : tuple of int
        Rows first.
    offset : int
        Bytes before the first value.
    by_column : bool
        Whether a column's values are together (Fortran's order), not a row's.

    Raises
    ------
    UnreadableFile
        If the file is shorter than that.
    """

    def __init__(
        self,
        source: ByteSource,
        dtype: np.dtype[Any],
        shape: tuple[int, ...],
        *,
        offset: int = 0,
        by_column: bool = False,
    ) -> None:
        self._source, self.dtype, self.shape = source, dtype, shape
        self._offset, self._by_column = offset, by_column and len(shape) > 1
        if source.size < offset + self.nbytes:
            raise UnreadableFile(
                f"{source.name} has {source.size} bytes, not the {offset + self.nbytes} of an array of shape {shape}; "
                "download or extract it again"
            )

    def _read(self, start: int, stop: int) -> np.ndarray:
        import numpy as np

        n_rows, inner = stop - start, self.shape[1:]
        if self._by_column:
            columns = [self._values(i * len(self) + start, n_rows) for i in range(math.prod(inner))]
            return np.reshape(np.concatenate([*columns, self._values(0, 0)]), (n_rows, *inner), order="F")
        width = math.prod(inner)
        return self._values(start * width, n_rows * width).reshape(n_rows, *inner)

    def _values(self, first: int, count: int) -> np.ndarray:
        import numpy as np

        values: np.ndarray = np.empty(count, self.dtype)
        self._source.read_into(values, self._offset + first * self.dtype.itemsize)
        return values
