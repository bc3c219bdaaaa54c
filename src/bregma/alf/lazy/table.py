"""A parquet table of which only the columns and rows are read that are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from bregma.alf.errors import UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd

    from bregma.alf.lazy.source import ByteSource


class LazyTable:
    """A table in a parquet file: ``table["choice"]``, ``table[["choice", "rewardVolume"]]``, ``table[100:200]``.

    Parameters
    ----------
    source : Path or ByteSource
        The file.

    Raises
    ------
    UnreadableFile
        If it is not a parquet file.
    """

    def __init__(self, source: Path | ByteSource) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._name = str(source) if not hasattr(source, "name") or not hasattr(source, "size") else source.name
        place = source.file if hasattr(source, "file") else source
        try:
            self._file = pq.ParquetFile(place, memory_map=place is source, pre_buffer=True)
        except (pa.ArrowException, OSError, ValueError, RecursionError) as error:
            raise self._damaged(error) from error

    def __repr__(self) -> str:
        return f"LazyTable({self._name!r}, {len(self)} rows, columns={self.columns})"

    def __len__(self) -> int:
        return int(self._file.metadata.num_rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self._file.schema_arrow.names)

    def __getitem__(self, key: str | list[str] | slice) -> np.ndarray | pd.DataFrame:
        """Read one column as an array, several as a DataFrame, or rows (a slice) as a DataFrame."""
        if isinstance(key, str):
            return self.column(key)
        if isinstance(key, slice):
            rows = range(len(self))[key]
            return self.read(start=min(rows, default=0), stop=max(rows, default=-1) + 1)[:: rows.step]
        return self.read(key)

    def column(self, name: str) -> np.ndarray:
        """Read one column."""
        values: np.ndarray = self._table([name], 0, len(self))[name].to_numpy()
        return values

    def read(self, columns: list[str] | None = None, start: int = 0, stop: int | None = None) -> pd.DataFrame:
        """Read some columns of some rows.

        Parameters
        ----------
        columns : list of str, optional
            Which; all, if not given.
        start, stop : int
            Rows from ``start`` up to, not including, ``stop``; only the row groups that hold them are read.

        Returns
        -------
        DataFrame
            Its rows are numbered from 0, or indexed as they were when the table was written.

        Raises
        ------
        KeyError
            If there is no such column; names those there are.
        """
        stop = len(self) if stop is None else min(stop, len(self))
        table = self._table(columns, start, stop)
        try:
            frame: pd.DataFrame = table.to_pandas()
        except (ValueError, TypeError, LookupError, RecursionError) as error:  # of what was written about its index
            raise self._damaged(error) from error
        return frame

    def _table(self, columns: list[str] | None, start: int, stop: int) -> Any:
        """Read an Arrow table."""
        import pyarrow as pa

        if missing := set(columns or ()) - set(self.columns):
            raise KeyError(f"no column {min(missing)!r} in {self._name}; there are {', '.join(self.columns)}")
        groups, first = self._groups(start, stop)
        try:
            table = self._file.read_row_groups(groups, columns=columns, use_pandas_metadata=columns is None)
        except (pa.ArrowException, OSError, LookupError, TypeError, RecursionError) as error:
            raise self._damaged(error) from error
        return table.slice(start - first, max(0, stop - start))

    def _damaged(self, error: Exception) -> UnreadableFile:
        return UnreadableFile(f"cannot read {self._name}: {error}; download it again")

    def _groups(self, start: int, stop: int) -> tuple[list[int], int]:
        """Find the row groups that hold rows, and the first row of the first of them."""
        groups: list[int] = []
        first, end = start, 0
        for i in range(self._file.num_row_groups):
            begin, end = end, end + self._file.metadata.row_group(i).num_rows
            if begin < stop and end > start:
                first = first if groups else begin
                groups.append(i)
        return groups, first
