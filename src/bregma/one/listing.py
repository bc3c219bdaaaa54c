"""Listing what sessions have: files, collections and revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from bregma.alf import QC
from bregma.one.identifiers import read_name
from bregma.one.records import RecordList
from bregma.one.rel_path import split_rel_path
from bregma.one.searching import Searching
from bregma.one.selection import read_selection
from bregma.one.selection.revisions import default_revisions

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import polars as pl

    from bregma.one.identifiers import SessionName
    from bregma.one.records import Dataset, Session
    from bregma.one.selection import Pattern, Selection

    Filename = Pattern | Mapping[str, Pattern]


class Listing(Searching):
    """Lists files of sessions; ``find_datasets`` gives typed records.

    Patterns are those of a shell (``*``, ``?``, ``[…]``), or regular expressions with ``wildcards=False``; they must
    match the whole text, upper and lower case differ, one of several must match, an empty text stands for what is
    absent, and None for anything.
    """

    def find_datasets(
        self,
        session: SessionName,
        filename: Filename = None,
        collection: Pattern = None,
        revision: Pattern = None,
        qc: QC | int | str = QC.FAIL,
        *,
        ignore_qc_not_set: bool = False,
        default_revisions_only: bool = False,
        query_type: str | None = None,
    ) -> RecordList[Dataset]:
        """Find files of a session.

        Parameters
        ----------
        session : UUID, str, path or mapping
            Any name of it.
        filename : str, list of str, or dict
            A pattern of the name (one with a ``/`` of the path), several, or parts such as ``{"object": "trials"}``.
        collection, revision : str or list of str
            Patterns of the folder in the session and of the revision.
        qc : QC
            Files of a worse quality are left out.
        ignore_qc_not_set : bool
            Whether files of unknown quality are left out too.
        default_revisions_only : bool
            Whether only the default revision of each file is wanted.
        query_type : {'remote', 'local'}, optional
            Where to look, if not as the mode says.

        Returns
        -------
        list of Dataset
            By path.
        """
        selection = read_selection(
            filename,
            collection,
            revision,
            QC.parse(qc),
            wildcards=self.wildcards,
            looked_at=ignore_qc_not_set,
        )
        return RecordList(self._found(session, selection, query_type, only_default=default_revisions_only))

    @overload
    def list_datasets(
        self, eid: SessionName | None = ..., filename: Filename = ..., collection: Pattern = ...,
        revision: Pattern = ..., qc: QC | int | str = ..., ignore_qc_not_set: bool = ...,
        details: Literal[False] = ..., query_type: str | None = ..., default_revisions_only: bool = ...,
        keep_eid_index: bool = ...,
    ) -> list[str]: ...  # fmt: skip
    @overload
    def list_datasets(
        self, eid: SessionName | None = ..., filename: Filename = ..., collection: Pattern = ...,
        revision: Pattern = ..., qc: QC | int | str = ..., ignore_qc_not_set: bool = ..., *,
        details: Literal[True], query_type: str | None = ..., default_revisions_only: bool = ...,
        keep_eid_index: bool = ...,
    ) -> pd.DataFrame: ...  # fmt: skip
    def list_datasets(
        self,
        eid: SessionName | None = None,
        filename: Filename = None,
        collection: Pattern = None,
        revision: Pattern = None,
        qc: QC | int | str = QC.FAIL,
        ignore_qc_not_set: bool = False,
        details: bool = False,
        query_type: str | None = None,
        default_revisions_only: bool = False,
        keep_eid_index: bool = False,
    ) -> list[str] | pd.DataFrame:
        """List the paths of files, ``collection/#revision#/name``: of a session, or of all sessions of the tables.

        Parameters
        ----------
        eid : UUID, str, path or mapping, optional
            Any name of the session; without one, the tables on this machine are looked through.
        filename, collection, revision, qc, ignore_qc_not_set, query_type, default_revisions_only
            See ``find_datasets``.
        details : bool
            Whether a table is wanted instead of paths.
        keep_eid_index : bool
            Whether the table is indexed by session and file, and not by the file alone.

        Returns
        -------
        list of str or pandas.DataFrame
            Sorted paths, each once; or a row per file, indexed by UUID and sorted by it, with the columns rel_path,
            file_size (bytes), hash (md5), exists, qc and default_revision.
        """
        selection = read_selection(
            filename,
            collection,
            revision,
            QC.parse(qc),
            wildcards=self.wildcards,
            looked_at=ignore_qc_not_set,
        )
        if eid is None:
            rows = self._rows(selection, only_default=default_revisions_only)
            return _frame(rows) if details else _paths(rows)
        found = self._found(eid, selection, query_type, only_default=default_revisions_only)
        if not details:
            return [one.rel_path for one in found]
        from bregma.one.frames import frame_of_datasets

        frame = frame_of_datasets(found)
        return frame if keep_eid_index else frame.droplevel("eid")

    @overload
    def list_collections(
        self, eid: SessionName | None = ..., filename: Filename = ..., collection: Pattern = ...,
        revision: Pattern = ..., details: Literal[False] = ..., query_type: str | None = ...,
    ) -> list[str]: ...  # fmt: skip
    @overload
    def list_collections(
        self, eid: SessionName | None = ..., filename: Filename = ..., collection: Pattern = ...,
        revision: Pattern = ..., *, details: Literal[True], query_type: str | None = ...,
    ) -> dict[str, pd.DataFrame]: ...  # fmt: skip
    def list_collections(
        self,
        eid: SessionName | None = None,
        filename: Filename = None,
        collection: Pattern = None,
        revision: Pattern = None,
        details: bool = False,
        query_type: str | None = None,
    ) -> list[str] | dict[str, pd.DataFrame]:
        """List the folders that have (such) files; an empty text is the session's own.

        Parameters are as of ``list_datasets``; with ``details=True``, the table of each folder's files by its name.
        """
        return self._by_place("collection", eid, (filename, collection, revision), details, query_type)

    @overload
    def list_revisions(
        self, eid: SessionName | None = ..., filename: Filename = ..., collection: Pattern = ...,
        revision: Pattern = ..., details: Literal[False] = ..., query_type: str | None = ...,
    ) -> list[str]: ...  # fmt: skip
    @overload
    def list_revisions(
        self, eid: SessionName | None = ..., filename: Filename = ..., collection: Pattern = ...,
        revision: Pattern = ..., *, details: Literal[True], query_type: str | None = ...,
    ) -> dict[str, pd.DataFrame]: ...  # fmt: skip
    def list_revisions(
        self,
        eid: SessionName | None = None,
        filename: Filename = None,
        collection: Pattern = None,
        revision: Pattern = None,
        details: bool = False,
        query_type: str | None = None,
    ) -> list[str] | dict[str, pd.DataFrame]:
        """List the revisions of (such) files; an empty text is the first.

        Parameters are as of ``list_datasets``; with ``details=True``, the table of each revision's files by its name.
        """
        return self._by_place("revision", eid, (filename, collection, revision), details, query_type)

    def _by_place(
        self,
        part: Literal["collection", "revision"],
        eid: SessionName | None,
        patterns: tuple[Filename, Pattern, Pattern],
        details: bool,
        query_type: str | None,
    ) -> list[str] | dict[str, pd.DataFrame]:
        if not details:
            paths = self.list_datasets(eid, *patterns, query_type=query_type)
            return sorted({getattr(split_rel_path(path), part) for path in paths})
        from bregma.one.frames import by_value

        frame = self.list_datasets(eid, *patterns, details=True, query_type=query_type)
        return by_value(frame, [getattr(split_rel_path(path), part) for path in frame["rel_path"]])

    def _found(
        self, eid: SessionName, selection: Selection, query_type: str | None, *, only_default: bool
    ) -> list[Dataset]:
        """Choose among the files of one session."""
        _, datasets = self._datasets(eid, query_type)
        return selection.of(default_revisions(datasets) if only_default else datasets)

    def _datasets(self, eid: SessionName, query_type: str | None) -> tuple[Session, list[Dataset]]:
        return self._catalogue(query_type).datasets(read_name(eid))

    def _rows(self, selection: Selection, *, only_default: bool) -> pl.LazyFrame:
        """Choose among the files of all sessions of the tables: by path first, since sessions share most paths."""
        import polars as pl

        paths = [path for path in self._local.all_paths() if selection.accepts_path(path)]
        qualities = [int(one) for one in QC if selection.accepts_qc(one)]
        rows = self._local.table("datasets")
        rows = rows.filter(pl.col("rel_path").is_in(paths), pl.col("qc").is_in(qualities))
        return rows.filter(pl.col("default_revision")) if only_default else rows


def _paths(rows: pl.LazyFrame) -> list[str]:
    import polars as pl

    paths: list[str] = rows.select(pl.col("rel_path").unique().sort()).collect()["rel_path"].to_list()
    return paths


def _frame(rows: pl.LazyFrame) -> pd.DataFrame:
    from bregma.one.frames import frame_of_rows

    return frame_of_rows(rows.collect())
