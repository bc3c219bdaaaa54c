"""What can go wrong while the demo lab is fetched, converted or replayed."""

from __future__ import annotations

import pickle


class DemoError(Exception):
    """Root of the errors of this room."""


class DownloadFailed(DemoError, OSError):
    """An archive could not be downloaded, and is not in the folder either."""


class DiskFull(DemoError, OSError):
    """No space was left while an archive or a recording was written."""


class ArchiveMismatch(DemoError, ValueError):
    """An archive is not the one that was pinned."""


class MemberMissing(DemoError, KeyError):
    """An archive lacks a member that is read from it."""

    def __str__(self) -> str:
        return str(self.args[0])


class RefusedPickle(DemoError, pickle.UnpicklingError):
    """A pickle names something that is neither a plain value nor a numpy array."""


class MalformedRecording(DemoError, ValueError):
    """A file or table that was given does not follow the layout that is read."""


class ReplayFailed(DemoError, RuntimeError):
    """The server answered something the replay cannot go on with."""
