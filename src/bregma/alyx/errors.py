"""What can go wrong in Alyx, as one tree. These errors know nothing of HTTP; api/errors.py maps them."""

from __future__ import annotations


class AlyxError(Exception):
    """Root of the errors of this room."""


class UnknownName(AlyxError, LookupError):
    """A name in a request is in no table: a subject, repository, dataset type, user."""


class AmbiguousName(AlyxError, LookupError):
    """A name in a request stands for several rows; ask with the uuid."""


class InvalidRequest(AlyxError, ValueError):
    """A request cannot be understood: a path, a filter, a value."""


class ProtectedDataset(AlyxError, PermissionError):
    """A dataset that carries a protecting tag would be changed or deleted."""


class ProtectedRevisions(ProtectedDataset):
    """Files that would be registered have protected revisions.

    Parameters
    ----------
    details : list of dict
        Per file, its revisions from the newest on, and whether each is protected.
    """

    def __init__(self, details: list[dict[str, list[dict[str, bool]]]]) -> None:
        super().__init__("One or more datasets is protected")
        self.details = details


class SessionNotFound(AlyxError, LookupError):
    """No session has this subject, date and number."""


class NothingFound(AlyxError, LookupError):
    """Nothing that may be read fits what is asked for; the message says what there is."""


class EntryConflict(AlyxError, ValueError):
    """An entry with this key exists and says something else; ask with a new key, or change that entry."""
