"""Look-ups on an Alyx server."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from bregma.alf import ALFPath
from bregma.one.catalogue import several_labs
from bregma.one.catalogue.dataset_records import NO_SESSION, read_dataset_record
from bregma.one.catalogue.filters import INSERTIONS, SESSIONS, Place, is_meant, to_file_questions, to_questions
from bregma.one.catalogue.found import Found
from bregma.one.catalogue.terms import SERVER_INSERTION_TERMS, SERVER_SESSION_TERMS
from bregma.one.errors import (
    DatasetNotFound,
    InsertionNotFound,
    RecordNotFound,
    SessionNotFound,
)
from bregma.one.records import Dataset, Insertion, Session, id_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from bregma.alf import SessionParts
    from bregma.one.client import AlyxClient

_PAGE = 1000
"""Records of a page: as many as servers give at most."""
_BATCH = 100


class RemoteCatalogue:
    """Sessions, datasets and insertions of a server. A session with its files is one request.

    Parameters
    ----------
    client : AlyxClient
        Who asks.
    """

    session_terms: tuple[str, ...] = SERVER_SESSION_TERMS
    insertion_terms: tuple[str, ...] = SERVER_INSERTION_TERMS

    def __init__(self, client: AlyxClient) -> None:
        self._client = client
        self._sessions: dict[UUID, Session] = {}
        self.found = Found()

    def search(self, terms: Mapping[str, Any]) -> list[Session]:
        """Find sessions, newest first."""
        found = [self._remember(Session.from_record(record)) for record in self._find(terms, SESSIONS)]
        return sorted(found, key=_age, reverse=True)

    def search_ids(self, terms: Mapping[str, Any]) -> list[UUID]:
        """Find the ids of sessions, newest first."""
        return [session.eid for session in self.search(terms)]

    def session(self, eid: UUID) -> Session:
        """Look up one session; what names it does not change, so it is asked for once."""
        if eid not in self._sessions:
            self._remember(Session.from_record({**self.details(eid), "id": str(eid)}))
        return self._sessions[eid]

    def sessions(self, eids: Sequence[UUID]) -> list[Session]:
        """Look up many sessions with few requests, in the order of their ids.

        Raises
        ------
        SessionNotFound
            If one is not there.
        """
        wanted = list(dict.fromkeys(eids))
        found = {one.eid: one for one in self.search({"id": wanted})} if wanted else {}
        missing = [str(eid) for eid in wanted if eid not in found]
        if missing:
            raise SessionNotFound(f"{self._client.base_url} has no session {missing[0]} that you may read")
        return [found[eid] for eid in eids]

    def complete(self) -> None:
        """Ask for what paths and files alone did not tell of the sessions found: protocol and projects."""
        self.sessions(self.found.thin_sessions())

    def named(self, parts: SessionParts) -> list[Session]:
        """Find the sessions of a path; of several labs, if it names none."""
        terms: dict[str, Any] = {
            "subject": parts.subject,
            "date_range": [parts.date.isoformat()] * 2,
            "number": parts.number,
        }
        filters = {**terms, "lab": parts.lab} if parts.lab else terms
        found = [Session.from_record(record) for record in self._client.iterate("sessions", **filters)]
        return [self._remember(one) for one in found if one.subject == parts.subject]

    def details(self, eid: UUID) -> dict[str, Any]:
        """Tell all that the server knows of a session."""
        try:
            record: dict[str, Any] = self._client.rest("sessions", "read", eid)
        except RecordNotFound as error:
            raise SessionNotFound(f"{self._client.base_url} has no session {eid} that you may read") from error
        return record

    def datasets(self, name: UUID | SessionParts) -> tuple[Session, list[Dataset]]:
        """Look up a session with its files, by its id or path: one request, as long as it has files.

        Raises
        ------
        SessionNotFound, AmbiguousSession
            If no session is called so, or sessions of several labs are.
        """
        if isinstance(name, UUID):
            record = {**self.details(name), "id": str(name)}
            related = record.get("data_dataset_session_related") or []
            session = self._remember(Session.from_record(record))
            datasets = [Dataset.from_session_record(item, name) for item in related]
        else:
            session, datasets = self._named_datasets(name)
        self.found.add([session, *datasets])
        return session, datasets

    def dataset(self, dataset_id: UUID) -> tuple[Session, Dataset]:
        """Look up one file with its session."""
        try:
            dataset = read_dataset_record(self._client.rest("datasets", "read", dataset_id))
        except RecordNotFound as error:
            raise DatasetNotFound(f"{self._client.base_url} has no dataset {dataset_id} that you may read") from error
        if dataset.eid == NO_SESSION:
            raise DatasetNotFound(f"dataset {dataset_id} belongs to no session; load_aggregate() loads it")
        return self.session(dataset.eid), dataset

    def search_insertions(self, terms: Mapping[str, Any]) -> list[Insertion]:
        """Find insertions, those of the newest sessions first."""
        records = self._find(terms, INSERTIONS)
        found = [Insertion.from_record(record) for record in sorted(records, key=_age_of_probe, reverse=True)]
        self.found.add(found)
        return found

    def insertion(self, pid: UUID) -> Insertion:
        """Look up one insertion."""
        try:
            return Insertion.from_record(self._client.rest("insertions", "read", pid))
        except RecordNotFound as error:
            raise InsertionNotFound(f"{self._client.base_url} has no insertion {pid} that you may read") from error

    def _find(self, terms: Mapping[str, Any], place: Place) -> list[dict[str, Any]]:
        """Ask all questions; keep each record that is meant, once."""
        first = int(terms.get("offset") or 0)
        last = None if terms.get("limit") is None else first + int(terms["limit"])
        records, files = self._ask(terms, place), to_file_questions(terms)
        if files and place is SESSIONS:
            records = self._having(records, files)
        return list(islice(records, first, last))

    def _having(self, records: Iterator[dict[str, Any]], files: list[str]) -> Iterator[dict[str, Any]]:
        """Keep the sessions that have a file for each filter: servers compare names and qualities apart."""
        while batch := {str(id_of(record)): record for record in islice(records, _BATCH)}:
            for question in files:
                free = f"session__in,{list(batch)!r},{question}"
                found = self._client.iterate(f"datasets?limit={_PAGE}", exists=True, fields="session", django=free)
                having = {str(one["session"])[-36:] for one in found}
                batch = {key: record for key, record in batch.items() if key in having}
                if not batch:
                    break
            yield from batch.values()

    def _ask(self, terms: Mapping[str, Any], place: Place) -> Iterator[dict[str, Any]]:
        seen = set()
        for filters in to_questions(terms, place):
            for record in self._client.iterate(f"{place.endpoint}?limit={_PAGE}", **filters):
                key = id_of(record)
                if key not in seen and is_meant(record, terms):
                    seen.add(key)
                    yield record

    def _named_datasets(self, parts: SessionParts) -> tuple[Session, list[Dataset]]:
        """Ask for the files of a path, which tell the session; only if there are none, ask for the session."""
        terms: dict[str, Any] = {
            "subject": parts.subject,
            "date": parts.date.isoformat(),
            "experiment_number": parts.number,
        }
        filters = {**terms, "lab": parts.lab} if parts.lab else terms
        records = list(self._client.iterate(f"datasets?limit={_PAGE}", **filters))
        datasets = [one for one in map(read_dataset_record, records) if one.exists]
        sessions = {one.eid: _lab_of(one, parts) for one in datasets}
        if len(sessions) == 1 and all(sessions.values()):
            ((eid, lab),) = sessions.items()
            thin = Session(eid, str(lab), parts.subject, parts.date, parts.number)
            return self._sessions.get(eid, thin), datasets
        found = self.named(parts)
        if not found:
            raise SessionNotFound(f"{self._client.base_url} has no session {parts} that you may read")
        if len(found) > 1:
            raise several_labs(parts, found)
        return found[0], [one for one in datasets if one.eid == found[0].eid]

    def _remember(self, session: Session) -> Session:
        self._sessions[session.eid] = session
        self.found.add([session])
        return session


def _lab_of(dataset: Dataset, parts: SessionParts) -> str | None:
    """Find the lab of a file, which its address tells."""
    if parts.lab or not dataset.url:
        return parts.lab
    return ALFPath(unquote(urlsplit(dataset.url, allow_fragments=False).path)).lab


def _age(session: Session) -> tuple[date, str, int]:
    return session.date, session.subject, session.number


def _age_of_probe(record: Mapping[str, Any]) -> tuple[str, str, int, str]:
    session = record.get("session_info") or {}
    day, number = str(session.get("start_time"))[:10], int(session.get("number") or 0)
    return day, str(session.get("subject")), number, str(record.get("name"))
