"""What can go wrong when a session is put together."""


class SessionDataError(Exception):
    """Root of the errors of this room."""


class DataMissing(SessionDataError, LookupError):
    """A session has no such data."""


class AmbiguousCollection(SessionDataError, LookupError):
    """Several collections of a session have the data; one must be named."""


class InconsistentData(SessionDataError, ValueError):
    """The files of a session do not fit together."""


class ExtraMissing(SessionDataError, ImportError):
    """An optional package is not installed; the message names the extra that has it."""


class UnusableData(SessionDataError, ValueError):
    """Data are there, but too poor to be used."""
