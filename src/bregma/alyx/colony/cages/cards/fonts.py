"""The letters of a card: those of every PDF reader where they suffice, else DejaVu; the rest is a visible box."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont

PLAIN, BOLD = "Helvetica", "Helvetica-Bold"
WIDE = {PLAIN: ("BregmaWide", "DejaVuSans.ttf"), BOLD: ("BregmaWideBold", "DejaVuSans-Bold.ttf")}
UNKNOWN = "?"


def fitting(text: str, font: str) -> tuple[str, str]:
    """Return a text and the font that can write it: ``font``, or its wide twin for letters beyond western Europe.

    Letters that no font here has are written as ``?``, so that nobody takes the name for complete.
    """
    if _is_western(text):
        return text, font
    wide = _wide_font(font)
    if wide is None:
        return "".join(one if _is_western(one) else UNKNOWN for one in text), font
    known = pdfmetrics.getFont(wide).face.charToGlyph
    return "".join(one if ord(one) in known else UNKNOWN for one in text), wide


def shortened(text: str, font: str, size: float, width: float) -> str:
    """Cut a text with an ellipsis where it is wider than there is room."""
    if stringWidth(text, font, size) <= width:
        return text
    while text and stringWidth(f"{text}…", font, size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…" if text else ""


def _is_western(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return text.isprintable()


@lru_cache(maxsize=2)
def _wide_font(font: str) -> str | None:
    """Register the font that comes with the plots, without loading these; None where it is missing."""
    name, file = WIDE[font]
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / file
    if not path.is_file():
        return None
    pdfmetrics.registerFont(TTFont(name, str(path)))
    return name
