"""Loading several datasets of a session at once, or one by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from bregma.alf import QC, AlfBunch, read_file
from bregma.one.aggregates import Aggregates
from bregma.one.errors import DatasetNotFound
from bregma.one.selection.expectation import expect_one
from bregma.one.selection.revisions import warn_of_old
from bregma.one.selection.wanted import read_wanted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from bregma.alf import ALFPath
    from bregma.one.identifiers import SessionName
    from bregma.one.records import Dataset, Session
    from bregma.one.selection import Pattern
    from bregma.one.selection.wanted import Wanted


class Batches(Aggregates):
    """Loads files that are named one by one."""

    def load_datasets(
        self,
        eid: SessionName,
        datasets: Sequence[str | Mapping[str, Pattern]] | pd.DataFrame,
        collections: Sequence[Pattern] | str | None = None,
        revisions: Sequence[str | None] | str | None = None,
        query_type: str | None = None,
        assert_present: bool = True,
        download_only: bool = False,
        check_hash: bool = True,
        *,
        qc: QC | int | str = QC.FAIL,
    ) -> tuple[list[Any], list[AlfBunch | None]]:
        """Load several files of a session.

        Parameters
        ----------
        eid, query_type, download_only, check_hash, qc
            See ``load_dataset``.
        datasets : sequence of str or dict, or DataFrame
            Names, parts of names, paths in the session (whose revisions are then exactly those), or what
            ``list_datasets(details=True)`` gave.
        collections, revisions : str or sequence
            For all, or for each; not for paths.
        assert_present : bool
            Whether a file that is not there is an error; else it is None in both lists.

        Returns
        -------
        list, list of AlfBunch
            What is in each file, and what is known of it: eid, id, rel_path, file_size, hash, exists, qc,
            default_revision, revision.

        Raises
        ------
        DatasetNotFound, AmbiguousDataset, AmbiguousCollection, AmbiguousRevision
            If a name matches no file, or several.
        TypeError, ValueError
            If the names make no sense together.
        """
        session, available = self._datasets(eid, query_type)
        wanted = read_wanted(datasets, collections, revisions, default_revision=self.default_revision, eid=session.eid)
        found = [self._find(one, available, QC.parse(qc)) for one in wanted]
        warn_of_old(one for one, wish in zip(found, wanted, strict=True) if one and wish.is_path)
        if assert_present:
            _check_present(wanted, found, session)
        paths = self._obtain_each(session, found, check_hash, must_be_there=assert_present)
        contents = [path if download_only or path is None else read_file(path) for path in paths]
        pairs = zip(found, paths, strict=True)
        records = [None if one is None else _describe(one, exists=path is not None) for one, path in pairs]
        return contents, records

    def _find(self, wanted: Wanted, available: list[Dataset], qc: QC) -> Dataset | None:
        found = wanted.find(available, qc, wildcards=self.wildcards)
        return expect_one(found, str(wanted), available) if found else None

    def _obtain_each(
        self, session: Session, found: list[Dataset | None], check_hash: bool, *, must_be_there: bool
    ) -> list[ALFPath | None]:
        if must_be_there:
            there = [one for one in found if one is not None]
            return list(self._obtain(session, there, check_hash))
        return [None if one is None else self._obtain_or_none(session, one, check_hash) for one in found]

    def load_dataset_from_id(
        self, dset_id: UUID | str, download_only: bool = False, details: bool = False, check_hash: bool = True
    ) -> Any:
        """Load one file by its id.

        Parameters
        ----------
        dset_id : UUID or str
            The id.
        download_only, check_hash
            See ``load_dataset``.
        details : bool
            Whether the dataset's row (a pandas Series, named by session and id) comes second.

        Raises
        ------
        DatasetNotFound
            If there is none of that id.
        """
        session, dataset = self._catalogue().dataset(UUID(str(dset_id)))
        (path,) = self._obtain(session, [dataset], check_hash)
        loaded = path if download_only else read_file(path)
        if not details:
            return loaded
        from bregma.one.frames import frame_of_datasets

        return loaded, frame_of_datasets([dataset]).iloc[0]


def _check_present(wanted: list[Wanted], found: list[Dataset | None], session: Session) -> None:
    missing = [str(wish) for wish, one in zip(wanted, found, strict=True) if one is None]
    if missing:
        raise DatasetNotFound(
            f"session {session.path} ({session.eid}) has no {', '.join(missing)}; "
            "list_datasets() tells what it has, assert_present=False leaves them out"
        )


def _describe(dataset: Dataset, *, exists: bool) -> AlfBunch:
    columns = ("eid", "id", "rel_path", "file_size", "hash", "exists", "qc", "default_revision", "revision")
    return AlfBunch({column: getattr(dataset, column) for column in columns}, qc=dataset.qc.name, exists=exists)
