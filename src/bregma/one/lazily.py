"""Opening datasets without downloading them: parts are read when they are asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bregma.alf import QC, AlfBunch, NameParts, is_valid, read_file
from bregma.one.loading import Loading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import numpy as np

    from bregma.alf.lazy import LazyArray, LazyTable, Video
    from bregma.one.identifiers import SessionName
    from bregma.one.records import Dataset, Session
    from bregma.one.selection import Pattern


class Opening(Loading):
    """Opens files of sessions where they are."""

    def open_dataset(
        self,
        eid: SessionName,
        dataset: str | Mapping[str, Pattern],
        collection: Pattern = None,
        revision: str | None = None,
        query_type: str | None = None,
        *,
        qc: QC | int | str = QC.FAIL,
    ) -> np.ndarray | LazyArray | LazyTable | Video:
        """Open one file of a session without downloading it.

        Parameters
        ----------
        eid, dataset, collection, revision, query_type, qc
            As of ``load_dataset``.

        Returns
        -------
        numpy.memmap, LazyArray, LazyTable, Traces or Video
            What ``bregma.alf.lazy.open_lazily`` gives: indexed as an array, by columns and rows, by seconds, or by
            frames. Each index reads what it names, from the file of this machine if it is here and of the right size
            (its md5 is not compared), else from its server or store. A small file that explains it (``.ch``,
            ``.metadata.json``) is downloaded.

        Raises
        ------
        DatasetNotFound, AmbiguousDataset, AmbiguousCollection, AmbiguousRevision
            If no file matches, or several.
        FileNotDownloaded
            If the file is neither here nor can be read from elsewhere.
        UnreadableFile
            If it is damaged, or of a format that has no parts: use ``load_dataset``.
        """
        return self.open_file(*self._one(eid, dataset, collection, revision, query_type, qc))

    def open_file(
        self,
        session: Session,
        dataset: Dataset,
        beside: Iterable[Dataset] = (),
        *,
        explained: Mapping[str, Any] | None = None,
    ) -> np.ndarray | LazyArray | LazyTable | Video:
        """Open one file that ``files_of`` told of, without asking for its session again.

        Parameters
        ----------
        session, dataset
            The session and one of its files.
        beside
            All files of the session: the one that explains the file is among them.
        explained
            What such a file would say, where there is none.

        Returns
        -------
        numpy.memmap, LazyArray, LazyTable, Traces or Video
            As of ``open_dataset``, with the same errors.
        """
        from bregma.alf.lazy import open_lazily
        from bregma.store import RemoteFile

        explained = explained or self._explanation(session, dataset, beside)
        if self.record_loaded:
            self.recorder.add(session, [dataset])
        if not self._files.plan(session, [dataset], check_hash=False).files:
            return open_lazily(self._files.path(session, dataset), metadata=explained)
        source, connection = self._files.source_of(dataset, session), self.alyx.connection
        file = RemoteFile.at(connection.http, source, size=dataset.file_size, retry=connection.retry)
        return open_lazily(file, name=dataset.name, metadata=explained)

    def open_object(
        self,
        eid: SessionName,
        obj: str,
        collection: Pattern = None,
        revision: str | None = None,
        query_type: str | None = None,
        *,
        qc: QC | int | str = QC.FAIL,
        **parts: Pattern,
    ) -> AlfBunch:
        """Open all files of one object without downloading those of which parts can be read.

        Parameters
        ----------
        eid, obj, collection, revision, query_type, qc, **parts
            As of ``load_object``.

        Returns
        -------
        AlfBunch
            By attribute what ``open_dataset`` gives; of other formats (settings, text) what ``load_dataset`` does.
            Tables stay tables under their own key, timestamps are not interpolated and parts are not joined.

        Raises
        ------
        DatasetNotFound, AmbiguousDataset, AmbiguousCollection
            If there is no such object, or one in several collections.
        FileNotDownloaded
            If a file is neither here nor can be read from elsewhere.
        """
        from bregma.alf.lazy import has_parts

        parts["object"] = obj
        session, found, available = self._object(eid, parts, collection, revision, query_type, qc)
        bunch = AlfBunch()
        for one in found:
            key = NameParts.of(one.name).key
            if has_parts(one.name):
                bunch[key] = self.open_file(session, one, available)
            else:
                bunch[key] = read_file(self._obtain(session, [one], True)[0])
        return bunch

    def _explanation(self, session: Session, dataset: Dataset, available: Iterable[Dataset]) -> dict[str, Any] | None:
        """Read the file beside a dataset that says how to read it; None, where there is none."""
        from bregma.alf.lazy import explained_by

        beside = {one.name: one for one in available if one.folder == dataset.folder}
        name = explained_by(dataset.name, [name for name in beside if is_valid(name)])
        return None if name is None else _read(self._obtain(session, [beside[name]], True)[0])


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
