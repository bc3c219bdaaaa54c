"""Colours that colour-blind people tell apart (Okabe and Ito), and the one that each thing of the task always has."""

BLACK = "#000000"
GREY = "#8c8c8c"
ORANGE = "#e69f00"
SKY_BLUE = "#56b4e9"
GREEN = "#009e73"
BLUE = "#0072b2"
VERMILION = "#d55e00"
PURPLE = "#cc79a7"

LEFT, RIGHT = BLUE, VERMILION
"""Left and right, of stimuli, choices and blocks."""
CORRECT, INCORRECT = BLACK, ORANGE
OF_CONDITION = {
    "left": (LEFT, "-"),
    "right": (RIGHT, "--"),
    "correct": (CORRECT, "-"),
    "incorrect": (INCORRECT, "--"),
    "left_correct": (LEFT, "-"),
    "left_incorrect": (LEFT, ":"),
    "right_correct": (RIGHT, "-"),
    "right_incorrect": (RIGHT, ":"),
}
"""Colour and line style of conditions by their usual names."""

PASSED, FAILED = BLUE, VERMILION
