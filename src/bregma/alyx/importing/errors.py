"""What can go wrong with an import as a whole; single rows that cannot be entered are findings of its report."""

from __future__ import annotations

from bregma.alyx.errors import AlyxError


class ImportFailed(AlyxError):
    """An import was given up and nothing of it was written; the message says why and what to do."""


class BadDump(ImportFailed, ValueError):
    """A file is not a dump that can be read to its end."""


class BadValue(ValueError):
    """One value does not fit its column; the message says why."""
