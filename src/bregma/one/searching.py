"""Searching sessions and insertions, and listing what a session has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from bregma.alf import QC
from bregma.one.identifiers import Identifiers
from bregma.one.selection import Selection
from bregma.one.terms import complete_terms

if TYPE_CHECKING:
    from uuid import UUID

    import pandas as pd

    from bregma.one.identifiers import SessionName
    from bregma.one.records import Dataset, Insertion, Session
    from bregma.one.selection import Pattern


class Searching(Identifiers):
    """Finds sessions, insertions and datasets.

    ``details=True`` is the reference's way to ask for more, kept because every user knows it; the methods
    ``find_sessions``, ``find_insertions`` and ``find_datasets`` give typed records instead.
    """

    def find_sessions(self, *, query_type: str | None = None, **terms: Any) -> list[Session]:
        """Find sessions by terms.

        Parameters
        ----------
        query_type : {'remote', 'local'}, optional
            Where to look, if not as the mode says.
        **terms
            subject, lab, date_range (a day, or [first, last] of which either may be None), number, projects,
            task_protocol, datasets (file names that must all be there), dataset_qc_lte; a server knows more
            (see ``search_terms``). Names may be shortened. Subjects and labs are equal, ignoring case; projects and
            protocols contain the text; of several values one must match.

        Returns
        -------
        list of Session
            Newest first.

        Raises
        ------
        ValueError
            If a term is unknown or ambiguous; names close ones.
        """
        catalogue = self._catalogue(query_type)
        return catalogue.search(complete_terms(terms, catalogue.session_terms))

    @overload
    def search(self, details: Literal[False] = ..., query_type: str | None = ..., **terms: Any) -> list[UUID]: ...
    @overload
    def search(
        self, details: Literal[True], query_type: str | None = ..., **terms: Any
    ) -> tuple[list[UUID], list[dict[str, Any]]]: ...
    def search(
        self, details: bool = False, query_type: str | None = None, **terms: Any
    ) -> list[UUID] | tuple[list[UUID], list[dict[str, Any]]]:
        """Find the ids of sessions by terms, newest first; see ``find_sessions`` for the terms.

        With ``details=True``, a dict for each session comes second.
        """
        found = self.find_sessions(query_type=query_type, **terms)
        eids = [session.eid for session in found]
        return (eids, [session.to_dict() for session in found]) if details else eids

    def find_insertions(self, *, query_type: str | None = None, **terms: Any) -> list[Insertion]:
        """Find probe insertions by their name, model, serial or session, and by the terms of sessions."""
        catalogue = self._catalogue(query_type)
        return catalogue.search_insertions(complete_terms(terms, catalogue.insertion_terms))

    @overload
    def search_insertions(
        self, details: Literal[False] = ..., query_type: str | None = ..., **terms: Any
    ) -> list[UUID]: ...
    @overload
    def search_insertions(
        self, details: Literal[True], query_type: str | None = ..., **terms: Any
    ) -> tuple[list[UUID], list[dict[str, Any]]]: ...
    def search_insertions(
        self, details: bool = False, query_type: str | None = None, **terms: Any
    ) -> list[UUID] | tuple[list[UUID], list[dict[str, Any]]]:
        """Find the ids of insertions; with ``details=True``, a dict for each comes second."""
        found = self.find_insertions(query_type=query_type, **terms)
        pids = [insertion.pid for insertion in found]
        return (pids, [insertion.to_dict() for insertion in found]) if details else pids

    def search_terms(self, query_type: str | None = None, endpoint: str = "sessions") -> tuple[str, ...]:
        """List the terms that ``search`` knows (``search_insertions``, for the endpoint ``"insertions"``)."""
        catalogue = self._catalogue(query_type)
        return catalogue.insertion_terms if endpoint == "insertions" else catalogue.session_terms

    def get_details(self, session: SessionName, full: bool = False, query_type: str | None = None) -> dict[str, Any]:
        """Tell what is known of a session: what names it, or with ``full=True`` the whole record."""
        eid = self.to_eid(session, query_type=query_type)
        catalogue = self._catalogue(query_type)
        return catalogue.details(eid) if full else catalogue.session(eid).to_dict()

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
