"""What can go wrong in the viewer. Every error of this room is a ViewerError."""


class ViewerError(Exception):
    """Root of the errors of this room."""


class InvalidLayer(ViewerError, ValueError):
    """A layer that cannot be drawn: wrong shape, an opacity out of range, a name used twice."""


class LayerNotFound(ViewerError, LookupError):
    """A name that no layer of the scene has."""


class NoAtlas(ViewerError):
    """Something that needs an atlas was asked of a scene without one."""


class NoOpenGL(ViewerError, RuntimeError):
    """No library on this machine can draw with OpenGL; the message says what to install."""


class NoHistology(ViewerError, LookupError):
    """Nobody knows where an insertion is in the brain; the message says what would help."""
