from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bregma.atlas import (
    InvalidValues,
    RegionNotFound,
    Regions,
    aggregate_values,
    phantom_atlas,
    propagate_down,
    propagate_up,
)

BOTH = Regions.allen().lateralised
LEAVES = BOTH.ids[BOTH.leaves]


def brute_force(values: np.ndarray, ids: np.ndarray, mapping: str, compute: str) -> dict[int, float]:
    mapped = BOTH.remap(ids, mapping)
    return {
        int(region): float(getattr(np, f"nan{compute}")(values[mapped == region]))
        for region in np.unique(mapped)
        if region != 0 and not np.isnan(values[mapped == region]).all()
    }


def test_units_are_averaged_by_region_in_the_order_of_the_table() -> None:
    found = aggregate_values([1.0, 3.0, 5.0, 7.0], ["VPM", "LGd-co", "LGd-sh", "CA1"], mapping="Beryl")
    assert found.acronyms.tolist() == ["CA1", "VPM", "LGd"]
    assert found.values.tolist() == [7.0, 1.0, 4.0]
    assert found.counts.tolist() == [1, 1, 2]


def test_each_hemisphere_can_be_had_for_itself() -> None:
    apart = aggregate_values([1.0, 3.0], [382, -382], mapping="Beryl-lr")
    assert dict(zip(apart.ids.tolist(), apart.values.tolist(), strict=True)) == {382: 1.0, -382: 3.0}
    assert aggregate_values([1.0, 3.0], [382, -382], mapping="Beryl").values.tolist() == [2.0]


@given(
    hnp.arrays(np.float64, 40, elements=st.floats(-1e3, 1e3) | st.just(np.nan)),
    hnp.arrays(np.int64, 40, elements=st.sampled_from([*LEAVES.tolist(), 0, 997])),
    st.sampled_from(["Allen", "Beryl-lr", "Cosmos"]),
    st.sampled_from(["mean", "median", "sum", "min", "max"]),
)
def test_statistics_agree_with_one_region_at_a_time(
    values: np.ndarray, ids: np.ndarray, mapping: str, statistic: str
) -> None:
    found = aggregate_values(values, ids, mapping=mapping, statistic=statistic)  # type: ignore[arg-type]
    expected = brute_force(values, ids, mapping, statistic)
    assert set(found.ids.tolist()) == set(expected)
    np.testing.assert_allclose(found.values, [expected[region] for region in found.ids.tolist()], atol=1e-9)


def test_a_sample_has_its_deviation_and_one_unit_has_none() -> None:
    found = aggregate_values([1.0, 4.0, 5.0], ["CP", "CP", "VPM"], statistic="std")
    np.testing.assert_allclose(found.values, [np.std([1.0, 4.0], ddof=1), np.nan])
    passed = aggregate_values([1.0, np.nan, 4.0, 5.0], ["CP", "CP", "VPM", "VPM"], statistic="std", nan="propagate")
    np.testing.assert_allclose(passed.values, [np.nan, np.std([4.0, 5.0], ddof=1)])


def test_nan_values_are_left_out_passed_on_or_refused() -> None:
    values, where = [1.0, np.nan, 3.0], ["CP", "CP", "VPM"]
    assert aggregate_values(values, where).values.tolist() == [1.0, 3.0]
    assert aggregate_values(values, where).counts.tolist() == [1, 1]
    passed = aggregate_values(values, where, nan="propagate")
    np.testing.assert_array_equal(passed.values, [np.nan, 3.0])
    assert passed.counts.tolist() == [2, 1]
    with pytest.raises(InvalidValues, match="1 values are NaN"):
        aggregate_values(values, where, nan="raise")


def test_a_region_of_nothing_but_nan_has_no_value() -> None:
    assert aggregate_values([np.nan, 1.0], ["CP", "VPM"]).acronyms.tolist() == ["VPM"]
    assert len(aggregate_values([np.nan], ["CP"])) == 0


def test_units_outside_of_the_brain_are_left_out() -> None:
    found = aggregate_values([1.0, 2.0, 3.0, 4.0], [0, np.nan, 672, 997])
    assert found.acronyms.tolist() == ["root", "CP"]


def test_series_are_averaged_bin_by_bin() -> None:
    series = np.array([[1.0, np.nan, np.nan], [3.0, 5.0, np.nan], [7.0, 8.0, 9.0]])
    found = aggregate_values(series, ["CP", "CP", "VPM"])
    np.testing.assert_array_equal(found.values, [[2.0, 5.0, np.nan], [7.0, 8.0, 9.0]])
    counted = aggregate_values(series, ["CP", "CP", "VPM"], statistic="count")
    np.testing.assert_array_equal(counted.values, [[2, 1, 0], [1, 1, 1]])


def test_a_statistic_of_ones_own_is_taken() -> None:
    found = aggregate_values([1.0, 2.0, 9.0], ["CP"] * 3, statistic=lambda block: np.quantile(block, 0.5, axis=0))
    assert found.values.tolist() == [2.0]


def test_an_unknown_statistic_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidValues, match=r"'avg'; there are mean, median.*count"):
        aggregate_values([1.0], ["CP"], statistic="avg")  # type: ignore[arg-type]
    with pytest.raises(InvalidValues, match="'drop'"):
        aggregate_values([1.0], ["CP"], nan="drop")  # type: ignore[arg-type]


def test_values_and_regions_go_together() -> None:
    with pytest.raises(InvalidValues, match=r"\(2,\), regions \(1,\)"):
        aggregate_values([1.0, 2.0], ["CP"])
    with pytest.raises(RegionNotFound, match=r"\bCP \(Caudoputamen\)"):
        aggregate_values([1.0], ["CPP"])


def test_regions_of_few_units_can_be_left_out() -> None:
    found = aggregate_values([1.0, 2.0, 3.0], ["CP", "CP", "VPM"]).of_at_least(2)
    assert found.acronyms.tolist() == ["CP"]
    assert found.values.tolist() == [1.5]


def test_a_volume_is_painted_with_the_values_of_its_regions() -> None:
    atlas = phantom_atlas(16)
    painted = aggregate_values([2.0], ["VISp"], regions=atlas.regions, mapping="Beryl").paint()[atlas.labels]
    np.testing.assert_array_equal(painted == 2.0, atlas.mask("VISp"))
    assert np.isnan(painted[~atlas.mask("VISp")]).all()


def test_one_side_is_painted_alone() -> None:
    painted = aggregate_values([2.0], [-382], mapping="Beryl-lr").paint()
    assert set(np.flatnonzero(painted == 2.0)) == set(BOTH.descendants(-382))


def test_values_become_a_data_frame() -> None:
    frame = aggregate_values([1.0, 3.0], ["CP", "CP"]).to_pandas()
    assert frame.to_dict("records") == [
        {"id": 672, "acronym": "CP", "name": "Caudoputamen", "side": 1, "count": 2, "value": 2.0}
    ]
    assert aggregate_values([[1.0, 3.0]], ["CP"]).to_pandas().columns.tolist()[-2:] == ["value_0", "value_1"]
    assert aggregate_values([], []).to_pandas().empty


def test_a_region_takes_the_value_of_the_nearest_one_above() -> None:
    down = propagate_down([1.0, 2.0], ["TH", "LGd"])
    for acronym, value in {"TH": 1.0, "VPM": 1.0, "LGd": 2.0, "LGd-co": 2.0}.items():
        assert down[BOTH.row(acronym)] == down[BOTH.row(acronym, hemisphere="left")] == value
    assert np.isnan(down[BOTH.rows(["void", "root", "BS", "CP"])]).all()


def test_the_left_can_have_a_value_of_its_own() -> None:
    down = propagate_down([1.0, 2.0], [549, -549])
    assert set(down[BOTH.descendants(549, hemisphere="right")]) == {1.0}
    assert set(down[BOTH.descendants(-549)]) == {2.0}
    only_left = propagate_down([2.0], [-549])
    assert np.isnan(only_left[BOTH.row("TH")])


def test_a_value_of_nan_is_no_value() -> None:
    assert propagate_down([1.0, np.nan], ["TH", "LGd"])[BOTH.row("LGd-co")] == 1.0
    assert propagate_up([1.0, np.nan], ["VPM", "LGd"])[BOTH.row("TH")] == 1.0


def test_a_region_given_twice_is_refused() -> None:
    with pytest.raises(InvalidValues, match="TH is given more than once"):
        propagate_down([1.0, 2.0], ["TH", 549])


def test_a_region_is_the_mean_of_what_is_inside() -> None:
    up = propagate_up([1.0, 3.0, 8.0], ["LGd-co", "LGd-sh", "VPM"])
    assert up[BOTH.row("LGd")] == 2.0
    assert up[BOTH.row("TH")] == up[1] == 4.0
    assert np.isnan(up[BOTH.row("CP")])


def test_weights_are_positive() -> None:
    with pytest.raises(InvalidValues, match="weights are positive"):
        propagate_up([1.0], ["CP"], weights=[-1.0])


@given(
    hnp.arrays(np.float64, 30, elements=st.floats(-1e3, 1e3)),
    hnp.arrays(np.int64, 30, elements=st.sampled_from(BOTH.ids[1:].tolist())),
)
def test_weighted_by_units_the_mean_above_is_the_mean_over_units(values: np.ndarray, ids: np.ndarray) -> None:
    mean = aggregate_values(values, ids, mapping="Allen-lr")
    left = mean.ids < 0
    for side, hemisphere in ((left, "left"), (~left, "right")):
        up = propagate_up(mean.values[side], mean.ids[side], weights=mean.counts[side])
        for acronym in ("root", "CTX", "TH"):
            rows = BOTH.descendants(acronym, hemisphere=hemisphere)  # type: ignore[arg-type]
            inside = np.isin(BOTH.rows(ids), rows)
            expected = values[inside].mean() if inside.any() else np.nan
            np.testing.assert_allclose(up[rows[0]], expected, atol=1e-9)


def test_series_go_up_and_down_the_tree() -> None:
    series = np.array([[1.0, np.nan], [3.0, 5.0]])
    np.testing.assert_array_equal(propagate_up(series, ["VPM", "LGd"])[BOTH.row("TH")], [2.0, 5.0])
    np.testing.assert_array_equal(propagate_down(series, ["VPM", "LGd"])[BOTH.row("LGd-co")], [3.0, 5.0])


def test_published_units_are_mapped_and_counted(shared_data: Path) -> None:
    pandas = pytest.importorskip("pandas")
    columns = ["atlas_id", "acronym", "cosmos_acronym", "firing_rate"]
    units = pandas.read_parquet(shared_data / "bwm_tables" / "clusters_bwm_147.pqt", columns=columns)
    assert (BOTH.acronyms_of(units.atlas_id) == units.acronym).all()
    cosmos = BOTH.acronyms_of(units.acronym, mapping="Cosmos")
    assert (cosmos == units.cosmos_acronym).all()
    found = aggregate_values(units.firing_rate, units.acronym, mapping="Cosmos", statistic="median")
    assert found.counts.sum() == (units.firing_rate.notna() & (cosmos != "void")).sum()
    thalamus = units.firing_rate[cosmos == "TH"].median()
    assert found.values[found.acronyms == "TH"] == pytest.approx(thalamus)
