"""Where sessions, datasets and insertions are looked up: a server or tables, with the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from bregma.one.records import Dataset, Insertion, Session


class Catalogue(Protocol):
    """Look-ups by terms and by id.

    One rule for values, on a server and in tables: subjects and labs are equal, ignoring case; projects and task
    protocols contain the text, ignoring case; names in ``datasets`` are exact and all present with a quality no
    worse than ``dataset_qc_lte``; of several values (subject, laboratory, number, projects) one must match.
    """

    session_terms: tuple[str, ...]
    insertion_terms: tuple[str, ...]

    def search(self, terms: Mapping[str, Any]) -> list[Session]:
        """Find sessions, newest first."""

    def session(self, eid: UUID) -> Session:
        """Look up one session; raises SessionNotFound."""

    def details(self, eid: UUID) -> dict[str, Any]:
        """Tell all that is known of a session; raises SessionNotFound."""

    def datasets(self, eid: UUID) -> tuple[Session, list[Dataset]]:
        """Look up a session with its files; raises SessionNotFound."""

    def dataset(self, dataset_id: UUID) -> tuple[Session, Dataset]:
        """Look up one file with its session; raises DatasetNotFound."""

    def search_insertions(self, terms: Mapping[str, Any]) -> list[Insertion]:
        """Find insertions."""

    def insertion(self, pid: UUID) -> Insertion:
        """Look up one insertion; raises InsertionNotFound."""
