from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bregma.atlas import InvalidValues, Regions, read_gene_expression, read_lipids

pd = pytest.importorskip("pandas")

SHAPE = (6, 4, 5)
"""Right, down, back: as the files have it."""
BOTH = Regions.allen().lateralised


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(3)
    labels = np.zeros(SHAPE, np.int32)
    labels[1], labels[4] = BOTH.row(-549), BOTH.row(549)
    labels[4, 0, 0] = BOTH.row("CP")
    np.save(tmp_path / "label.npy", labels)
    np.save(tmp_path / "image.npy", rng.random(SHAPE))
    pd.DataFrame({"id": ["1", "2", "3"], "gene": ["Grik2", "Dmp1", "Grik2"]}).to_parquet(
        tmp_path / "gene-expression.pqt"
    )
    maps = rng.random((3, *SHAPE)).astype(np.float16)
    maps[0, 4, 1, 1] = -1
    maps.tofile(tmp_path / "gene-expression.bin")
    (maps * 2).tofile(tmp_path / "gene-expression-processed.bin")
    pd.DataFrame({"lipid": ["PC 34:1"], "reliability": [0.9]}).to_parquet(tmp_path / "lipids.pqt")
    np.save(tmp_path / "lipid_volumes.npy", rng.random((1, *SHAPE)).astype(np.float32))
    return tmp_path


def read_maps(folder: Path) -> Any:
    return np.fromfile(folder / "gene-expression.bin", np.float16).reshape(3, *SHAPE)


def test_a_voxel_of_the_file_is_at_its_place_in_space(folder: Path) -> None:
    genes = read_gene_expression(folder)
    right, down, back = 4, 1, 3
    xyz = np.array([right * 200 - 5739.0, 5400.0 - back * 200, 332.0 - down * 200]) * 1e-6
    x, y, z = np.round((xyz - genes.atlas.origin) / genes.atlas.spacing).astype(int)
    assert genes.volumes[1, x, y, z] == read_maps(folder)[1, right, down, back]
    assert genes.atlas.rows_at(xyz) == BOTH.row("TH")
    assert genes.atlas.template is not None
    assert genes.atlas.template[x, y, z] == np.load(folder / "image.npy")[right, down, back]


def test_a_map_is_averaged_over_regions(folder: Path) -> None:
    genes = read_gene_expression(folder)
    found = genes.in_regions(0, mapping="Allen-lr")
    values, labels = read_maps(folder)[0].astype(float), np.load(folder / "label.npy")
    for row, value in zip(found.rows, found.values, strict=True):
        assert value == pytest.approx(values[(labels == row) & (values != -1)].mean())
    assert found.counts[found.acronyms == "TH"].tolist() == [18, 20]


def test_maps_are_found_by_name(folder: Path) -> None:
    genes = read_gene_expression(folder)
    assert genes.find("Grik2").tolist() == [0, 2]
    with pytest.raises(InvalidValues, match=r"no map of 'xxx' among 3$"):
        genes.find("xxx")
    with pytest.raises(InvalidValues, match=r"no map of 'Grik3' among 3; did you mean Grik2\?"):
        genes.find("Grik3")


def test_processed_maps_are_another_file(folder: Path) -> None:
    np.testing.assert_array_equal(
        read_gene_expression(folder, processed=True).volumes, read_gene_expression(folder).volumes * 2
    )


def test_lipids_are_on_the_same_grid(folder: Path) -> None:
    lipids = read_lipids(folder, folder)
    assert lipids.names.tolist() == ["PC 34:1"]
    np.testing.assert_array_equal(lipids.volume(0)[4, ::-1, ::-1].T, np.load(folder / "lipid_volumes.npy")[0, 4])


def test_files_that_do_not_go_together_are_refused(folder: Path) -> None:
    np.save(folder / "lipid_volumes.npy", np.zeros((2, *SHAPE)))
    with pytest.raises(InvalidValues, match=r"shape \(2, 6, 4, 5\), not \(1, 6, 4, 5\)"):
        read_lipids(folder, folder)
    np.zeros(7, np.float16).tofile(folder / "gene-expression.bin")
    with pytest.raises(InvalidValues, match=r"does not hold 3 volumes of \(6, 4, 5\)"):
        read_gene_expression(folder)
    np.save(folder / "label.npy", np.full(SHAPE, 0.5))
    with pytest.raises(InvalidValues, match="holds no rows"):
        read_gene_expression(folder)
