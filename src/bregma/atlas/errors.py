"""What can go wrong with an atlas. Every error of this room is an AtlasError."""


class AtlasError(Exception):
    """Root of the errors of this room."""


class AtlasNotFound(AtlasError, FileNotFoundError):
    """No annotation volume: not given, not in the cache, and not to be had from the Allen server."""


class InvalidAtlas(AtlasError, ValueError):
    """A file or an array that is not an annotation volume of the mouse brain."""


class RegionNotFound(AtlasError, LookupError):
    """An acronym or id that the region table does not hold; the message suggests near ones."""


class MappingNotFound(AtlasError, LookupError):
    """A mapping that the region table does not have; the message names those that there are."""


class InvalidValues(AtlasError, ValueError):
    """Values that do not go with what they were given for, a table that lacks a column, or an unknown option."""


class InvalidCoordinates(AtlasError, ValueError):
    """An array that holds no places in space: it has no three entries on its last axis, or an unknown order."""


class WrongUnit(InvalidCoordinates):
    """Values that cannot be in the unit asked for; the message names one and says what to divide by."""


class OutsideVolume(AtlasError, ValueError):
    """A coordinate that a volume does not reach."""


class OutsideBrain(AtlasError, ValueError):
    """A line that does not meet the brain."""
