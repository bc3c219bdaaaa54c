"""A QR code as rows of dark and light modules, drawn as rectangles in PDF or as one path in SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportlab.graphics.barcode.qr import QrCodeWidget

if TYPE_CHECKING:
    from collections.abc import Iterator

QUIET = 4
"""Light modules around a code, without which readers do not find it."""


def qr_rows(text: str) -> list[list[bool]]:
    """Return the modules of a QR code, from the top; it is read while up to 15 % of it are dirty."""
    widget = QrCodeWidget(text, barLevel="M")
    widget.qr.make()
    return [[bool(dark) for dark in row] for row in widget.qr.modules]


def dark_runs(rows: list[list[bool]]) -> Iterator[tuple[int, int, int]]:
    """Give the row, first column and length of each run of dark modules."""
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                yield y, start, x - start
            x += 1


def qr_path(rows: list[list[bool]]) -> str:
    """Return the code as the path of an SVG whose view box is as wide as the code with its quiet zone."""
    return "".join(f"M{x + QUIET} {y + QUIET}h{n}v1h-{n}z" for y, x, n in dark_runs(rows))
