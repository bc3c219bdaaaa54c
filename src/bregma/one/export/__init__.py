"""Sessions as a folder or zip that ONE opens without a server."""

from bregma.one.export.about import About
from bregma.one.export.sessions import Export, Layout, export_sessions

__all__ = ["About", "Export", "Layout", "export_sessions"]
