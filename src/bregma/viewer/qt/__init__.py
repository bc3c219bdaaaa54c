"""The viewer as an application of its own, with Qt: a tree of objects, panels, a transport bar, and the picture."""

from bregma.viewer.qt.application import open_window

__all__ = ["open_window"]
