"""Colours that colour-blind people tell apart (Okabe and Ito), and the one that each thing of the task always has."""

BLACK = "#000000"
GREY = "#8c8c8c"
ORANGE = "#e69f00"
SKY_BLUE = "#56b4e9"
GREEN = "#009e73"
BLUE = "#0072b2"
VERMILION = "#d55e00"
PURPLE = "#cc79a7"

SERIES = (BLACK, ORANGE, SKY_BLUE, PURPLE, GREEN, BLUE, VERMILION)
"""For series without a colour of their own, in this order: the first ones differ most, also in print."""

LEFT, RIGHT = BLUE, VERMILION
"""Left and right, of stimuli, choices and blocks."""
CORRECT, INCORRECT = BLACK, ORANGE

PASSED, FAILED = BLUE, VERMILION
