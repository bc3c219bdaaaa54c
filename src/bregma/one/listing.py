"""Listing what sessions have: files, collections and revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from bregma.alf import QC
from bregma.one.searching import Searching
from bregma.one.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

    from bregma.one.identifiers import SessionName
    from bregma.one.records import Dataset
    from bregma.one.selection import Pattern


class Listing(Searching):
    """Lists files of sessions; ``find_datasets`` gives typed records."""

    def find_datasets(
        self,
        session: SessionName,
        filename: Pattern | dict[str, Pattern] = None,
        collection: Pattern = None,
        *,
        qc: QC = QC.FAIL,
        query_type: str | None = None,
    ) -> list[Dataset]:
        """Find files of a session, all revisions.

        Parameters
        ----------
        session : UUID, str, path or mapping
            Any name of it.
        filename : str, list of str, or dict
            A pattern (``*`` for anything), several, or parts of the name such as ``{"object": "trials"}``.
        collection : str or list of str
            A pattern of the folder in the session; an empty text for the session's own folder.
        qc : QC
            Files of a worse quality are left out.
        query_type : {'remote', 'local'}, optional
            Where to look, if not as the mode says.

        Returns
        -------
        list of Dataset
            By path.
        """
        eid = self.to_eid(session, query_type=query_type)
        _, datasets = self._catalogue(query_type).datasets(eid)
        parts = filename if isinstance(filename, dict) else {}
        name = None if isinstance(filename, dict) else filename
        return Selection(name, collection, parts, qc, self.wildcards).of(datasets)

    @overload
    def list_datasets(
        self, eid: SessionName, filename: Any = ..., collection: Pattern = ..., revision: Pattern = ..., *,
        details: Literal[False] = ..., qc: QC = ..., query_type: str | None = ..., default_revisions_only: bool = ...,
    ) -> list[str]: ...  # fmt: skip
    @overload
    def list_datasets(
        self, eid: SessionName, filename: Any = ..., collection: Pattern = ..., revision: Pattern = ..., *,
        details: Literal[True], qc: QC = ..., query_type: str | None = ..., default_revisions_only: bool = ...,
    ) -> pd.DataFrame: ...  # fmt: skip
    def list_datasets(
        self,
        eid: SessionName,
        filename: Pattern | dict[str, Pattern] = None,
        collection: Pattern = None,
        revision: Pattern = None,
        *,
        details: bool = False,
        qc: QC = QC.FAIL,
        query_type: str | None = None,
        default_revisions_only: bool = False,
    ) -> list[str] | pd.DataFrame:
        """List the paths of a session's files, ``collection/#revision#/name``; see ``find_datasets``.

        With ``details=True``, a DataFrame with a row per file, indexed by id (text).
        """
        found = self.find_datasets(eid, filename, collection, qc=qc, query_type=query_type)
        matches = Selection(wildcards=self.wildcards).matches
        found = [one for one in found if matches(one.revision, revision)]
        if default_revisions_only:
            found = [one for one in found if one.default_revision]
        return _frame(found) if details else [one.rel_path for one in found]

    def list_collections(
        self,
        eid: SessionName,
        filename: Pattern | dict[str, Pattern] = None,
        collection: Pattern = None,
        *,
        query_type: str | None = None,
    ) -> list[str]:
        """List the folders of a session that have (such) files; an empty text is the session's own."""
        found = self.find_datasets(eid, filename, collection, query_type=query_type)
        return sorted({one.collection for one in found})

    def list_revisions(
        self,
        eid: SessionName,
        filename: Pattern | dict[str, Pattern] = None,
        collection: Pattern = None,
        *,
        query_type: str | None = None,
    ) -> list[str]:
        """List the revisions of (such) files of a session; an empty text is the first."""
        found = self.find_datasets(eid, filename, collection, query_type=query_type)
        return sorted({one.revision for one in found})


def _frame(datasets: list[Dataset]) -> pd.DataFrame:
    import pandas as pd

    columns = ["rel_path", "file_size", "hash", "exists", "qc", "default_revision"]
    rows = [one.to_dict() for one in datasets]
    frame = pd.DataFrame(rows, columns=["id", "eid", *columns]).set_index("id")
    frame.index = frame.index.map(str)
    return frame.drop(columns="eid")
