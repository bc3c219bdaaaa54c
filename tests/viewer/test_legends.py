"""What a legend says: numbers with few digits, and no word about what needs none."""

from dataclasses import replace

import numpy as np
import pytest

from bregma.atlas import phantom_atlas
from bregma.viewer import Scene
from bregma.viewer.render.legends import format_range, list_colour_bars, list_swatches
from bregma.viewer.render.lettering import list_marks
from bregma.viewer.render.marks import Words, font_for


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (0.0, 8.0, ("0", "8")),
        (2.8e-29, 40.0, ("0", "40")),
        (-1.0, 1e-17, ("\N{MINUS SIGN}1", "0")),
        (0.001, 0.002, ("0.001", "0.002")),
        (1000.0, 1001.0, ("1000", "1001")),
    ],
)
def test_numbers_have_as_few_digits_as_tell_them_apart(low: float, high: float, told: tuple[str, str]) -> None:
    assert format_range(low, high) == told


def test_the_outline_of_the_brain_needs_no_words() -> None:
    scene = Scene(phantom_atlas(16)).add_region("root").add_region("CP")
    assert [swatch.words for swatch in list_swatches(scene)] == ["CP  Caudoputamen"]


def test_layers_that_mean_the_same_share_a_bar() -> None:
    scene = Scene(phantom_atlas(16)).slice("coronal").slice("sagittal").map_values({"CP": 1.0, "MOB": 3.0}, label="Hz")
    (bar,) = list_colour_bars(scene)
    assert (bar.label, bar.low, bar.high) == ("Hz", "1", "3")
    assert bar.missing is not None
    assert np.shape(bar.colours) == (256, 3)


def test_a_layer_of_many_colours_shows_some_of_them() -> None:
    xyz = np.full((6, 3), -0.002)
    rgb = np.array([(255, 0, 0), (0, 255, 0), (0, 0, 255)] * 2, dtype=np.uint8)
    scene = Scene(phantom_atlas(16)).add_points(xyz, rgb=rgb, name="Units").add_points(xyz, rgb=(9, 8, 7), name="Cells")
    assert [len(swatch.colours) for swatch in list_swatches(scene)] == [3, 1]


def test_the_credit_is_written_whole_where_the_brain_is() -> None:
    scene = Scene(replace(phantom_atlas(16), credit="word " * 60)).split("four")
    lines = [mark for mark in list_marks(scene, (640, 480)) if isinstance(mark, Words) and "word" in mark.text]
    assert sum(line.text.count("word") for line in lines) == 60
    assert all(line.x > 320 and line.size >= 11 for line in lines)


def test_words_are_in_one_font_unless_it_lacks_a_letter() -> None:
    usual = font_for("Allen", 20).getname()
    assert font_for("© Allen Institute", 20).getname() == usual
    assert font_for("50 µm", 20).getname() != usual
