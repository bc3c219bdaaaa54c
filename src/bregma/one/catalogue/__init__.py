"""Where sessions, datasets and insertions are looked up: a server or tables, with the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from bregma.one.errors import AmbiguousSession

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    import pandas as pd

    from bregma.alf import SessionParts
    from bregma.one.records import Dataset, Insertion, Session


class Catalogue(Protocol):
    """Look-ups by terms and by id.

    One rule for values, on a server and in tables: docs/reference/search.md.
    """

    session_terms: tuple[str, ...]
    insertion_terms: tuple[str, ...]

    def search(self, terms: Mapping[str, Any]) -> list[Session]:
        """Find sessions, newest first."""

    def search_ids(self, terms: Mapping[str, Any]) -> list[UUID]:
        """Find the ids of sessions, newest first."""

    def session(self, eid: UUID) -> Session:
        """Look up one session; raises SessionNotFound."""

    def sessions(self, eids: Sequence[UUID]) -> list[Session]:
        """Look up many sessions, in the order of their ids; raises SessionNotFound."""

    def named(self, parts: SessionParts) -> list[Session]:
        """Find the sessions of a path; of several labs, if it names none."""

    def details(self, eid: UUID) -> dict[str, Any] | pd.DataFrame:
        """Tell all that is known of a session, in a record or a row per file; raises SessionNotFound."""

    def datasets(self, name: UUID | SessionParts) -> tuple[Session, list[Dataset]]:
        """Look up a session with its files, by its id or path; raises SessionNotFound or AmbiguousSession."""

    def dataset(self, dataset_id: UUID) -> tuple[Session, Dataset]:
        """Look up one file with its session; raises DatasetNotFound."""

    def search_insertions(self, terms: Mapping[str, Any]) -> list[Insertion]:
        """Find insertions."""

    def insertion(self, pid: UUID) -> Insertion:
        """Look up one insertion; raises InsertionNotFound."""


def several_labs(parts: SessionParts, found: Sequence[Session]) -> AmbiguousSession:
    """Make the error of a path that sessions of several labs have."""
    labs = ", ".join(sorted(one.lab for one in found))
    return AmbiguousSession(f"{parts} is a session of several labs ({labs}); put lab/Subjects/ before it")
