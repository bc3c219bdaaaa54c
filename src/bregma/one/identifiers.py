"""The many ways to name a session: id, address, path, reference, and how they lead to each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING
from uuid import UUID

from bregma.alf import ALFPath, InvalidALFName, SessionParts, is_id
from bregma.one.errors import AmbiguousSession, SessionNotFound
from bregma.one.setup import Setup

if TYPE_CHECKING:
    from bregma.one.records import Insertion

SessionName = UUID | str | PurePath | Mapping[str, object]
_REFERENCE = re.compile(r"(?P<date>\d{4}-\d{2}-\d{2})_(?P<number>\d{1,3})_(?P<subject>[\w.-]+)", re.ASCII)


class Identifiers(Setup):
    """Converts between the names of sessions and insertions."""

    def to_eid(self, session: SessionName, *, query_type: str | None = None) -> UUID:
        """Find a session's id.

        Parameters
        ----------
        session : UUID, str, path or mapping
            An id; an address ending in one; a path with ``subject/date/number`` in it; a reference
            ``YYYY-MM-DD_n_subject``; or a mapping with ``subject``, ``date`` and ``number``.
        query_type : {'remote', 'local'}, optional
            Where to look, if not as the mode says.

        Raises
        ------
        SessionNotFound
            If none answers to it, or it is none of these.
        AmbiguousSession
            If sessions of two labs do.
        """
        if isinstance(session, UUID):
            return session
        if isinstance(session, str) and is_id(session.rstrip("/")[-36:]):
            return UUID(session.rstrip("/")[-36:])
        parts = _parts(session)
        found = self._catalogue(query_type).search(_terms(parts))
        if not found:
            raise SessionNotFound(f"no session {parts} on {self._place(query_type)}; check subject, date and number")
        if len(found) > 1:
            labs = ", ".join(sorted(one.lab for one in found))
            raise AmbiguousSession(f"{parts} is a session of several labs ({labs}); put lab/Subjects/ before it")
        return found[0].eid

    def eid2path(self, session: SessionName, *, query_type: str | None = None) -> ALFPath:
        """Find where a session's files lie on this machine (whether or not any are there)."""
        eid = self.to_eid(session, query_type=query_type)
        return ALFPath(self.cache_dir / self._catalogue(query_type).session(eid).path)

    def path2eid(self, path: PurePath | str, *, query_type: str | None = None) -> UUID:
        """Find the session of a file or folder."""
        return self.to_eid(PurePath(path), query_type=query_type)

    def eid2ref(self, session: SessionName, *, query_type: str | None = None) -> str:
        """Find a session's reference, ``YYYY-MM-DD_n_subject``."""
        eid = self.to_eid(session, query_type=query_type)
        return self._catalogue(query_type).session(eid).reference

    def ref2eid(self, reference: str, *, query_type: str | None = None) -> UUID:
        """Find a session by its reference, ``YYYY-MM-DD_n_subject``."""
        return self.to_eid(reference, query_type=query_type)

    def eid2pid(self, session: SessionName, *, query_type: str | None = None) -> tuple[list[UUID], list[str]]:
        """List the insertions of a session: their ids and their names (``probe00``, …)."""
        insertions = self.list_insertions(session, query_type=query_type)
        return [one.pid for one in insertions], [one.name for one in insertions]

    def pid2eid(self, pid: UUID | str, *, query_type: str | None = None) -> tuple[UUID, str]:
        """Find the session of an insertion, and the insertion's name.

        Raises
        ------
        InsertionNotFound
            If there is none of that id.
        """
        insertion = self._catalogue(query_type).insertion(UUID(str(pid)))
        return insertion.eid, insertion.name

    def list_insertions(self, session: SessionName, *, query_type: str | None = None) -> list[Insertion]:
        """List the insertions of a session, by name."""
        eid = self.to_eid(session, query_type=query_type)
        found = self._catalogue(query_type).search_insertions({"session": str(eid)})
        return sorted(found, key=lambda one: one.name)

    def _place(self, query_type: str | None) -> str:
        local = query_type == "local" or (query_type is None and self.offline)
        return f"the tables in {self.tables_dir}" if local else self.alyx.base_url


def _parts(session: object) -> SessionParts:
    """Read a path, reference or mapping."""
    try:
        if isinstance(session, Mapping):
            return _from_fields(session, str(session["date"]))
        match = _REFERENCE.fullmatch(str(session))
        return _from_fields(match.groupdict(), match["date"]) if match else SessionParts.of(_as_path(session))
    except (InvalidALFName, KeyError, ValueError) as error:
        raise SessionNotFound(
            f"{session!r} does not name a session; give an id, a path "
            "[lab/Subjects/]subject/YYYY-MM-DD/NNN, or a reference YYYY-MM-DD_n_subject"
        ) from error


def _terms(parts: SessionParts) -> dict[str, object]:
    """Write a session's path as search terms; of any lab, if it names none."""
    terms = {"subject": parts.subject, "date_range": parts.date, "number": parts.number}
    return {**terms, "laboratory": parts.lab} if parts.lab else terms


def _from_fields(fields: Mapping[str, object], day: str) -> SessionParts:
    number = int(str(fields.get("number", fields.get("sequence", 1))))
    lab = fields.get("lab")
    return SessionParts(str(lab) if lab else None, str(fields["subject"]), date.fromisoformat(day[:10]), number)


def _as_path(session: object) -> PurePath | str:
    return session if isinstance(session, PurePath) else str(session)
