"""Finds the Vega bundle among the static files, and makes it when it is asked for the first time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder

from bregma.alyx.web.assets import build_assets, bundle_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.files.storage import FileSystemStorage


class BundleFinder(BaseFinder):
    """The bundle lies in ``STATIC_ROOT``, so that collecting static files leaves it where it is."""

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing can be misconfigured."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return where the bundle is, if that is what is asked for."""
        if path != bundle_name():
            return []
        found = str(build_assets(Path(settings.STATIC_ROOT)))
        return [found] if find_all else found

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        """List nothing: a server that lists files reads STATIC_ROOT itself."""
        return iter(())
