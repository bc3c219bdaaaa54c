"""Searching sessions and insertions, by their terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from bregma.one.identifiers import Identifiers
from bregma.one.terms import complete_terms

if TYPE_CHECKING:
    from uuid import UUID

    from bregma.one.identifiers import SessionName
    from bregma.one.records import Insertion, Session


class Searching(Identifiers):
    """Finds sessions and insertions.

    ``details=True`` is the reference's way to ask for more, kept because every user knows it; the methods
    ``find_sessions`` and ``find_insertions`` give typed records instead.
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
