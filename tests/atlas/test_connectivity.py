from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bregma.atlas import Connectivity, InvalidValues, Regions, read_connectivity, read_hierarchy

pd = pytest.importorskip("pandas")

REGIONS = Regions.allen()
VOLUMES = {"VISp": 4.0, "MOs": 2.0, "LGd": 0.5, "VPM": 1.0, "CP": 8.0}


def make_table() -> Any:
    """Every connection among five structures on both sides, but one, with strengths 1, 2, 3 ..."""
    connections = list(product(VOLUMES, ("ipsi", "contra"), VOLUMES))
    table = pd.DataFrame(connections, columns=["source_acronym", "hemisphere", "target_acronym"])
    for end in ("source", "target"):
        table[f"{end}_structure_id"] = REGIONS.ids_of(table[f"{end}_acronym"])
        table[f"{end}_volume_mm3"] = table[f"{end}_acronym"].map(VOLUMES)
    table["metric"] = "connection_strength"
    table["value"] = np.arange(1.0, len(table) + 1)
    lost = (table.source_acronym == "CP") & (table.target_acronym == "VPM") & (table.hemisphere == "contra")
    density = table.assign(metric="connection_density", value=table.value / table.target_volume_mm3)
    return pd.concat([table[~lost], density]).sample(frac=1, random_state=1)


@pytest.fixture(scope="module")
def table() -> Any:
    return make_table()


@pytest.fixture(scope="module")
def file(table: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("connectivity") / "connectivity.pqt"
    table.to_parquet(path)
    return path


@pytest.fixture(scope="module")
def strength(file: Path) -> Connectivity:
    return read_connectivity(file)


def entry(connectivity: Connectivity, source: str, side: str, target: str) -> float:
    return float(connectivity.to_pandas().loc[source, (side, target)])


def test_every_entry_of_the_table_is_in_its_place(strength: Connectivity, table: Any) -> None:
    for line in table[table.metric == "connection_strength"].itertuples():
        assert entry(strength, line.source_acronym, line.hemisphere, line.target_acronym) == line.value
    assert np.isnan(entry(strength, "CP", "contra", "VPM"))
    assert (np.diff(strength.sources.astype(int)) > 0).all()
    assert dict(zip(strength.source_acronyms, strength.source_volumes_mm3, strict=True)) == VOLUMES
    assert dict(zip(strength.target_acronyms, strength.target_volumes_mm3, strict=True)) == VOLUMES


def test_a_csv_file_holds_the_same(strength: Connectivity, table: Any, tmp_path: Path) -> None:
    table.to_csv(tmp_path / "connectivity.csv", index=False)
    again = read_connectivity(tmp_path / "connectivity.csv")
    np.testing.assert_array_equal(again.ipsi, strength.ipsi)
    np.testing.assert_array_equal(again.contra, strength.contra)


def test_strengths_add_up_over_coarser_regions(strength: Connectivity, table: Any) -> None:
    coarse = strength.under("Cosmos")
    chosen = table[table.metric == "connection_strength"].assign(
        source=lambda t: REGIONS.acronyms_of(t.source_acronym, mapping="Cosmos"),
        target=lambda t: REGIONS.acronyms_of(t.target_acronym, mapping="Cosmos"),
    )
    expected = chosen.groupby(["source", "hemisphere", "target"]).value.sum()
    assert len(expected) == coarse.ipsi.size + coarse.contra.size
    for (source, side, target), value in expected.items():
        assert entry(coarse, source, side, target) == value
    thalamus = dict(zip(coarse.source_acronyms, coarse.source_volumes_mm3, strict=True))
    assert thalamus == {"Isocortex": 6.0, "CNU": 8.0, "TH": 1.5}


def test_a_group_without_an_entry_has_none(strength: Connectivity) -> None:
    fine = strength.under(["CP", "VPM", "VISp", "MOs"])
    assert np.isnan(entry(fine, "CP", "contra", "VPM"))
    assert entry(fine, "CP", "ipsi", "root") == entry(strength, "CP", "ipsi", "LGd")


def test_ratios_are_of_the_volumes(strength: Connectivity, file: Path) -> None:
    published = read_connectivity(file, metric="connection_density")
    np.testing.assert_allclose(strength.as_metric("connection_density").ipsi, published.ipsi)
    value = entry(strength, "VISp", "ipsi", "LGd")
    assert entry(strength.as_metric("normalized_connection_strength"), "VISp", "ipsi", "LGd") == value / 4
    assert entry(strength.as_metric("normalized_connection_density"), "VISp", "ipsi", "LGd") == value / 4 / 0.5
    assert entry(strength.as_metric("connection_strength"), "VISp", "ipsi", "LGd") == value


def test_ratios_do_not_add_up(file: Path) -> None:
    with pytest.raises(InvalidValues, match="connection_density does not add up"):
        read_connectivity(file, metric="connection_density").under("Cosmos")


def test_projections_of_a_region_are_values_on_each_side(strength: Connectivity) -> None:
    found = strength.from_region("VISp")
    painted = found.paint()
    assert painted[found.regions.row("LGd")] == entry(strength, "VISp", "ipsi", "LGd")
    assert painted[found.regions.row("LGd", hemisphere="left")] == entry(strength, "VISp", "contra", "LGd")
    with pytest.raises(InvalidValues, match="TH is no source here; there are 5"):
        strength.from_region("TH")


def test_the_strongest_connections_are_a_graph(strength: Connectivity) -> None:
    graph = strength.find_strongest(5)
    ends = graph.rows[graph.edges]
    assert graph.regions.acronym_array[ends[:, 0]].tolist() == ["CP"] * 5
    assert graph.regions.acronym_array[ends[:, 1]].tolist() == ["CP", "LGd", "MOs", "VISp", "VPM"]
    assert graph.regions.sides[ends[:, 1]].tolist() == [-1, -1, -1, -1, 1]
    assert graph.values.tolist() == [50.0, 48.0, 47.0, 46.0, 44.0]
    everything = strength.find_strongest(10_000)
    assert len(everything.values) == 2 * 5 * 5 - 5 - 1
    assert (everything.edges[:, 0] != everything.edges[:, 1]).all()


def test_what_is_no_connectivity_table_is_refused(table: Any, tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    table.drop(columns="hemisphere").to_csv(path, index=False)
    with pytest.raises(InvalidValues, match="has no column hemisphere; it has source_acronym"):
        read_connectivity(path)
    table.assign(hemisphere="left").to_csv(path, index=False)
    with pytest.raises(InvalidValues, match="not 'left'"):
        read_connectivity(path)
    pd.concat([table, table]).to_csv(path, index=False)
    with pytest.raises(InvalidValues, match="more than once"):
        read_connectivity(path)


def test_an_unknown_metric_is_refused_with_the_known_ones(file: Path, strength: Connectivity) -> None:
    with pytest.raises(InvalidValues, match=r"no metric 'speed'.*connection_density, connection_strength"):
        read_connectivity(file, metric="speed")  # type: ignore[arg-type]
    with pytest.raises(InvalidValues, match="not 'speed'"):
        strength.as_metric("speed")  # type: ignore[arg-type]


def test_hierarchy_scores_are_values_of_regions(tmp_path: Path) -> None:
    path = tmp_path / "hierarchy.csv"
    lines = [
        ("cre_conf", "VISp", -0.42),
        ("no_conf", "VISp", -0.38),
        ("cre_conf", "MOs", 0.2),
        ("cre_conf", "LGd", -1.0),
    ]
    pd.DataFrame(lines, columns=["correction", "area", "cctcct_iter"]).to_csv(path, index=False)
    found = read_hierarchy(path)
    assert dict(zip(found.acronyms, found.values, strict=True)) == {"MOs": 0.2, "VISp": -0.42, "LGd": -1.0}
    assert read_hierarchy(path, correction="no_conf").values.tolist() == [-0.38]
    with pytest.raises(InvalidValues, match="no column cc_iter"):
        read_hierarchy(path, score="cc_iter")
    with pytest.raises(InvalidValues, match="it has cre_conf, no_conf"):
        read_hierarchy(path, correction="none")
