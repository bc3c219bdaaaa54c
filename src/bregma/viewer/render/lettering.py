"""Title, legend, colour bars, scale bars, axes and credit of a picture."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from textwrap import wrap

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.camera import Placement, place_camera
from bregma.viewer.render.geometry import MM
from bregma.viewer.render.legends import ColourBar, list_colour_bars, list_swatches
from bregma.viewer.render.marks import Box, Mark, Ramp, Ring, Stroke, Words, paint
from bregma.viewer.scene.arrays import Colour, Triple
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import Look, Viewport
from bregma.viewer.scene.timeline import find_timeline

Image = npt.NDArray[np.uint8]

_LEAST_HEIGHT = 240
_LEAST_UNIT = 0.5
_LARGE = 0.6
_MOST_ENTRIES = 16
_MARGIN = 28.0
_BAR_SHARE = 0.25
_RAMP_SHARE = 0.3
_AXIS = 30.0
_AXIS_SHARE = 0.05
_SHORTEST_AXIS = 0.25
_LEAST_LETTER = 11.0
_FEWEST_LETTERS = 24
_CREDIT, _LETTER_WIDTH, _LINE_HEIGHT = 14, 0.56, 1.2
_CURSOR = (255, 209, 128)
_RING = 11.0
# Both ends of the axes x, y and z.
_ENDS = dict(zip("LPVRAD", np.concatenate([-np.eye(3), np.eye(3)]), strict=True))


@dataclass(frozen=True)
class _Ink:
    """Colours and sizes of letters.

    Parameters
    ----------
    text, faint : tuple of 3 int
        Colours of what is read first, and of what is read last.
    halo : tuple of 3 int
        Colour of the rim of letters.
    unit : float
        Pixels for one pixel of a picture 1000 pixels high.
    """

    text: Colour
    faint: Colour
    halo: Colour
    unit: float

    def words(self, place: tuple[float, float], text: str, size: float, anchor: str, *, faint: bool = False) -> Words:
        """Return words of a size in pixels of a picture 1000 pixels high."""
        colour = self.faint if faint else self.text
        return Words(*place, text, max(size * self.unit, _LEAST_LETTER), colour, anchor, self.halo)


@dataclass(frozen=True)
class _Frame:
    """A viewport in a picture, in pixels from the top left."""

    left: float
    top: float
    right: float
    bottom: float
    placement: Placement
    title: str
    is_whole: bool

    def project(self, xyz: Triple) -> tuple[float, float]:
        """Return where a place in metres is in the picture."""
        size = (round(self.size[0]), round(self.size[1]))
        column, row, _ = self.placement.project(np.array(xyz) * MM, size).tolist()
        return self.left + column, self.top + row

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        return self.right - self.left, self.bottom - self.top


def letter(picture: Image, scene: Scene) -> Image:
    """Return the picture with its lettering; one that is too small to be read stays bare.

    Parameters
    ----------
    picture : (height, width, 3 or 4) array of uint8
        What was drawn; it is not changed.
    scene : Scene
        Where cameras, title, legend and credit come from.
    """
    height, width = picture.shape[:2]
    return paint(picture, list_marks(scene, (width, height)))


def list_marks(scene: Scene, size: tuple[int, int]) -> list[Mark]:
    """Return all that is written and drawn over a picture of a scene of a size."""
    if size[1] < _LEAST_HEIGHT:
        return []
    look = scene.state.look
    ink = _ink(look, max(size[1] / 1000, _LEAST_UNIT))
    frames = [_frame(scene, viewport, size) for viewport in scene.state.viewports]
    marks: list[Mark] = [*_borders(frames, size, ink)]
    whole = next((frame for frame in frames if frame.is_whole), frames[0])
    if whole.size[1] > size[1] * _LARGE and not whole.title:
        marks += _title(scene, whole, ink)
    if look.legend:
        marks += _colour_bars(list_colour_bars(scene), whole, ink)
    place, credit = _credit(scene, frames, whole, ink)
    for frame in frames:
        low = max(size[1] - credit[0].y, 0.0) + 2 * ink.unit if credit and frame is place else 0.0
        marks += _of_frame(frame, look, low, ink)
    if find_timeline(scene.state).span is not None:
        middle = ((whole.left + whole.right) / 2, whole.top + _MARGIN * ink.unit)
        marks.append(ink.words(middle, _tell_moment(scene), 20, "mt"))
    return [*marks, *credit]


def list_live_marks(scene: Scene, size: tuple[int, int]) -> list[Mark]:
    """Return the marks of a window in use: also the cursor on flat views, and a ring around what is selected."""
    marks = list_marks(scene, size)
    ink = _ink(scene.state.look, max(size[1] / 1000, _LEAST_UNIT))
    for viewport in scene.state.viewports:
        frame = _frame(scene, viewport, size)
        if scene.state.cursor is not None and not frame.is_whole:
            marks += _cross(frame, scene.state.cursor, ink)
        if scene.state.selection is not None:
            marks += _ring(frame, scene.state.selection.xyz, ink)
    return marks


def _cross(frame: _Frame, place: Triple, ink: _Ink) -> Iterator[Mark]:
    x, y = frame.project(place)
    if frame.left < x < frame.right:
        yield Stroke(x, frame.top, x, frame.bottom, ink.unit, _CURSOR)
    if frame.top < y < frame.bottom:
        yield Stroke(frame.left, y, frame.right, y, ink.unit, _CURSOR)


def _ring(frame: _Frame, place: Triple, ink: _Ink) -> Iterator[Mark]:
    x, y = frame.project(place)
    if frame.left < x < frame.right and frame.top < y < frame.bottom:
        yield Ring(x, y, _RING * ink.unit, 2.5 * ink.unit, _CURSOR)


def _tell_moment(scene: Scene) -> str:
    """Return the time, and the last event before it."""
    moment = scene.state.moment
    past = [event for event in find_timeline(scene.state).events if event.time <= moment and event.label]
    words = f"{moment:.2f} s".replace("-", "\N{MINUS SIGN}")
    return f"{words}  {past[-1].label}" if past else words


def _ink(look: Look, unit: float) -> _Ink:
    if look.is_light:
        return _Ink((28, 34, 44), (96, 106, 120), look.bottom, unit)
    return _Ink((226, 232, 240), (139, 149, 164), look.bottom, unit)


def _borders(frames: list[_Frame], size: tuple[int, int], ink: _Ink) -> Iterator[Mark]:
    for frame in frames:
        if frame.right < size[0]:
            yield Stroke(frame.right, frame.top, frame.right, frame.bottom, ink.unit, ink.faint)
        if frame.bottom < size[1]:
            yield Stroke(frame.left, frame.bottom, frame.right, frame.bottom, ink.unit, ink.faint)


def _title(scene: Scene, frame: _Frame, ink: _Ink) -> Iterator[Mark]:
    left, top, unit = frame.left + _MARGIN * ink.unit, frame.top + _MARGIN * ink.unit, ink.unit
    if scene.title:
        yield ink.words((left, top), scene.title, 26, "lt")
        top += 44 * unit
    if scene.has_atlas:
        yield ink.words((left, top), scene.atlas.name, 16, "lt", faint=True)
        top += 32 * unit
    if scene.state.look.legend:
        yield from _legend(scene, left, top, ink)


def _legend(scene: Scene, left: float, top: float, ink: _Ink) -> Iterator[Mark]:
    unit, entries = ink.unit, list(list_swatches(scene))
    shown = _MOST_ENTRIES if len(entries) > _MOST_ENTRIES + 1 else len(entries)
    for entry in islice(entries, shown):
        width = 12 * unit / max(len(entry.colours), 1)
        for nth, colour in enumerate(entry.colours):
            yield Box(left + nth * width, top, left + (nth + 1) * width, top + 12 * unit, colour)
        yield ink.words((left + 22 * unit, top + 6 * unit), entry.words, 16, "lm")
        top += 26 * unit
    if shown < len(entries):
        yield ink.words((left + 22 * unit, top + 6 * unit), f"and {len(entries) - shown} more", 16, "lm", faint=True)


def _colour_bars(bars: tuple[ColourBar, ...], frame: _Frame, ink: _Ink) -> Iterator[Mark]:
    unit, right, top = ink.unit, frame.right - _MARGIN * ink.unit, frame.top + _MARGIN * ink.unit
    length = min(180 * unit, frame.size[1] * _RAMP_SHARE)
    for bar in bars:
        left, beside, first, last = right - 16 * unit, right - 24 * unit, top + 34 * unit, top + 34 * unit + length
        yield ink.words((right, top), bar.label, 17, "rt")
        yield Box(left - unit, first - unit, right + unit, last + unit, ink.faint)
        yield Ramp(left, first, right, last, bar.colours)
        yield ink.words((beside, first + 6 * unit), bar.high, 15, "rm")
        yield ink.words((beside, last - 6 * unit), bar.low, 15, "rm")
        top = last + 12 * unit
        if bar.missing is not None:
            yield Box(left - unit, top - unit, right + unit, top + 17 * unit, ink.faint)
            yield Box(left, top, right, top + 16 * unit, bar.missing)
            yield ink.words((beside, top + 8 * unit), "no value", 15, "rm")
            top += 28 * unit
        top += 20 * unit


def _credit(scene: Scene, frames: list[_Frame], whole: _Frame, ink: _Ink) -> tuple[_Frame, list[Words]]:
    """Return the frame at the bottom that the credit is in, the brain's rather than a slice's, and its lines."""
    lowest = max(frame.bottom for frame in frames)
    below = [frame for frame in frames if frame.bottom >= lowest - 1]
    place = whole if whole in below else below[0]
    if not (scene.state.look.credit and scene.credit):
        return place, []
    unit, size = ink.unit, max(_CREDIT * ink.unit, _LEAST_LETTER)
    left, bottom = place.left + _MARGIN * unit, place.bottom - 14 * unit
    letters = int((place.right - _MARGIN / 2 * unit - left) / (size * _LETTER_WIDTH))
    lines = wrap(scene.credit, max(letters, _FEWEST_LETTERS))
    rise = [size * _LINE_HEIGHT * (len(lines) - 1 - row) for row in range(len(lines))]
    return place, [
        ink.words((left, bottom - up), line, _CREDIT, "ls", faint=True) for up, line in zip(rise, lines, strict=True)
    ]


def _of_frame(frame: _Frame, look: Look, low: float, ink: _Ink) -> Iterator[Mark]:
    if frame.title:
        yield ink.words((frame.left + 16 * ink.unit, frame.top + 16 * ink.unit), frame.title, 18, "lt")
    if look.scale_bar and not frame.placement.perspective:
        yield from _scale_bar(frame, low, ink)
    if look.axes:
        yield from _axes(frame, low, ink)


def _frame(scene: Scene, viewport: Viewport, size: tuple[int, int]) -> _Frame:
    (left, bottom, right, top), (width, height) = viewport.bounds, size
    pane = max(round((right - left) * width), 1), max(round((top - bottom) * height), 1)
    placement = place_camera(scene, pane, viewport.camera or scene.camera)
    edges = (left * width, (1 - top) * height, right * width, (1 - bottom) * height)
    return _Frame(*edges, placement, viewport.title, viewport.camera is None)


def _scale_bar(frame: _Frame, low: float, ink: _Ink) -> Iterator[Mark]:
    pixels_per_mm = frame.size[1] / 2 / frame.placement.half_height
    length_mm = _round_length(frame.size[0] * _BAR_SHARE / pixels_per_mm)
    right, bottom, unit = frame.right - _MARGIN * ink.unit, frame.bottom - low - _MARGIN * ink.unit, ink.unit
    length = length_mm * pixels_per_mm
    words = f"{length_mm:g} mm" if length_mm >= 1 else f"{length_mm * 1e3:g} µm"
    yield Stroke(right - length, bottom, right, bottom, 3 * unit, ink.text)
    yield ink.words((right - length / 2, bottom - 10 * unit), words, 16, "ms")


def _round_length(most: float) -> float:
    """Return the longest of 1, 2 and 5 times a power of ten that is no longer."""
    power = 10.0 ** math.floor(math.log10(most))
    return next(round(factor * power, 12) for factor in (5, 2, 1) if factor * power <= most * (1 + 1e-9))


def _axes(frame: _Frame, low: float, ink: _Ink) -> Iterator[Mark]:
    """Yield the directions of the brain: those that come towards the reader last and clear."""
    unit, placement = ink.unit, frame.placement
    reach = min(_AXIS * unit, frame.size[1] * _AXIS_SHARE)
    x, y = frame.left + reach + (_MARGIN + 16) * unit, frame.bottom - low - reach - (_MARGIN + 8) * unit
    for name, end in sorted(_ENDS.items(), key=lambda each: float(each[1] @ placement.backwards)):
        right, up = float(end @ placement.right), float(end @ placement.up)
        length = math.hypot(right, up)
        if length < _SHORTEST_AXIS:
            continue
        colour = ink.text if float(end @ placement.backwards) > -1e-6 else ink.faint
        beyond = reach + 11 * unit / length
        yield Stroke(x, y, x + right * reach, y - up * reach, 2 * unit, colour)
        yield Words(x + right * beyond, y - up * beyond, name, 15 * unit, colour, "mm", ink.halo)
