"""What every page of ours knows."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, str]:
    """Give templates the address of the brain viewer, if one is running, and the version."""
    return {"viewer_url": getattr(settings, "BREGMA_VIEWER_URL", "") or "", "bregma_version": version("bregma")}
