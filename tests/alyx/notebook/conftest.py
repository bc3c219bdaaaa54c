"""What the tests of the notebook share: browsers without a window, and pictures."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.alyx.factories import World


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> Path:
    """Keep pictures in a folder of the test."""
    settings.MEDIA_ROOT = str(tmp_path / "uploaded")
    return tmp_path / "uploaded"


@pytest.fixture
def visit(world: World) -> Callable[[str], Client]:
    """Return a maker of logged-in visitors."""

    def begin(name: str) -> Client:
        client = Client()
        if name != "anonymous":
            client.force_login(world.people[name])
        return client

    return begin


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
