"""What results print, and the axes they declare."""

import re
from dataclasses import dataclass, fields, is_dataclass

import numpy as np
import pandas as pd

import bregma.brainbox
from bregma.brainbox import Regression, compute_psth, fit_psychometric
from bregma.brainbox.results import Concise, Labelled, axis, values


@dataclass(frozen=True)
class Rates(Labelled):
    """Rates of units."""

    cluster_ids: np.ndarray = axis("cluster")
    times: np.ndarray = axis("time", unit="s")
    rate: np.ndarray = values("cluster", "time", unit="Hz")
    n_events: int = 0


@dataclass(frozen=True)
class Mixed(Concise):
    """All that a field may hold."""

    few: np.ndarray
    number: np.float64
    table: pd.DataFrame
    columns: dict
    parts: tuple
    inner: Rates | None = None


ARRAY = re.compile(r"\b(Floats|Ints|Bools|Numbers|NDArray|ndarray)\b")
RATES = Rates(np.arange(5), np.linspace(0, 1, 100), np.zeros((5, 100)), 7)


def test_a_result_prints_shapes_axes_and_units_of_its_arrays() -> None:
    assert repr(RATES).splitlines() == [
        "Rates",
        "  cluster_ids  (5,) int64  cluster",
        "  times        (100,) float64  time  s",
        "  rate         (5, 100) float64  cluster × time  Hz",
        "  n_events     7",
    ]


def test_a_few_values_are_printed_as_they_are() -> None:
    table = pd.DataFrame({"a": range(30)})
    columns = {name: np.arange(9) for name in "abcdef"}
    lines = repr(Mixed(np.array([1.5, 2.0]), np.float64(0.25), table, columns, (0.1, 0.2))).splitlines()
    assert [line.split(maxsplit=1)[1] for line in lines[1:]] == [
        "[1.5, 2]",
        "0.25",
        "DataFrame (30, 1)",
        "6 entries: a, b, c, d, e, f",
        "(0.1, 0.2)",
        "None",
    ]


def test_numbers_are_rounded_and_choices_are_named() -> None:
    fit = fit_psychometric([-100.0, -25.0, 0.0, 25.0, 100.0], [40] * 5, [2, 8, 21, 33, 38])
    lines = dict(line.split(maxsplit=1) for line in repr(fit).splitlines()[1:])
    assert lines["model"] == "erf_psycho_2gammas"
    assert len(lines["threshold"]) <= 8


def test_a_result_within_a_result_is_indented() -> None:
    text = repr(Mixed(np.zeros(9), np.float64(1), pd.DataFrame(), {"a": 1}, tuple(range(9)), RATES))
    assert "9 of int" in text
    assert "\n    rate         (5, 100)" in text


def test_results_on_thousands_of_units_print_within_a_screen() -> None:
    psth = compute_psth(np.arange(0, 50, 0.01), np.arange(5000), None, [10.0, 20.0])
    assert len(repr(psth)) < 500


def test_results_with_axes_declare_them() -> None:
    without_common_axes = {
        "GroupedSpikes",
        "SortedSpikes",
        "SparseNoise",
        "SpikeGLXMetadata",
        "TrainingReport",
        "TrialOrder",
    }
    public = {name: getattr(bregma.brainbox, name) for name in bregma.brainbox.__all__}
    held = {
        name
        for name, kind in public.items()
        if is_dataclass(kind)
        and isinstance(kind, type)
        and not issubclass(kind, Labelled)
        and any(ARRAY.search(str(item.type)) for item in fields(kind))
    }
    assert held == without_common_axes


def test_an_inner_axis_that_an_array_lacks_is_left_out() -> None:
    trials = np.arange(4)
    for shape in ((4,), (4, 3)):
        found = Regression(
            trials=trials, targets=np.ones(shape), predictions=np.ones(shape), r2=1.0, training_r2=1.0, estimators=()
        )
        assert found.to_xarray()["targets"].shape == shape
