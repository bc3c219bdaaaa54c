"""The scene as a page: drawn here, shown and turned in the browser."""

from bregma.viewer.web.server import serve

__all__ = ["serve"]
