"""Charts are data: valid Vega-Lite, valid JSON, and the encodings that the reader expects."""

import json
from datetime import date
from typing import Any

import numpy as np
import pytest
import vl_convert

from bregma.alyx.results.charts import Chart, behavior, columns, ephys, message, training, welfare

DAYS = columns(
    date=[date(2024, 3, 4), date(2024, 3, 5), date(2024, 3, 6)],
    performance_easy=[55.0, 70.0, 92.0],
    performance=[50.0, 61.0, np.nan],
    n_trials=[210, 380, 520],
    status=["in training", "in training", "trained 1a"],
    threshold=[60.0, np.nan, 14.0],
    url=["/results/sessions/1"] * 3,
)
POINTS = columns(
    contrast=[-100.0, 0.0, 100.0],
    p_right=[0.1, 0.5, 0.9],
    low=[0.05, 0.4, 0.8],
    high=[0.2, 0.6, 0.95],
    n_trials=[20, 22, 25],
    block=["all trials"] * 3,
)
BANDS = training.band_columns(DAYS["date"], DAYS["status"])
RESTRICTIONS = columns(start=[date(2024, 3, 4)], end=[date(2024, 3, 6)], label=["since 4 March"])


def all_charts() -> dict[str, Chart]:
    curve = columns(contrast=[-100.0, 100.0], p_right=[0.1, 0.9], block=["all trials"] * 2, reliable=[True, True])
    reactions = columns(contrast=[0.0], reaction_time=[0.4], low=[0.3], high=[np.nan], n_trials=[9])
    trials = columns(trial=[1, 2], reaction_time=[0.3, 12.0], contrast=[50.0, -25.0], outcome=["correct", "error"])
    cells = columns(time=[0.0, 1.0], depth=[20.0, 40.0], n_spikes=[3, 8])
    units = columns(cluster_id=[4], amp_uv=[80.0], depth_um=[900.0], firing_rate=[3.5], label=[1.0])
    spikes = columns(time=[-0.1, 0.2], trial=[0.5, 1.5])
    bins = columns(time=[-0.1, 0.1], rate=[3.0, 9.0], low=[2.0, 7.0], high=[4.0, 11.0])
    weighings = columns(time=[date(2024, 3, 4)], weight=[22.5], percent=[93.0])
    limits = columns(start=[date(2024, 3, 4)], end=[date(2024, 3, 6)], weight=[20.4], label=["85 %"])
    given = columns(time=[date(2024, 3, 4)], millilitres=[0.9], kind=["reward"])
    return {
        "psychometric": behavior.psychometric(POINTS, curve),
        "reaction times": behavior.reaction_times(reactions),
        "reaction times of trials": behavior.reaction_time_trials(trials, columns(trial=[1], reaction_time=[0.3])),
        "training": training.training(DAYS, BANDS),
        "trials": training.trials_per_day(DAYS),
        "parameter": training.daily_parameter(DAYS, name="threshold", title="Threshold", references=[19.0]),
        "drift map": ephys.drift_map(cells, time_step=1.0, depth_step=20.0, domain=(0.0, 3840.0)),
        "activity map": ephys.activity_map(
            columns(time=[0.0, 1.0], unit=[3, 8], n_spikes=[3, 8]), time_step=1.0, units=[3, 5, 8]
        ),
        "units": ephys.units(units),
        "autocorrelogram": ephys.autocorrelogram(columns(lag_ms=[-1.0, 0.0, 1.0], count=[5, 0, 5]), bin_size_ms=1.0),
        "raster": ephys.raster(spikes, window=(-0.2, 0.5), n_trials=2, event="stimulus onset"),
        "psth": ephys.psth(bins, window=(-0.2, 0.5), event="stimulus onset"),
        "weights": welfare.weights(weighings, limits, RESTRICTIONS, note="Simulated"),
        "water": welfare.water(given, RESTRICTIONS),
    }


def with_rows(chart: Chart) -> dict[str, Any]:
    """Do what the browser does: give the named data to the specification, a width to its figure."""
    assert chart.spec is not None
    rows = {
        name: [dict(zip(table, values, strict=True)) for values in zip(*table.values(), strict=True)]
        for name, table in chart.datasets.items()
    }
    return {**chart.spec, "datasets": rows, "width": 400}


@pytest.mark.parametrize("name", sorted(all_charts()))
def test_vega_accepts_the_specification_and_draws_marks(name: str) -> None:
    svg = vl_convert.vegalite_to_svg(with_rows(all_charts()[name]))
    assert svg.count("<path") > 3


@pytest.mark.parametrize("name", sorted(all_charts()))
def test_a_chart_is_valid_json_with_columns_of_one_length(name: str) -> None:
    chart = all_charts()[name]
    again = json.loads(json.dumps(chart.to_dict(), allow_nan=False))
    assert again["table"] in again["datasets"]
    for table in again["datasets"].values():
        assert len({len(column) for column in table.values()}) == 1


@pytest.mark.parametrize("name", sorted(all_charts()))
def test_every_field_of_a_specification_is_in_its_data(name: str) -> None:
    chart = all_charts()[name]
    assert chart.spec is not None
    for layer in chart.spec["layer"]:
        dataset = chart.datasets.get(layer["data"].get("name", ""))
        if dataset is None:
            continue
        made = {step["as"] for step in layer.get("transform", [])}
        for channel, encoding in layer["encoding"].items():
            for part in encoding if isinstance(encoding, list) else [encoding]:
                assert "field" not in part or part["field"] in dataset.keys() | made, (channel, part)


def test_the_psychometric_curve_shows_contrast_against_choice() -> None:
    spec = all_charts()["psychometric"].spec
    assert spec is not None
    encoding = spec["layer"][-1]["encoding"]
    assert (encoding["x"]["field"], encoding["y"]["field"]) == ("contrast", "p_right")
    assert encoding["y"]["scale"]["domain"] == [0, 1]


def test_one_block_needs_no_legend() -> None:
    spec = all_charts()["psychometric"].spec
    assert spec is not None
    assert spec["layer"][-1]["encoding"]["color"]["legend"] is None


def test_a_map_of_units_names_them_and_says_that_depths_are_unknown() -> None:
    cells = columns(time=[0.0], unit=[7], n_spikes=[2])
    alone = ephys.activity_map(cells, time_step=1.0, units=[7, 12])
    together = ephys.activity_map(cells, time_step=1.0, units=[7, 12], together=3)
    assert alone.note == "The source gives no depths: rows are units."
    assert together.note == "The source gives no depths: rows are units, 3 together."
    assert alone.spec is not None
    y = alone.spec["layer"][0]["encoding"]["y"]
    assert (y["title"], y["scale"]["domain"]) == ("Unit (sorted by cluster id)", [7, 12])


def test_bands_of_status_reach_to_the_next_status() -> None:
    assert BANDS["status"] == ["in training", "trained 1a"]
    assert BANDS["end"][0] == BANDS["start"][1]


def test_numbers_that_are_none_become_null_and_dates_local_midnight() -> None:
    table = columns(x=np.array([np.nan, np.inf, 1.23456789]), day=[date(2024, 3, 4)] * 3)
    assert table["x"] == [None, None, 1.23457]
    assert table["day"][0] == "2024-03-04T00:00:00"


def test_columns_of_different_length_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"'a': 1, 'b': 2"):
        columns(a=[1], b=[1, 2])


@pytest.mark.parametrize(
    "chart",
    [
        behavior.psychometric(columns(contrast=[]), {}),
        training.training(columns(date=[]), {}),
        ephys.drift_map(columns(time=[]), time_step=1, depth_step=1, domain=(0, 1)),
        ephys.activity_map(columns(time=[]), time_step=1, units=[]),
        ephys.autocorrelogram(columns(lag_ms=[0.0], count=[0]), bin_size_ms=1.0),
        welfare.weights(columns(time=[]), {}, {}),
        message("Nothing."),
    ],
)
def test_an_empty_chart_says_so_in_a_sentence(chart: Chart) -> None:
    assert chart.spec is None
    assert chart.message.endswith(".")
