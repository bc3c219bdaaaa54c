"""A record as PDF: headings, facts, texts, tables and pictures on A4, with who exported it and page numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Image, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reportlab.platypus import Flowable

PLAIN, BOLD = "DejaVuSans", "DejaVuSans-Bold"
MARGIN = 1.8 * cm
WIDTH = A4[0] - 2 * MARGIN
LINE = colors.HexColor("#d9dde5")
SOFT = colors.HexColor("#525b6b")
LONGEST_TEXT = 20_000
"""Characters of one text that are printed."""
LONGEST_CELL = 400


@dataclass
class Document:
    """A record that grows part by part; :meth:`write` makes the PDF.

    Parameters
    ----------
    title
        At the head of the first page and in the properties.
    footer
        Who exported it and when, on every page.
    """

    title: str
    footer: str
    parts: list[Flowable] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.parts.append(Paragraph(_clean(self.title), _styles()["title"]))
        self.parts.append(Paragraph(_clean(self.footer), _styles()["soft"]))

    def add_heading(self, words: str) -> None:
        """Begin a section."""
        self.parts.append(Paragraph(_clean(words), _styles()["heading"]))

    def add_facts(self, facts: Sequence[tuple[str, Any]]) -> None:
        """Add labels with their values; empty ones are left out."""
        rows = [
            [Paragraph(_clean(label), _styles()["soft"]), Paragraph(_clean(value), _styles()["plain"])]
            for label, value in facts
            if value not in (None, "")
        ]
        if rows:
            self.parts.append(LongTable(rows, colWidths=[4 * cm, WIDTH - 4 * cm], style=TableStyle(_FACTS)))

    def add_text(self, text: str, *, soft: bool = False) -> None:
        """Add a text as it was written, paragraph by paragraph."""
        style = _styles()["soft" if soft else "plain"]
        short = text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}… (the rest is in the database)"
        for block in short.replace("\r\n", "\n").split("\n\n"):
            if block.strip():
                self.parts.append(Paragraph(_clean(block).replace("\n", "<br/>"), style))

    def add_table(self, heads: Sequence[str], rows: Sequence[Sequence[Any]], *, of: int | None = None) -> None:
        """Add a table; if it holds less than all ``of`` rows that there are, it says so."""
        if not rows:
            self.add_text("None.", soft=True)
            return
        cells = [[Paragraph(_clean(head), _styles()["head"]) for head in heads]]
        cells += [[Paragraph(_clean(str(cell)[:LONGEST_CELL]), _styles()["cell"]) for cell in row] for row in rows]
        widths = [WIDTH / len(heads)] * len(heads)
        self.parts.append(LongTable(cells, colWidths=widths, repeatRows=1, style=TableStyle(_GRID)))
        if of is not None and of > len(rows):
            self.add_text(f"The first {len(rows)} of {of}; the others are in the database.", soft=True)

    def add_picture(self, file: IO[bytes]) -> None:
        """Add a picture, no wider than the page and no higher than half of it."""
        content = BytesIO(file.read())
        width, height = ImageReader(content).getSize()
        scale = min(WIDTH / width, A4[1] / 2 / height, 0.6)
        content.seek(0)
        self.parts += [Image(content, width * scale, height * scale, hAlign="LEFT"), Spacer(1, 0.2 * cm)]

    def write(self) -> bytes:
        """Make the PDF."""
        file = BytesIO()
        template = SimpleDocTemplate(
            file,
            pagesize=A4,
            title=self.title,
            author="bregma",
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=MARGIN,
            bottomMargin=MARGIN,
        )
        footer = self.footer
        template.build(self.parts, canvasmaker=lambda *args, **kwargs: _Numbered(footer, *args, **kwargs))
        return file.getvalue()


class _Numbered(Canvas):  # type: ignore[misc]
    """A canvas that writes the footer of each page once their number is known."""

    def __init__(self, footer: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._footer = footer
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 # the canvas names it
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for page in self._pages:
            self.__dict__.update(page)
            self.setFont(PLAIN, 7)
            self.setFillColor(SOFT)
            self.drawString(MARGIN, 1 * cm, self._footer[:110])
            self.drawRightString(A4[0] - MARGIN, 1 * cm, f"page {self._pageNumber} of {len(self._pages)}")
            super().showPage()
        super().save()


_GRID: list[tuple[Any, ...]] = [
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 2),
    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
]
_FACTS: list[tuple[Any, ...]] = _GRID[1:]


def _clean(value: Any) -> str:
    """Return text for a paragraph: escaped, without signs that XML has not."""
    text = "".join(sign for sign in str(value) if sign in "\n\t" or sign.isprintable())
    return escape(text)


@cache
def _styles() -> dict[str, ParagraphStyle]:
    _register_fonts()
    plain = ParagraphStyle("plain", fontName=PLAIN, fontSize=9, leading=12.5, spaceAfter=4, splitLongWords=True)
    make = {"plain": plain}
    make["soft"] = ParagraphStyle("soft", plain, textColor=SOFT, fontSize=8)
    make["cell"] = ParagraphStyle("cell", plain, fontSize=7.5, leading=9.5, spaceAfter=0)
    make["head"] = ParagraphStyle("head", make["cell"], fontName=BOLD)
    make["title"] = ParagraphStyle("title", plain, fontName=BOLD, fontSize=17, leading=21)
    make["heading"] = ParagraphStyle(
        "heading", plain, fontName=BOLD, fontSize=11.5, leading=15, spaceBefore=12, keepWithNext=True
    )
    return make


def _register_fonts() -> None:
    """Use the fonts that matplotlib carries: they know Greek and most names."""
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
