"""What can go wrong when a session is put together."""


class SessionDataError(Exception):
    """Root of the errors of this room."""


class DataMissing(SessionDataError, LookupError):
    """A session has no such data.

    Parameters
    ----------
    message
        What is missing.
    instead
        What there is; reports of a whole session leave it out.
    """

    def __init__(self, message: str, instead: str = "") -> None:
        super().__init__(f"{message}; {instead}" if instead else message)
        self.brief = message


class AmbiguousCollection(SessionDataError, LookupError):
    """Several collections of a session have the data; one must be named."""


class InconsistentData(SessionDataError, ValueError):
    """The files of a session do not fit together."""


class ExtraMissing(SessionDataError, ImportError):
    """An optional package is not installed; the message names the extra that has it."""


class UnusableData(SessionDataError, ValueError):
    """Data are there, but too poor to be used."""


def say_briefly(error: Exception) -> str:
    """Return the message of an error, without what there is instead."""
    return error.brief if isinstance(error, DataMissing) else str(error)
