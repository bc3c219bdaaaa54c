"""What can go wrong with names and files of the convention, as one tree of errors."""


class ALFError(Exception):
    """Root of every error of this room."""


class InvalidALFName(ALFError, ValueError):
    """A file or session folder is not named as the convention asks."""


class ObjectNotFound(ALFError, LookupError):
    """A folder holds no file of the object that was asked for."""


class MultipleObjectsFound(ALFError, LookupError):
    """A request for one object or attribute matches several."""


class MultipleCollectionsFound(MultipleObjectsFound):
    """A request matches files of several collections."""


class MultipleRevisionsFound(MultipleObjectsFound):
    """A request matches files of several revisions, none of which comes first."""


class SubjectNotFound(ALFError, LookupError):
    """Nobody knows a subject of that name."""


class UnequalLengths(ALFError, ValueError):
    """Attributes of one object differ in their number of rows."""


class UnreadableFile(ALFError, ValueError):
    """A file is empty, damaged, or holds what may not be read (pickled Python objects)."""


class ALFWarning(UserWarning):
    """Something about files of the convention that is no error, but that one should know."""


class UnknownDatasetType(ALFError, LookupError):
    """No dataset type has the name, or the file, that was asked for."""
