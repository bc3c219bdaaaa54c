"""Pins: what was there up to a revision or a moment, or in a lock, in place of what is there now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from bregma.one.errors import DatasetNotFound, UnknownMoment
from bregma.one.records import id_of
from bregma.one.selection.revisions import group_revisions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from bregma.alf import SessionParts
    from bregma.one.catalogue import Catalogue
    from bregma.one.client import AlyxClient
    from bregma.one.records import Dataset, Session


class Pin(Protocol):
    """Chooses among the files of a session, all revisions, those that were there."""

    @property
    def takes_last(self) -> bool:
        """Whether of the revisions kept the last is the default, even if the present default is among them."""

    def choose(self, session: Session, datasets: list[Dataset]) -> list[Dataset]:
        """Keep some of them."""

    def keeps(self, session: Session) -> bool:
        """Tell whether the session was there."""


@dataclass(frozen=True, slots=True)
class RevisionPin:
    """Files of revisions up to and including one, in the order of text."""

    revision: str

    @property
    def takes_last(self) -> bool:
        """As loading with a revision does."""
        return True

    def choose(self, session: Session, datasets: list[Dataset]) -> list[Dataset]:
        """Keep the files of early enough revisions."""
        return [one for one in datasets if one.revision <= self.revision]

    def keeps(self, session: Session) -> bool:
        """Keep all sessions."""
        return True


@dataclass(frozen=True, slots=True)
class MomentPin:
    """Files that a server had at a moment, by the time at which it entered each."""

    moment: datetime
    client: AlyxClient

    @property
    def takes_last(self) -> bool:
        """Only where the present default was not there yet."""
        return False

    def choose(self, session: Session, datasets: list[Dataset]) -> list[Dataset]:
        """Keep the files that were entered by then; one request.

        Raises
        ------
        UnknownMoment
            If the server does not tell of a file when it was entered.
        """
        records = self.client.iterate("datasets", django=f"session,{session.eid}")
        entered = {id_of(one): one.get("created_datetime") for one in records}
        untold = [one.rel_path for one in datasets if not entered.get(one.id)]
        if untold:
            raise UnknownMoment(
                f"{self.client.base_url} does not tell when {', '.join(untold[:5])} of {session.path} "
                f"{'was' if len(untold) == 1 else 'were'} entered; pin a tag or a revision, or restore a lock"
            )
        return [one for one in datasets if parse_moment(str(entered[one.id])) <= self.moment]

    def keeps(self, session: Session) -> bool:
        """Keep sessions of days up to that of the moment."""
        return session.date <= self.moment.date()


class PinnedCatalogue:
    """A catalogue that knows only what a pin keeps; of the revisions kept of a file, the last is the default.

    Parameters
    ----------
    base : Catalogue
        What is there now.
    pin : Pin
        What to keep.
    """

    def __init__(self, base: Catalogue, pin: Pin) -> None:
        self._base = base
        self._pin = pin

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._base, name)  # whatever a pin does not change

    def search(self, terms: Mapping[str, Any]) -> list[Session]:
        """Find sessions, newest first."""
        return [session for session in self._base.search(terms) if self._pin.keeps(session)]

    def search_ids(self, terms: Mapping[str, Any]) -> list[UUID]:
        """Find the ids of sessions, newest first."""
        return [session.eid for session in self.search(terms)]

    def datasets(self, name: UUID | SessionParts) -> tuple[Session, list[Dataset]]:
        """Look up a session with the files that are kept of it."""
        session, datasets = self._base.datasets(name)
        kept = self._pin.choose(session, datasets)
        return session, renew_defaults(kept, () if self._pin.takes_last else datasets)

    def dataset(self, dataset_id: UUID) -> tuple[Session, Dataset]:
        """Look up one file by its id.

        Raises
        ------
        DatasetNotFound
            If it is not among those kept.
        """
        session, found = self._base.dataset(dataset_id)
        for one in self.datasets(session.eid)[1]:
            if one.id == found.id:
                return session, one
        raise DatasetNotFound(f"{found.rel_path} of {session.path} was not there: {self._pin}")


def renew_defaults(kept: Iterable[Dataset], there: Iterable[Dataset]) -> list[Dataset]:
    """Mark one revision of each file as the default: the one that is, if all those there are kept; else the last."""
    counts = {group[0].base: len(group) for group in group_revisions(there)}
    renewed: list[Dataset] = []
    for group in group_revisions(kept):
        marked = [one for one in group if one.default_revision]
        default = marked[0] if len(marked) == 1 and len(group) == counts.get(group[0].base) else group[-1]
        renewed += [replace(one, default_revision=one is default) for one in group]
    return renewed


def parse_moment(moment: datetime | str) -> datetime:
    """Convert an ISO 8601 text, or a moment; without a time zone it is UTC.

    Raises
    ------
    ValueError
        If it is no moment.
    """
    try:
        parsed = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    except ValueError:
        raise ValueError(f"{moment!r} is no moment; write it as '2024-10-01' or '2024-10-01T12:00'") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
