"""What can go wrong with an atlas. Every error of this room is an AtlasError."""


class AtlasError(Exception):
    """Root of the errors of this room."""


class AtlasNotFound(AtlasError, FileNotFoundError):
    """No annotation volume: not given, not in the cache, and not to be had from the Allen server."""


class InvalidAtlas(AtlasError, ValueError):
    """A file or an array that is not an annotation volume of the mouse brain."""


class RegionNotFound(AtlasError, LookupError):
    """An acronym or id that the region table does not hold; the message suggests near ones."""
