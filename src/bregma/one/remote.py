"""Look-ups on an Alyx server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.alf import QC
from bregma.one.dataset_records import NO_SESSION, read_dataset_record
from bregma.one.errors import DatasetNotFound, InsertionNotFound, RecordNotFound, SessionNotFound
from bregma.one.records import Dataset, Insertion, Session
from bregma.one.terms import SERVER_INSERTION_TERMS, SERVER_SESSION_TERMS, as_list, parse_date_range

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from bregma.one.client import AlyxClient

_FIELDS = {
    "subject": "subject__nickname",
    "laboratory": "lab__name",
    "number": "number",
    "projects": "projects__name",
    "id": "pk",
}


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

    def search(self, terms: Mapping[str, Any]) -> list[Session]:
        """Find sessions, newest first."""
        filters = to_filters(terms, prefix="")
        return [self._remember(Session.from_record(item)) for item in self._client.iterate("sessions", **filters)]

    def session(self, eid: UUID) -> Session:
        """Look up one session; what names it does not change, so it is asked for once."""
        if eid not in self._sessions:
            self._remember(Session.from_record({**self.details(eid), "id": eid}))
        return self._sessions[eid]

    def details(self, eid: UUID) -> dict[str, Any]:
        """Tell all that the server knows of a session."""
        try:
            record: dict[str, Any] = self._client.rest("sessions", "read", eid)
        except RecordNotFound as error:
            raise SessionNotFound(f"{self._client.base_url} has no session {eid} that you may read") from error
        return record

    def datasets(self, eid: UUID) -> tuple[Session, list[Dataset]]:
        """Look up a session with its files."""
        record = self.details(eid)
        session = self._remember(Session.from_record({**record, "id": eid}))
        related = record.get("data_dataset_session_related") or []
        return session, [Dataset.from_session_record(item, eid) for item in related]

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
        """Find insertions."""
        filters = to_filters(terms, prefix="session__")
        return [Insertion.from_record(item) for item in self._client.iterate("insertions", **filters)]

    def insertion(self, pid: UUID) -> Insertion:
        """Look up one insertion."""
        try:
            return Insertion.from_record(self._client.rest("insertions", "read", pid))
        except RecordNotFound as error:
            raise InsertionNotFound(f"{self._client.base_url} has no insertion {pid} that you may read") from error

    def _remember(self, session: Session) -> Session:
        self._sessions[session.eid] = session
        return session


def to_filters(terms: Mapping[str, Any], *, prefix: str) -> dict[str, Any]:
    """Convert search terms to the server's query parameters.

    Parameters
    ----------
    terms : mapping
        Full names of terms, with their values.
    prefix : str
        How the server's fields reach the session: empty, or ``session__`` for insertions.

    Raises
    ------
    ValueError
        If several values are given for a term of which the server takes one.
    """
    filters: dict[str, Any] = {}
    free = [str(part) for part in as_list(terms.get("django", []))]
    for term, value in terms.items():
        if term == "django":
            continue
        if term == "date_range":
            days = [day.isoformat() for day in parse_date_range(value)]
            filters |= {"date_range": days} if not prefix else {}
            free += [] if not prefix else _between(f"{prefix}start_time__date", days)
        elif term == "dataset_qc_lte":
            filters[term] = QC.parse(value).name
        elif term in _FIELDS and (term == "id" or isinstance(value, (list, tuple, set))):
            field = _FIELDS[term] if term == "id" else prefix + _FIELDS[term]
            free.append(f"{field}__in,{_literal(value)}")
        else:
            filters |= _plain(term, value, insertion=bool(prefix))
    return {**filters, "django": ",".join(free)} if free else filters


def _plain(term: str, value: object, *, insertion: bool) -> dict[str, Any]:
    if term == "task_protocol" and len(as_list(value)) > 1:
        raise ValueError(f"a server searches one task_protocol at a time, not {value!r}; search once for each")
    name = {"laboratory": "lab"}.get(term, term)
    if insertion:
        name = {"number": "experiment_number", "projects": "project"}.get(name, name)
    return {name: value}


def _between(field: str, days: list[str]) -> list[str]:
    return [f"{field}__gte,{days[0]}", f"{field}__lte,{days[1]}"]


def _literal(value: object) -> str:
    """Write a list as the server's free filter reads it."""
    return repr([item if isinstance(item, int) else str(item) for item in as_list(value)])
