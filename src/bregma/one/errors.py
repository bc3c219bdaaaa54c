"""What can go wrong between a user and the data, as one tree of errors."""

from __future__ import annotations

from typing import Self

from bregma.alf import MultipleObjectsFound, ObjectNotFound
from bregma.alf import errors as alf
from bregma.alf.errors import ALFWarning


class ONEError(Exception):
    """Root of every error of this room."""


class AuthenticationError(ONEError, PermissionError):
    """Wrong user name, password or token, or nobody is signed in."""


class PermissionRefused(ONEError, PermissionError):
    """The server knows the user and says no."""


class ServerUnavailable(ONEError, ConnectionError):
    """The server does not answer, or is too busy, as often as it was asked."""


class ResponseError(ONEError):
    """The server refuses a request.

    Attributes
    ----------
    status : int
        The HTTP status.
    detail : str
        The server's own words.
    """

    def __init__(self, message: str, *, status: int, detail: str = "") -> None:
        super().__init__(message, status, detail)
        self.status = status
        self.detail = detail

    def __str__(self) -> str:
        return str(self.args[0])

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.args)


class RecordNotFound(ResponseError, LookupError):
    """The server has no record under that address (HTTP 404)."""


class TablesMissing(ONEError, FileNotFoundError):
    """There are no cache tables to search offline."""

    @classmethod
    def at(cls, path: object) -> Self:
        """Make the error of a table that is not where it should be."""
        return cls(
            f"no table {path}; `bregma tables`, or load_cache() of a ONE that is not in local mode, brings those of a "
            "server; build_tables() makes those of a folder of files"
        )


class InvalidTables(ONEError, ValueError):
    """A cache table is damaged or not one."""


class InvalidParameters(ONEError, ValueError):
    """A file of saved parameters is damaged."""


class PlaceNotFound(ONEError, FileNotFoundError):
    """What was given to be opened is no folder, archive or address."""


class InvalidDate(ONEError, ValueError):
    """A day to search for is not one, or a range of days ends before it begins."""


class SessionNotFound(ONEError, ObjectNotFound, ValueError):
    """No session answers to an id, path or reference."""


class AmbiguousSession(ONEError, LookupError):
    """A reference matches more than one session."""


class InsertionNotFound(ONEError, ObjectNotFound):
    """No probe insertion answers to an id."""


class DatasetNotFound(ONEError, ObjectNotFound):
    """A session has no dataset of that name."""


class AmbiguousDataset(ONEError, MultipleObjectsFound):
    """A name matches datasets of several collections or objects; the message lists them."""


class AmbiguousCollection(AmbiguousDataset, alf.MultipleCollectionsFound):
    """A name matches datasets of several collections; the message lists them."""


class AmbiguousRevision(AmbiguousDataset, alf.MultipleRevisionsFound):
    """Several revisions of a dataset are marked as the default one; the message lists them."""


class RevisionWarning(ALFWarning):
    """Not the default revision is loaded, or several revisions together."""


class FileNotDownloaded(ONEError, ObjectNotFound, FileNotFoundError):
    """A dataset is known, but its file is not on this machine and nobody may fetch it."""


class SubjectNotFound(ONEError, alf.SubjectNotFound):
    """The database has no subject of that name."""


class MemberNotFound(ONEError, alf.ALFError, LookupError):
    """The database has no user, project or other member of that name."""


class ProtectedDataset(ONEError, PermissionError):
    """A released dataset may not be changed."""


def _rebuild(kind: type[ResponseError], args: tuple[str, int, str]) -> ResponseError:
    """Make a ResponseError again, for pickle."""
    return kind(args[0], status=args[1], detail=args[2])


class InvalidLock(ONEError, ValueError):
    """A lock file is damaged, of a later version, or none."""


class LockBroken(ONEError, LookupError):
    """Files of a lock are missing or have changed; the message lists them."""


class UnknownMoment(ONEError, LookupError):
    """Nobody can tell what was there at a moment."""
