"""The many ways to name a session: id, address, path, reference, and how they lead to each other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bregma.alf import AlfBunch, ALFPath, InvalidALFName, SessionParts, is_id
from bregma.one import references
from bregma.one.catalogue import several_labs
from bregma.one.catalogue.terms import complete_terms
from bregma.one.errors import SessionNotFound
from bregma.one.many import is_many, of_many
from bregma.one.setup import Setup

if TYPE_CHECKING:
    from bregma.one.records import Insertion, Session

SessionName = UUID | str | PurePath | Mapping[str, Any]


class Identifiers(Setup):
    """Converts between the names of sessions and insertions; many at once give a list."""

    @of_many
    def to_eid(self, id: SessionName, cache_dir: object = None, *, query_type: str | None = None) -> UUID:  # noqa: A002
        """Find a session's id.

        Parameters
        ----------
        id : UUID, str, path or mapping
            An id; an address ending in one; a path with ``subject/date/number`` in it; a reference
            ``YYYY-MM-DD_n_subject``; or a mapping with ``id``, or with ``subject``, ``date`` and ``number``.
        cache_dir : path, optional
            Not needed: paths are read from their end.
        query_type : {'remote', 'local'}, optional
            Where to look, if not as the mode says.

        Raises
        ------
        SessionNotFound
            If none answers to it, or it is none of these.
        AmbiguousSession
            If sessions of two labs do.
        """
        name = read_name(id)
        return name if isinstance(name, UUID) else self._named(name, query_type).eid

    @of_many
    def eid2path(self, eid: SessionName, query_type: str | None = None) -> ALFPath | None:
        """Find where a session's files lie on this machine, whether or not any are there; None for an unknown id.

        Raises
        ------
        SessionNotFound
            If it is no name of a session.
        """
        name = read_name(eid)
        try:
            session = self._session(name, query_type)
        except SessionNotFound:
            return None
        return ALFPath(self.cache_dir / session.path)

    @of_many
    def path2eid(self, path_obj: PurePath | str, query_type: str | None = None) -> UUID | None:
        """Find the session of a file or folder; None for a path of no session that is known."""
        try:
            path = path_obj if isinstance(path_obj, PurePath) else str(path_obj)
            return self._named(SessionParts.of(path), query_type).eid
        except (InvalidALFName, SessionNotFound):
            return None

    @of_many
    def eid2ref(
        self, eid: SessionName, as_dict: bool = True, parse: bool = True, *, query_type: str | None = None
    ) -> Any:
        """Find a session's reference.

        Parameters
        ----------
        eid : UUID, str, path or mapping
            Any name of the session.
        as_dict : bool
            Whether its parts are wanted (subject, date, sequence), or the text ``YYYY-MM-DD_n_subject``.
        parse : bool
            Whether the date is a date and the sequence a number, or both are texts (``001``).
        query_type : {'remote', 'local'}, optional
            Where to look, if not as the mode says.
        """
        session = self._session(eid, query_type)
        parts = AlfBunch(subject=session.subject, date=session.date, sequence=session.number)
        if not parse:
            parts |= {"date": session.date.isoformat(), "sequence": f"{session.number:03d}"}
        return parts if as_dict else references.write_reference(parts)

    @of_many
    def ref2eid(self, ref: str | Mapping[str, Any], *, query_type: str | None = None) -> UUID:
        """Find a session by its reference: a text, or a mapping with subject, date and sequence.

        Raises
        ------
        SessionNotFound
            If there is none.
        """
        return self._session(ref, query_type).eid

    @of_many
    def ref2path(self, ref: str | Mapping[str, Any], *, query_type: str | None = None) -> ALFPath:
        """Find where the files of a session lie on this machine, by its reference."""
        return ALFPath(self.cache_dir / self._session(ref, query_type).path)

    @staticmethod
    def path2ref(path_str: Any, as_dict: bool = True, parse: bool = True) -> Any:
        """Read the reference of a path, without looking for its session; None for a path of none.

        Parameters are as of ``eid2ref``; several paths give a list.
        """
        if is_many(path_str):
            return [Identifiers.path2ref(one, as_dict, parse) for one in path_str]
        parts = references.find_reference(path_str, parse=parse and as_dict)
        return parts if as_dict or parts is None else references.write_reference(parts)

    @staticmethod
    def is_exp_ref(ref: Any) -> Any:
        """Tell whether something is a reference; several give a list."""
        if is_many(ref):
            return [references.is_reference(one) for one in ref]
        return references.is_reference(ref)

    @staticmethod
    def ref2dict(ref: Any, parse: bool = True) -> Any:
        """Split a reference into date, sequence and subject; several give a list."""
        if is_many(ref):
            return [references.read_reference(one, parse=parse) for one in ref]
        return references.read_reference(ref, parse=parse)

    @staticmethod
    def dict2ref(ref_dict: Any) -> Any:
        """Put a reference together of subject, date and sequence; several give a list, nothing gives None."""
        if is_many(ref_dict):
            return [Identifiers.dict2ref(one) for one in ref_dict]
        return references.write_reference(ref_dict) if ref_dict else None

    def pid2eid(self, pid: UUID | str, query_type: str | None = None) -> tuple[UUID, str]:
        """Find the session of an insertion, and the insertion's name.

        Raises
        ------
        InsertionNotFound
            If there is none of that id.
        """
        insertion = self._catalogue(query_type).insertion(UUID(str(pid)))
        return insertion.eid, insertion.name

    def pid2path(self, pid: UUID | str, query_type: str | None = None) -> ALFPath:
        """Find where the files of an insertion lie on this machine: the collection ``alf/NAME`` of its session."""
        eid, name = self.pid2eid(pid, query_type)
        return ALFPath(self.cache_dir / self._session(eid, query_type).path / "alf" / name)

    def eid2pid(
        self, eid: SessionName, query_type: str | None = None, details: bool = False, **filters: Any
    ) -> tuple[list[UUID], list[str]] | tuple[list[UUID], list[str], list[dict[str, Any]]]:
        """List the insertions of a session: their ids and their names (``probe00``, …).

        Parameters
        ----------
        eid : UUID, str, path or mapping
            Any name of the session.
        query_type : {'remote', 'local'}, optional
            Where to look, if not as the mode says.
        details : bool
            Whether a dict for each comes third.
        **filters
            Terms of insertions, such as ``name="probe00"``.
        """
        found = self.list_insertions(eid, query_type=query_type, **filters)
        pids, names = [one.pid for one in found], [one.name for one in found]
        return (pids, names, [one.to_dict() for one in found]) if details else (pids, names)

    def list_insertions(self, eid: SessionName, *, query_type: str | None = None, **filters: Any) -> list[Insertion]:
        """List the insertions of a session, by name."""
        catalogue = self._catalogue(query_type)
        terms = complete_terms(
            {**filters, "session": str(self.to_eid(eid, query_type=query_type))}, catalogue.insertion_terms
        )
        return sorted(catalogue.search_insertions(terms), key=lambda one: one.name)

    def _session(self, name: SessionName | SessionParts, query_type: str | None) -> Session:
        read = name if isinstance(name, SessionParts) else read_name(name)
        return self._catalogue(query_type).session(read) if isinstance(read, UUID) else self._named(read, query_type)

    def _named(self, parts: SessionParts, query_type: str | None) -> Session:
        found = self._catalogue(query_type).named(parts)
        if not found:
            raise SessionNotFound(f"no session {parts} on {self._place(query_type)}; check subject, date and number")
        if len(found) > 1:
            raise several_labs(parts, found)
        return found[0]

    def _place(self, query_type: str | None) -> str:
        local = query_type == "local" or (query_type is None and self.offline)
        return f"the tables in {self.tables_dir}" if local else self.alyx.base_url


def read_name(session: object) -> UUID | SessionParts:
    """Read what names a session: its id, or its subject, date and number.

    Raises
    ------
    SessionNotFound
        If it is neither.
    """
    if isinstance(session, Mapping):
        session = session.get("id") or session.get("url") or dict(session)
    if isinstance(session, UUID):
        return session
    if isinstance(session, str) and is_id(session.rstrip("/")[-36:]):
        return UUID(session.rstrip("/")[-36:])
    return _parts(session)


def _parts(session: object) -> SessionParts:
    """Read a path, reference or mapping."""
    try:
        if isinstance(session, dict):
            return _from_fields(session)
        if references.is_reference(session):
            return _from_fields(references.read_reference(str(session)))
        return SessionParts.of(session if isinstance(session, PurePath) else str(session))
    except (InvalidALFName, KeyError, ValueError) as error:
        raise SessionNotFound(
            f"{session!r} does not name a session; give an id, a path "
            "[lab/Subjects/]subject/YYYY-MM-DD/NNN, or a reference YYYY-MM-DD_n_subject"
        ) from error


def _from_fields(fields: Mapping[str, Any]) -> SessionParts:
    number = int(fields.get("number", fields.get("sequence", 1)))
    day = fields.get("date") or fields["start_time"]
    lab = fields.get("lab")
    return SessionParts(str(lab) if lab else None, str(fields["subject"]), date.fromisoformat(str(day)[:10]), number)
