"""Searching sessions and insertions, by their terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal, overload

from bregma.alf import AlfBunch
from bregma.one.catalogue.details import summarize
from bregma.one.catalogue.terms import (
    SERVER_INSERTION_TERMS,
    SERVER_SESSION_TERMS,
    as_list,
    complete_terms,
    take_literally,
)
from bregma.one.identifiers import Identifiers
from bregma.one.records import RecordList

if TYPE_CHECKING:
    from uuid import UUID

    from bregma.one.records import Insertion, Session


class Searching(Identifiers):
    """Finds sessions and insertions.

    ``details=True`` is the reference's way to ask for more, kept because every user knows it; the methods
    ``find_sessions`` and ``find_insertions`` give typed records instead.
    """

    def find_sessions(self, *, query_type: str | None = None, **terms: Any) -> RecordList[Session]:
        """Find sessions by terms.

        Texts are regular expressions that are searched for anywhere in the field, ignoring case (texts as they are,
        with ``wildcards=False``); of several values one must match. docs/reference/search.md tells all.

        Parameters
        ----------
        query_type : {'remote', 'local'}, optional
            Where to look, if not as the mode says.
        **terms
            subject, lab, date_range (a day, or [first, last] of which either may be None), number, projects,
            task_protocol, datasets (patterns of whole file names, that must all be there), dataset_qc_lte, and more
            (see ``search_terms``). Names may be shortened.

        Returns
        -------
        list of Session
            Newest first.

        Raises
        ------
        ValueError
            If a term is unknown or ambiguous, or its value cannot be read; names close ones.
        """
        catalogue = self._catalogue(query_type)
        return RecordList(catalogue.search(self._full(terms, catalogue.session_terms, SERVER_SESSION_TERMS)))

    @overload
    def search(self, details: Literal[False] = ..., query_type: str | None = ..., **terms: Any) -> list[UUID]: ...
    @overload
    def search(
        self, details: Literal[True], query_type: str | None = ..., **terms: Any
    ) -> tuple[list[UUID], list[AlfBunch]]: ...
    def search(
        self, details: bool = False, query_type: str | None = None, **terms: Any
    ) -> list[UUID] | tuple[list[UUID], list[AlfBunch]]:
        """Find the ids of sessions by terms, newest first; see ``find_sessions`` for the terms.

        With ``details=True``, a dict for each session comes second: a row of the tables, or the server's record with
        the date.
        """
        if not details:
            catalogue = self._catalogue(query_type)
            return catalogue.search_ids(self._full(terms, catalogue.session_terms, SERVER_SESSION_TERMS))
        found = self.find_sessions(query_type=query_type, **terms)
        return [session.eid for session in found], [AlfBunch(session.told) for session in found]

    def find_insertions(self, *, query_type: str | None = None, **terms: Any) -> RecordList[Insertion]:
        """Find probe insertions by their name, model, serial or session, and by the terms of sessions.

        Terms of datasets are about the files of the insertion. Those of the newest sessions come first.
        """
        catalogue = self._catalogue(query_type)
        full = self._full(terms, catalogue.insertion_terms, SERVER_INSERTION_TERMS)
        return RecordList(catalogue.search_insertions(full))

    @overload
    def search_insertions(
        self, details: Literal[False] = ..., query_type: str | None = ..., **terms: Any
    ) -> list[UUID]: ...
    @overload
    def search_insertions(
        self, details: Literal[True], query_type: str | None = ..., **terms: Any
    ) -> tuple[list[UUID], list[AlfBunch]]: ...
    def search_insertions(
        self, details: bool = False, query_type: str | None = None, **terms: Any
    ) -> list[UUID] | tuple[list[UUID], list[AlfBunch]]:
        """Find the ids of insertions; with ``details=True``, a dict for each comes second."""
        found = self.find_insertions(query_type=query_type, **terms)
        pids = [insertion.pid for insertion in found]
        return (pids, [AlfBunch(insertion.to_dict()) for insertion in found]) if details else pids

    def search_terms(self, query_type: str | None = None, endpoint: str = "sessions") -> tuple[str, ...]:
        """List the terms that ``search`` knows (``search_insertions``, for the endpoint ``"insertions"``)."""
        catalogue = self._catalogue(query_type)
        return catalogue.insertion_terms if endpoint == "insertions" else catalogue.session_terms

    def list_subjects(self, query_type: str | None = None) -> list[str]:
        """List the nicknames of all subjects that have sessions, sorted."""
        return sorted({session.subject for session in self._catalogue(query_type).search({})})

    def get_details(self, eid: Any, full: bool = False, query_type: str | None = None) -> Any:
        """Tell what is known of a session, or of each of several.

        Parameters
        ----------
        eid : UUID, str, path, mapping, or an iterable of them
            Any name of the session.
        full : bool
            Whether everything is wanted: from a server the whole record; from tables a row for each file.
        query_type : {'remote', 'local'}, optional
            Where to look, if not as the mode says.

        Returns
        -------
        dict or pandas.Series or pandas.DataFrame
            From a server a dict, with the date and the ``local_path``; from tables the row of the session, or its
            files with the columns of the session, indexed by eid and id.

        Raises
        ------
        SessionNotFound
            If there is none.
        """
        several = not isinstance(eid, (str, Mapping, PurePath)) and isinstance(eid, Iterable)
        names = as_list(eid) if several else [eid]
        eids = [self.to_eid(name, query_type=query_type) for name in names]
        catalogue = self._catalogue(query_type)
        if full:
            found: list[Any] = [catalogue.details(one) for one in eids]
        else:
            found = [summarize(session, self.cache_dir) for session in catalogue.sessions(eids)]
        return found if several else found[0]

    def _full(self, terms: dict[str, Any], known: tuple[str, ...], beyond: tuple[str, ...]) -> dict[str, Any]:
        full = complete_terms(terms, known, beyond)
        return full if self.wildcards else take_literally(full)
