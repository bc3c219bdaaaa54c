"""Loading datasets and objects into memory, fetching what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from bregma.alf import QC, AlfBunch, is_valid, load_object, read_file
from bregma.one.batches import Batches
from bregma.one.selection import Selection, check_parts
from bregma.one.selection.expectation import expect_one, expect_one_object, expect_some
from bregma.one.selection.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alf import ALFPath
    from bregma.one.identifiers import SessionName
    from bregma.one.records import Dataset, Session
    from bregma.one.selection import Pattern


class Loading(Batches):
    """Loads files of sessions.

    ``download_only=True`` is the reference's way to ask for paths, kept because every user knows it.
    """

    @overload
    def load_dataset(
        self, eid: SessionName, dataset: str | Mapping[str, Pattern], collection: Pattern = ...,
        revision: str | None = ..., query_type: str | None = ..., *, download_only: Literal[True],
        check_hash: bool = ..., qc: QC | int | str = ...,
    ) -> ALFPath: ...  # fmt: skip
    @overload
    def load_dataset(
        self, eid: SessionName, dataset: str | Mapping[str, Pattern], collection: Pattern = ...,
        revision: str | None = ..., query_type: str | None = ..., download_only: bool = ...,
        check_hash: bool = ..., *, qc: QC | int | str = ...,
    ) -> Any: ...  # fmt: skip
    def load_dataset(
        self,
        eid: SessionName,
        dataset: str | Mapping[str, Pattern],
        collection: Pattern = None,
        revision: str | None = None,
        query_type: str | None = None,
        download_only: bool = False,
        check_hash: bool = True,
        *,
        qc: QC | int | str = QC.FAIL,
    ) -> Any:
        """Load one file of a session.

        Parameters
        ----------
        eid : UUID, str, path or mapping
            Any name of the session.
        dataset : str or dict
            The file name (``obj.attr`` stands for any extension), its path in the session, or parts of the name.
        collection : str, optional
            The folder in the session; any, if not given.
        revision : str, optional
            The last revision up to this one; the default one, if not given.
        query_type : {'remote', 'local'}, optional
            Where to look, if not as the mode says.
        download_only : bool
            Return the path instead of the contents.
        check_hash : bool
            Whether a file that is already here is compared with its md5 (sizes always are).
        qc : QC
            Files of a worse quality are not loaded.

        Returns
        -------
        object
            An array, a DataFrame, a dict or a list; the path, for files that are not read at once (videos, raw
            traces).

        Raises
        ------
        DatasetNotFound, AmbiguousDataset, AmbiguousCollection, AmbiguousRevision
            If no file matches, or several.
        HashMismatch, FileNotDownloaded
            If the file is damaged or missing and cannot be fetched.
        ValueError
            If collection or revision are given beside a path.
        """
        session, one, _ = self._one(eid, dataset, collection, revision, query_type, qc)
        (path,) = self._obtain(session, [one], check_hash)
        return path if download_only else read_file(path)

    @overload
    def load_object(
        self, eid: SessionName, obj: str, collection: Pattern = ..., revision: str | None = ...,
        query_type: str | None = ..., *, download_only: Literal[True], check_hash: bool = ..., qc: QC | int | str = ...,
        **parts: Pattern,
    ) -> list[ALFPath]: ...  # fmt: skip
    @overload
    def load_object(
        self, eid: SessionName, obj: str, collection: Pattern = ..., revision: str | None = ...,
        query_type: str | None = ..., download_only: Literal[False] = ..., check_hash: bool = ..., *,
        qc: QC | int | str = ..., **parts: Pattern,
    ) -> AlfBunch: ...  # fmt: skip
    def load_object(
        self,
        eid: SessionName,
        obj: str,
        collection: Pattern = None,
        revision: str | None = None,
        query_type: str | None = None,
        download_only: bool = False,
        check_hash: bool = True,
        *,
        qc: QC | int | str = QC.FAIL,
        **parts: Pattern,
    ) -> AlfBunch | list[ALFPath]:
        """Load all files of one object of a session.

        Parameters
        ----------
        eid, query_type, check_hash, qc
            See ``load_dataset``.
        obj : str
            The object, such as ``"trials"``.
        collection : str, optional
            The folder in the session; any one, if not given.
        revision : str, optional
            Of each file the last revision up to this one; the default ones, if not given.
        download_only : bool
            Return the paths instead of the contents.
        **parts
            Other parts of the names: attribute, namespace, timescale, extra, extension.

        Returns
        -------
        AlfBunch
            Arrays by attribute; times in seconds.

        Raises
        ------
        DatasetNotFound, AmbiguousDataset, AmbiguousCollection
            If there is no such object, or one in several collections.
        HashMismatch, FileNotDownloaded
            If a file is damaged or missing and cannot be fetched; offline, only if none of them is here.
        """
        parts["object"] = obj
        session, found, _ = self._object(eid, parts, collection, revision, query_type, qc)
        paths = self._obtain_here(session, found, check_hash)
        return paths if download_only else load_object(paths, paths[0].object)

    @overload
    def load_collection(
        self, eid: SessionName, collection: str, object: Pattern = ..., revision: str | None = ...,
        query_type: str | None = ..., *, download_only: Literal[True], check_hash: bool = ..., qc: QC | int | str = ...,
        **parts: Pattern,
    ) -> list[ALFPath]: ...  # fmt: skip
    @overload
    def load_collection(
        self, eid: SessionName, collection: str, object: Pattern = ..., revision: str | None = ...,
        query_type: str | None = ..., download_only: Literal[False] = ..., check_hash: bool = ..., *,
        qc: QC | int | str = ..., **parts: Pattern,
    ) -> AlfBunch: ...  # fmt: skip
    def load_collection(
        self,
        eid: SessionName,
        collection: str,
        object: Pattern = None,  # noqa: A002 - the word of the convention
        revision: str | None = None,
        query_type: str | None = None,
        download_only: bool = False,
        check_hash: bool = True,
        *,
        qc: QC | int | str = QC.FAIL,
        **parts: Pattern,
    ) -> AlfBunch | list[ALFPath]:
        """Load all objects of one collection, by their names; parameters and errors as of ``load_object``.

        An empty text is the session's own folder.
        """
        parts["object"] = object
        session, available = self._datasets(eid, query_type)
        found = [one for one in self._choose(available, collection, parts, revision, qc) if is_valid(one.name)]
        wanted = f"{object or '*'!r}{_within(collection)} in {_name(session)}"
        paths = self._obtain_here(session, expect_some(found, wanted, available), check_hash)
        if download_only:
            return paths
        objects = sorted({path.object for path in paths})
        return AlfBunch({name: load_object([path for path in paths if path.object == name], name) for name in objects})

    def _one(
        self,
        eid: SessionName,
        dataset: str | Mapping[str, Pattern],
        collection: Pattern,
        revision: str | None,
        query_type: str | None,
        qc: QC | int | str,
    ) -> tuple[Session, Dataset, list[Dataset]]:
        """Find the file that is meant, with its session and all that this has."""
        wanted = self._wanted(dataset, collection, revision)
        session, available = self._datasets(eid, query_type)
        found = wanted.find(available, QC.parse(qc), wildcards=self.wildcards)
        return session, expect_one(found, f"{wanted} in {_name(session)}", available), available

    def _object(
        self,
        eid: SessionName,
        parts: Mapping[str, Pattern],
        collection: Pattern,
        revision: str | None,
        query_type: str | None,
        qc: QC | int | str,
    ) -> tuple[Session, list[Dataset], list[Dataset]]:
        """Find the files of one object, with their session and all that this has."""
        session, available = self._datasets(eid, query_type)
        found = self._choose(available, collection, parts, revision, qc)
        wanted = f"{parts['object']!r}{_within(collection)} in {_name(session)}"
        return session, expect_one_object(found, wanted, available), available

    def _choose(
        self,
        available: list[Dataset],
        collection: Pattern,
        parts: Mapping[str, Pattern],
        revision: str | None,
        qc: QC | int | str,
    ) -> list[Dataset]:
        """Choose files by parts of their names, one revision of each."""
        selection = Selection(None, collection, check_parts(parts), QC.parse(qc), self.wildcards)
        return self._revised(selection.of(available), revision)

    def _wanted(self, dataset: str | Mapping[str, Pattern], collection: Pattern, revision: str | None) -> Wanted:
        if not isinstance(dataset, str) or "/" not in dataset:
            return Wanted(dataset, collection, revision or self.default_revision)
        if collection is not None or revision is not None:
            raise ValueError(f"collection and revision are part of the path {dataset!r}; give them only beside a name")
        return Wanted(dataset)


def _name(session: Session) -> str:
    return f"{session.path} ({session.eid})"


def _within(collection: Pattern) -> str:
    return "" if collection is None else f" in collection {collection!r}"
