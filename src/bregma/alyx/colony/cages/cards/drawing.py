"""Draws cage cards into a PDF: ten on a sheet of A4, or one on each label of a printer. Lengths in points."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from typing import TYPE_CHECKING

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from bregma.alyx.colony.cages.cards.fonts import BOLD, PLAIN, fitting, shortened
from bregma.alyx.colony.cages.cards.matrix import QUIET, dark_runs, qr_rows
from bregma.alyx.colony.cages.cards.words import HEADS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bregma.alyx.colony.cages.cards.words import Card

PAD = 3 * mm
ROW = 8.8
WIDTHS = (0.24, 0.06, 0.15, 0.18, 0.28, 0.09)
"""The columns of the table of animals, as parts of its width."""


class Paper(Enum):
    """What the cards are printed on."""

    A4 = "a4"
    LABEL = "label"


@dataclass(frozen=True)
class Layout:
    """A page, and how many cards stand side by side and below each other on it."""

    page: tuple[float, float]
    columns: int
    rows: int
    margin: float

    @property
    def card(self) -> tuple[float, float]:
        """Width and height of a card."""
        width, height = self.page
        return (width - 2 * self.margin) / self.columns, (height - 2 * self.margin) / self.rows


LAYOUTS = {
    Paper.A4: Layout(A4, 2, 5, 5 * mm),
    Paper.LABEL: Layout((100 * mm, 62 * mm), 1, 1, 1 * mm),
}


@dataclass(frozen=True)
class Box:
    """Where something is drawn; ``y`` is its lower edge."""

    x: float
    y: float
    width: float
    height: float


def draw_cards(cards: Sequence[Card], paper: Paper = Paper.A4) -> bytes:
    """Draw cards, and return the PDF; without a card it is one empty page."""
    layout, buffer = LAYOUTS[paper], BytesIO()
    canvas = Canvas(buffer, pagesize=layout.page)
    canvas.setTitle("Cage cards")
    canvas.setAuthor("bregma")
    on_page = layout.columns * layout.rows
    for number, card in enumerate(cards):
        if number and number % on_page == 0:
            canvas.showPage()
        _draw_card(canvas, card, _box(layout, number % on_page))
    canvas.save()
    return buffer.getvalue()


def _box(layout: Layout, number: int) -> Box:
    width, height = layout.card
    row, column = divmod(number, layout.columns)
    return Box(layout.margin + column * width, layout.page[1] - layout.margin - (row + 1) * height, width, height)


def _draw_card(canvas: Canvas, card: Card, box: Box) -> None:
    _frame(canvas, box)
    code = 22 * mm
    left, top = box.x + PAD, box.y + box.height - PAD
    width = box.width - 2 * PAD
    _draw_code(canvas, card.address, Box(left + width - code, top - code, code, code))
    _write(canvas, card.name, (left, top - 19), BOLD, 24, width - code - PAD)
    _write(canvas, card.place, (left, top - 29), PLAIN, 7.5, width - code - PAD)
    y = top - 38
    for head, words in card.facts:
        _write(canvas, f"{head}: {words}", (left, y), PLAIN, 7.5, width - code - PAD)
        y -= 8.5
    floor = box.y + PAD + (11 if card.special else 0)
    _draw_animals(canvas, card, Box(left, floor, width, min(y + 6, top - code - 2) - floor))
    if card.special:
        _write(canvas, card.special, (left, box.y + PAD), BOLD, 8, width)


def _frame(canvas: Canvas, box: Box) -> None:
    """Draw the line along which the card is cut."""
    canvas.setLineWidth(0.4)
    canvas.setStrokeGray(0.6)
    canvas.roundRect(box.x + 2, box.y + 2, box.width - 4, box.height - 4, 5, stroke=1, fill=0)


def _draw_animals(canvas: Canvas, card: Card, box: Box) -> None:
    """Draw as many animals as there is room for, and say how many more there are."""
    y = box.y + box.height - ROW
    _draw_row(canvas, HEADS, y, box, PLAIN, 6.5)
    canvas.setStrokeGray(0.5)
    canvas.line(box.x, y - 2.5, box.x + box.width, y - 2.5)
    room = int((y - 2.5 - box.y) // ROW)
    if not card.animals:
        _write(canvas, "empty", (box.x, y - ROW - 2), PLAIN, 8, box.width)
        return
    shown = card.animals if len(card.animals) <= room else card.animals[: max(0, room - 1)]
    for animal in shown:
        y -= ROW
        _draw_row(canvas, animal, y - 2, box, PLAIN, 8)
    if len(shown) < len(card.animals):
        more = len(card.animals) - len(shown)
        _write(canvas, f"and {more} more: scan the code", (box.x, y - ROW - 2), BOLD, 8, box.width)


def _draw_row(canvas: Canvas, words: Sequence[str], y: float, box: Box, font: str, size: float) -> None:
    x = box.x
    for number, (word, part) in enumerate(zip(words, WIDTHS, strict=True)):
        bold = BOLD if number == 0 and size > 7 else font
        _write(canvas, word, (x, y), bold, size, part * box.width - 3)
        x += part * box.width


def _write(canvas: Canvas, text: str, at: tuple[float, float], font: str, size: float, width: float) -> None:
    """Write a text no wider than there is room: smaller first, if it is big, then cut."""
    text, font = fitting(text, font)
    needed = stringWidth(text, font, size)
    if size > 12 and needed > width:
        size = max(11, 0.99 * size * width / needed)  # not all of it: sizes are rounded
    canvas.setFillGray(0)
    canvas.setFont(font, size)
    canvas.drawString(*at, shortened(text, font, size, width))


def _draw_code(canvas: Canvas, address: str, box: Box) -> None:
    rows = qr_rows(address)
    side = box.width / (len(rows) + QUIET)  # the padding of the card is half of the quiet zone
    top = box.y + box.height - side * QUIET / 2
    canvas.setFillGray(0)
    for y, x, n in dark_runs(rows):
        canvas.rect(box.x + (x + QUIET / 2) * side, top - (y + 1) * side, n * side, side, stroke=0, fill=1)
