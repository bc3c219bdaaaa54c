"""Loading datasets and objects into memory, fetching what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from bregma.alf import QC, AlfBunch, ALFPath, load_object, read_file
from bregma.one.listing import Listing
from bregma.one.selection import Selection, choose_revisions, complete_filename, expect_one, expect_one_object

if TYPE_CHECKING:
    from bregma.one.identifiers import SessionName
    from bregma.one.records import Dataset, Session
    from bregma.one.selection import Pattern


class Loading(Listing):
    """Loads files of sessions.

    ``download_only=True`` is the reference's way to ask for paths, kept because every user knows it.
    """

    @overload
    def load_dataset(
        self, eid: SessionName, dataset: str, collection: str | None = ..., revision: str | None = ..., *,
        query_type: str | None = ..., download_only: Literal[True], check_hash: bool = ..., qc: QC = ...,
    ) -> ALFPath: ...  # fmt: skip
    @overload
    def load_dataset(
        self, eid: SessionName, dataset: str, collection: str | None = ..., revision: str | None = ..., *,
        query_type: str | None = ..., download_only: bool = ..., check_hash: bool = ..., qc: QC = ...,
    ) -> Any: ...  # fmt: skip
    def load_dataset(
        self,
        eid: SessionName,
        dataset: str,
        collection: str | None = None,
        revision: str | None = None,
        *,
        query_type: str | None = None,
        download_only: bool = False,
        check_hash: bool = True,
        qc: QC = QC.FAIL,
    ) -> Any:
        """Load one file of a session.

        Parameters
        ----------
        eid : UUID, str, path or mapping
            Any name of the session.
        dataset : str
            The file name (``obj.attr`` stands for any extension) or its path in the session.
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
        DatasetNotFound, AmbiguousDataset
            If no file matches, or several.
        HashMismatch, FileNotDownloaded
            If the file is damaged or missing and cannot be fetched.
        """
        session, available = self._datasets(eid, query_type)
        folder, _, name = dataset.rpartition("/")
        if folder:
            found = [one for one in available if one.rel_path == dataset and one.qc <= qc]
        else:
            selection = Selection(complete_filename(name), collection, worst_qc=qc, wildcards=self.wildcards)
            found = choose_revisions(selection.of(available), revision)
        one = expect_one(found, f"{dataset!r} in {_describe(session, collection, revision)}", available)
        (path,) = self._obtain(session, [one], check_hash)
        return path if download_only else read_file(path)

    @overload
    def load_object(
        self, eid: SessionName, obj: str, collection: str | None = ..., revision: str | None = ..., *,
        query_type: str | None = ..., download_only: Literal[True], check_hash: bool = ..., qc: QC = ...,
        **parts: Pattern,
    ) -> list[ALFPath]: ...  # fmt: skip
    @overload
    def load_object(
        self, eid: SessionName, obj: str, collection: str | None = ..., revision: str | None = ..., *,
        query_type: str | None = ..., download_only: Literal[False] = ..., check_hash: bool = ..., qc: QC = ...,
        **parts: Pattern,
    ) -> AlfBunch: ...  # fmt: skip
    def load_object(
        self,
        eid: SessionName,
        obj: str,
        collection: str | None = None,
        revision: str | None = None,
        *,
        query_type: str | None = None,
        download_only: bool = False,
        check_hash: bool = True,
        qc: QC = QC.FAIL,
        **parts: Pattern,
    ) -> AlfBunch | list[ALFPath]:
        """Load all files of one object of a session.

        Parameters
        ----------
        eid : UUID, str, path or mapping
            Any name of the session.
        obj : str
            The object, such as ``"trials"``.
        collection : str, optional
            The folder in the session; any one, if not given.
        revision : str, optional
            Of each file the last revision up to this one; the default ones, if not given.
        query_type : {'remote', 'local'}, optional
            Where to look, if not as the mode says.
        download_only : bool
            Return the paths instead of the contents.
        check_hash : bool
            Whether files that are already here are compared with their md5 (sizes always are).
        qc : QC
            Files of a worse quality are not loaded.
        **parts
            Other parts of the names: attribute, namespace, timescale, extra, extension.

        Returns
        -------
        AlfBunch
            Arrays by attribute; times in seconds.

        Raises
        ------
        DatasetNotFound, AmbiguousDataset
            If there is no such object, or one in several collections.
        HashMismatch, FileNotDownloaded
            If a file is damaged or missing and cannot be fetched.
        """
        session, available = self._datasets(eid, query_type)
        selection = Selection(None, collection, _check_parts({"object": obj, **parts}), qc, self.wildcards)
        found = choose_revisions(selection.of(available), revision)
        wanted = f"{obj!r} in {_describe(session, collection, revision)}"
        paths = self._obtain(session, expect_one_object(found, wanted, available), check_hash)
        return paths if download_only else load_object(paths, paths[0].object)

    def load_collection(
        self,
        eid: SessionName,
        collection: str,
        revision: str | None = None,
        *,
        query_type: str | None = None,
        check_hash: bool = True,
        **parts: Pattern,
    ) -> dict[str, AlfBunch]:
        """Load all objects of one collection, by their names; see ``load_object``."""
        session, available = self._datasets(eid, query_type)
        selection = Selection(None, collection, _check_parts(parts), QC.FAIL, self.wildcards)
        found = [one for one in choose_revisions(selection.of(available), revision) if one.parts]
        objects = sorted({one.parts.object for one in found if one.parts})
        expect_one_object(found[:1], f"in {_describe(session, collection, revision)}", available)
        paths = self._obtain(session, found, check_hash)
        return {name: load_object([path for path in paths if path.object == name], name) for name in objects}

    def _obtain(self, session: Session, datasets: list[Dataset], check_hash: bool) -> list[ALFPath]:
        """Fetch what is missing and record what was loaded: every load goes through here."""
        paths = self._files.ensure(session, datasets, check_hash=check_hash)
        if self.record_loaded:
            self.recorder.add(session, datasets)
        return paths

    def _datasets(self, eid: SessionName, query_type: str | None) -> tuple[Session, list[Dataset]]:
        return self._catalogue(query_type).datasets(self.to_eid(eid, query_type=query_type))


def _check_parts(parts: dict[str, Pattern]) -> dict[str, Pattern]:
    known = {"object", "attribute", "namespace", "timescale", "extra", "extension"}
    unknown = set(parts) - known
    if unknown:
        raise ValueError(f"a file name has no part {min(unknown)!r}; there are {', '.join(sorted(known))}")
    return parts


def _describe(session: Session, collection: str | None, revision: str | None) -> str:
    words = [f"session {session.path} ({session.eid})"]
    words += [f"collection {collection!r}"] if collection is not None else []
    words += [f"revision {revision!r} or before"] if revision is not None else []
    return ", ".join(words)
