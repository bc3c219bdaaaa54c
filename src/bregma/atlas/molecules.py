"""Maps of molecules in the brain, genes and lipids, on one grid of 200 µm: from files, onto regions."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas.atlas import Atlas
from bregma.atlas.coordinates import xyz_from_ccf
from bregma.atlas.errors import InvalidValues
from bregma.atlas.mappings import Parcellation
from bregma.atlas.regions import Regions
from bregma.atlas.statistics import Statistic
from bregma.atlas.table import Rows
from bregma.atlas.tabular import read_table
from bregma.atlas.values import RegionValues, aggregate_values

Volumes = npt.NDArray[np.floating[Any]]

GENE_CREDIT = "Anatomic Gene Expression Atlas, © Allen Institute for Brain Science; Lein et al. 2007, Ng et al. 2009."
LIPID_CREDIT = "Lipid Brain Atlas, Fusar Bassini et al. 2026, CC BY 4.0."
_EDGE_UM = 200.0


@dataclass(frozen=True, eq=False)
class MoleculeMaps:
    """A volume for each of many molecules, all on the grid of one atlas.

    Parameters
    ----------
    names : (n_maps,) array of str
        Gene or lipid; a gene may have several maps.
    volumes : (n_maps, n_x, n_y, n_z) array
        On the axes of the atlas, read from the disk when needed.
    atlas : Atlas
        Labels and template of the grid.
    columns : dict
        What else is known of each map.
    credit : str
        The line that goes with every picture of them.
    missing : float
        What the volumes hold where nothing was measured.
    """

    names: npt.NDArray[np.str_]
    volumes: Volumes
    atlas: Atlas
    columns: Mapping[str, npt.NDArray[Any]]
    credit: str
    missing: float = np.nan

    def __len__(self) -> int:
        return len(self.names)

    def find(self, name: str) -> npt.NDArray[np.intp]:
        """Return which maps are of a molecule.

        Raises
        ------
        InvalidValues
            If there is none; the message suggests near ones.
        """
        import difflib

        if not (found := np.flatnonzero(self.names == name)).size:
            near = difflib.get_close_matches(name, sorted(set(self.names.tolist())), n=3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise InvalidValues(f"no map of {name!r} among {len(self)}{hint}")
        return found

    def volume(self, index: int) -> npt.NDArray[np.float32]:
        """Return one map, (n_x, n_y, n_z); NaN where nothing was measured."""
        values = np.asarray(self.volumes[index], dtype=np.float32)
        return np.where(values == self.missing, np.float32(np.nan), values)

    def in_regions(
        self, index: int, *, mapping: Parcellation | Rows = "Allen", statistic: Statistic = "mean"
    ) -> RegionValues:
        """Return a statistic of one map over the voxels of each region; see `aggregate_values`."""
        inside = self.atlas.labels > 0
        ids = self.atlas.regions.ids[self.atlas.labels[inside]]
        values = self.volume(index)[inside]
        return aggregate_values(values, ids, regions=self.atlas.regions, mapping=mapping, statistic=statistic)


def read_gene_expression(folder: Path | str, *, processed: bool = False) -> MoleculeMaps:
    """Read gene expression from a folder as the International Brain Laboratory publishes it.

    Parameters
    ----------
    folder : Path
        Holds gene-expression.pqt, gene-expression.bin, label.npy and image.npy.
    processed : bool
        Take the maps that were made symmetric and filled in, gene-expression-processed.bin.

    Raises
    ------
    InvalidValues
        If a file does not go with the others.
    FileNotFoundError
        If one is not there.
    """
    folder = Path(folder)
    columns = read_table(folder / "gene-expression.pqt", ("id", "gene"))
    atlas = _read_grid(folder)
    file = folder / ("gene-expression-processed.bin" if processed else "gene-expression.bin")
    volumes = np.memmap(file, dtype=np.float16, mode="r")
    n_x, n_y, n_z = atlas.labels.shape
    if volumes.size != len(columns["gene"]) * atlas.labels.size:
        raise InvalidValues(f"{file} does not hold {len(columns['gene'])} volumes of {(n_x, n_z, n_y)}")
    maps = _turn(volumes.reshape(-1, n_x, n_z, n_y))
    return MoleculeMaps(columns["gene"].astype(np.str_), maps, atlas, columns, GENE_CREDIT, missing=-1.0)


def read_lipids(folder: Path | str, grid_folder: Path | str) -> MoleculeMaps:
    """Read lipid maps from a folder as the International Brain Laboratory publishes it.

    Parameters
    ----------
    folder : Path
        Holds lipids.pqt and lipid_volumes.npy: logarithms of intensities.
    grid_folder : Path
        Holds label.npy and image.npy, as the folder of gene expression does.

    Raises
    ------
    InvalidValues
        If a file does not go with the others.
    FileNotFoundError
        If one is not there.
    """
    columns = read_table(Path(folder) / "lipids.pqt", ("lipid", "reliability"))
    atlas = _read_grid(Path(grid_folder))
    volumes = np.load(Path(folder) / "lipid_volumes.npy", mmap_mode="r")
    n_x, n_y, n_z = atlas.labels.shape
    if volumes.shape != (len(columns["lipid"]), n_x, n_z, n_y):
        raise InvalidValues(f"the lipids have shape {volumes.shape}, not {(len(columns['lipid']), n_x, n_z, n_y)}")
    return MoleculeMaps(columns["lipid"].astype(np.str_), _turn(volumes), atlas, columns, LIPID_CREDIT)


def _read_grid(folder: Path) -> Atlas:
    rows = np.load(folder / "label.npy")
    labels, template = _turn(rows.astype(np.uint16)), _turn(np.load(folder / "image.npy"))
    if not np.array_equal(rows, rows.astype(np.uint16)):
        raise InvalidValues(f"{folder / 'label.npy'} holds no rows of the region table")
    back, bottom = (_EDGE_UM * (n - 1) for n in labels.shape[1:])
    x, y, z = xyz_from_ccf([0.0, back, bottom]).tolist()
    regions = Regions.allen().lateralised
    return Atlas(labels, (x, y, z), _EDGE_UM * 1e-6, regions, "Allen CCFv3, 200 µm", template=template)


def _turn(volumes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return (..., right, down, back) as (..., right, front, up)."""
    return np.swapaxes(volumes, -1, -2)[..., ::-1, ::-1]
