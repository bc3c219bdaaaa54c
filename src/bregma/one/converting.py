"""From the path of a file to its row and its address on a server, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from bregma.alf import ALFPath
from bregma.one.describing import Describing
from bregma.one.errors import DatasetNotFound, SessionNotFound
from bregma.one.many import of_many

if TYPE_CHECKING:
    from pathlib import PurePath

    import pandas as pd

    from bregma.one.records import Dataset


class Converting(Describing):
    """Converts between files, rows of tables and addresses."""

    @of_many
    def path2record(self, path: PurePath | str, query_type: str | None = None) -> pd.Series[Any] | None:
        """Find the row of a session's folder (named by its id) or of a file (by session and id); None if unknown."""
        from bregma.one.frames import frame_of_datasets, row_of_session

        alf = ALFPath(path)
        if alf.is_session_path():
            eid = self.path2eid(alf, query_type)
            return None if eid is None else row_of_session(self._session(eid, query_type))
        found = self._file(alf, query_type)
        return None if found is None else frame_of_datasets([found]).iloc[0]

    def record2path(self, dataset: pd.Series[Any] | pd.DataFrame) -> ALFPath | list[ALFPath]:
        """Find where the file of a row lies on this machine; of a table, those of all rows.

        Raises
        ------
        ValueError
            If rows are not named by session and id (``list_datasets(details=True, keep_eid_index=True)`` makes such).
        SessionNotFound
            If there is no such session.
        """
        import pandas as pd

        if not isinstance(dataset, pd.Series):
            return [cast("ALFPath", self.record2path(row)) for _, row in dataset.iterrows()]
        eid, _ = _keys(dataset)
        session = self._session(eid, None)
        return ALFPath(self.cache_dir / session.path / str(dataset["rel_path"]))

    @of_many
    def path2url(self, filepath: PurePath | str, query_type: str | None = None) -> str:
        """Find the address of a file on a server.

        Raises
        ------
        DatasetNotFound
            If the file is not known, or on no server that is.
        """
        found = self._file(ALFPath(filepath), query_type)
        if found is None:
            raise DatasetNotFound(f"{filepath} is no file of a session on {self._place(query_type)}")
        return self._url(found)

    def record2url(self, record: pd.Series[Any] | pd.DataFrame) -> str | list[str]:
        """Find the address of the file of a row; of a table, those of all rows. Errors as of the other methods."""
        import pandas as pd

        if not isinstance(record, pd.Series):
            return [cast("str", self.record2url(row)) for _, row in record.iterrows()]
        _, key = _keys(record)
        return self._url(self._catalogue().dataset(key)[1])

    def _file(self, path: ALFPath, query_type: str | None) -> Dataset | None:
        eid = self.path2eid(path, query_type)
        if eid is None:
            return None
        rel_path = path.without_uuid().relative_to_session().as_posix()
        try:
            _, datasets = self._datasets(eid, query_type)
        except SessionNotFound:
            return None
        return next((one for one in datasets if one.rel_path == rel_path), None)

    def _url(self, dataset: Dataset) -> str:
        if dataset.url is None and not self.offline:
            _, dataset = self._remote.dataset(dataset.id)
        if dataset.url is None:
            raise DatasetNotFound(f"no server is known to have {dataset.rel_path}; tables tell no addresses")
        return dataset.url


def _keys(row: pd.Series[Any]) -> tuple[UUID, UUID]:
    if not isinstance(row.name, tuple) or len(row.name) != 2:
        raise ValueError(f"row {row.name!r} is not named by session and id; list with keep_eid_index=True")
    eid, key = row.name
    return UUID(str(eid)), UUID(str(key))
