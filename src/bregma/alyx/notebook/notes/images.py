"""Pictures that people paste: checked, drawn anew without what cameras write into them, and made small."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.core.exceptions import ValidationError
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 15 * 1024**2
MOST_PIXELS = 40_000_000
THUMBNAIL = 480
"""Pixels of its longer side."""
KINDS = {"PNG": "png", "JPEG": "jpg", "MPO": "jpg", "WEBP": "webp"}
CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp"}
UNREADABLE = (
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
)


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept: its bytes, those of its thumbnail, and the ending of both."""

    content: bytes
    thumbnail: bytes
    ending: str


def read_picture(file: IO[bytes], *, width: int | None = None) -> Picture:
    """Read a picture and draw it anew: only its pixels stay, turned upright.

    Parameters
    ----------
    file
        A PNG, JPEG or WebP of at most 15 MB and 40 megapixels.
    width
        Make it no wider than this number of pixels; None keeps its size.

    Raises
    ------
    ValidationError
        If it is none of these, damaged or too large; the message says what to do.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValidationError(f"This picture has more than {MOST_BYTES // 1024**2} MB; make it smaller first.")
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as opened:
            return _redraw(opened, width)
    except UNREADABLE as damaged:
        raise ValidationError("This is no whole PNG, JPEG or WebP; save it as one of these first.") from damaged


def thumbnail_name(name: str) -> str:
    """Return where the thumbnail of a picture is kept: beside it."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem}.thumb{dot}{ending}"


def content_type_of(name: str) -> str | None:
    """Return the type of a picture by its name; None where it is no kind that is shown."""
    return CONTENT_TYPES.get(name.rpartition(".")[2].lower())


def _redraw(opened: Image.Image, width: int | None) -> Picture:
    if opened.width * opened.height > MOST_PIXELS:
        size = f"{opened.width} x {opened.height}"
        raise ValidationError(
            f"This picture has {size} pixels; {MOST_PIXELS // 10**6} million are the most. Make it smaller first."
        )
    kind = "JPEG" if opened.format == "MPO" else str(opened.format)
    plain = _plain(ImageOps.exif_transpose(opened))
    if width is not None:
        plain.thumbnail((width, MOST_PIXELS))
    small = plain.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return Picture(_write(plain, kind), _write(small, kind), KINDS[kind])


def _plain(image: Image.Image) -> Image.Image:
    """Return the pixels alone, of a kind that every format can hold."""
    if image.mode.startswith(("I", "F")):
        image = image.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    has_alpha = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    mode = "RGBA" if has_alpha else "L" if image.mode in ("1", "L") else "RGB"
    plain = image.convert(mode)
    plain = plain.copy() if plain is image else plain
    plain.info = {}
    return plain


def _write(image: Image.Image, kind: str) -> bytes:
    file = BytesIO()
    flat = image.convert("RGB") if kind == "JPEG" and image.mode == "RGBA" else image
    options: dict[str, int] = {"PNG": {"compress_level": 6}, "JPEG": {"quality": 88}, "WEBP": {"quality": 88}}[kind]
    flat.save(file, format=kind, **options)
    return file.getvalue()
