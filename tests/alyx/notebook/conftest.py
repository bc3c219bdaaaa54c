"""What the tests of the notebook share: browsers without a window, and pictures."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> Path:
    """Keep pictures in a folder of the test."""
    settings.MEDIA_ROOT = str(tmp_path / "uploaded")
    return tmp_path / "uploaded"


@pytest.fixture
def visit(enter: Callable[[str], Client]) -> Callable[[str], Client]:
    """Return a maker of logged-in visitors."""
    return enter


@pytest.fixture
def picture() -> Callable[..., SimpleUploadedFile]:
    """Return a maker of uploaded pictures."""

    def make(
        kind: str = "PNG", size: tuple[int, int] = (40, 20), name: str = "", exif: Any = None
    ) -> SimpleUploadedFile:
        file = BytesIO()
        options = {"exif": exif} if exif is not None else {}
        Image.new("RGB", size, "red").save(file, kind, **options)
        return SimpleUploadedFile(name or f"shot.{kind.lower()}", file.getvalue(), f"image/{kind.lower()}")

    return make
