"""The mesoscale connectome of the mouse: how strongly each region projects to each other one, from a table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from bregma.atlas.errors import InvalidValues
from bregma.atlas.mappings import Parcellation
from bregma.atlas.regions import Regions
from bregma.atlas.table import Rows
from bregma.atlas.tabular import read_table
from bregma.atlas.values import RegionValues

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Metric = Literal[
    "connection_strength",
    "connection_density",
    "normalized_connection_strength",
    "normalized_connection_density",
]
STRENGTH: Metric = "connection_strength"
_DIVIDED_BY: dict[Metric, tuple[bool, bool]] = {
    "connection_strength": (False, False),
    "connection_density": (False, True),
    "normalized_connection_strength": (True, False),
    "normalized_connection_density": (True, True),
}
"""Whether each metric is the strength divided by the volume of the source, of the target."""
_COLUMNS = ("source_structure_id", "target_structure_id", "hemisphere", "metric", "value")
_VOLUMES = ("source_volume_mm3", "target_volume_mm3")


@dataclass(frozen=True, eq=False)
class ConnectionGraph:
    """Regions, and arrows between them.

    Parameters
    ----------
    regions : Regions
        The table of both sides.
    rows : (n_regions,) array of uint16
        Row of each region.
    edges : (n_edges, 2) array of int
        From which to which of these rows.
    values : (n_edges,) array
        Of each connection.
    """

    regions: Regions
    rows: Rows
    edges: npt.NDArray[np.int64]
    values: Floats


@dataclass(frozen=True, eq=False)
class Connectivity:
    """Connections from regions to those on their own side (ipsi) and on the other side (contra).

    Parameters
    ----------
    regions : Regions
        The table that the rows point to: every structure once.
    metric : str
        What the entries are: the strength, which adds up over regions, or one of its ratios to volumes.
    sources, targets : (n_sources,), (n_targets,) array of uint16
        Rows of the regions, in the order of the table.
    ipsi, contra : (n_sources, n_targets) array
        NaN where the table has no entry.
    source_volumes_mm3, target_volumes_mm3 : (n_sources,), (n_targets,) array
        Volume of each region on one side.
    """

    regions: Regions
    metric: Metric
    sources: Rows
    targets: Rows
    ipsi: Floats
    contra: Floats
    source_volumes_mm3: Floats
    target_volumes_mm3: Floats

    @property
    def source_acronyms(self) -> npt.NDArray[np.str_]:
        """Acronym of the regions that project."""
        return self.regions.acronym_array[self.sources]

    @property
    def target_acronyms(self) -> npt.NDArray[np.str_]:
        """Acronym of the regions that are projected to."""
        return self.regions.acronym_array[self.targets]

    def under(self, mapping: Parcellation | Rows) -> "Connectivity":
        """Return the strengths between the regions of a coarser view: sums over what each holds.

        Raises
        ------
        InvalidValues
            If the entries are ratios, which do not add up: take them of the coarser strengths, with `as_metric`.
        """
        if self.metric != STRENGTH:
            raise InvalidValues(f"{self.metric} does not add up over regions; map {STRENGTH}, then use as_metric")
        mapped = self.regions.mapping(mapping)
        sources, from_source = np.unique(mapped[self.sources], return_inverse=True)
        targets, from_target = np.unique(mapped[self.targets], return_inverse=True)
        return replace(
            self,
            sources=sources,
            targets=targets,
            ipsi=_sum_groups(_sum_groups(self.ipsi, from_source).T, from_target).T,
            contra=_sum_groups(_sum_groups(self.contra, from_source).T, from_target).T,
            source_volumes_mm3=_sum_groups(self.source_volumes_mm3, from_source),
            target_volumes_mm3=_sum_groups(self.target_volumes_mm3, from_target),
        )

    def as_metric(self, metric: Metric) -> "Connectivity":
        """Return the strengths as another metric: divided by the volumes of the targets, the sources, or both.

        Raises
        ------
        InvalidValues
            If these are no strengths, or there is no such metric.
        """
        if self.metric != STRENGTH or metric not in _DIVIDED_BY:
            raise InvalidValues(f"{STRENGTH} can be made {', '.join(_DIVIDED_BY)}; {self.metric} not {metric!r}")
        by_source, by_target = _DIVIDED_BY[metric]
        divisor = self.source_volumes_mm3[:, None] ** by_source * self.target_volumes_mm3**by_target
        return replace(self, metric=metric, ipsi=self.ipsi / divisor, contra=self.contra / divisor)

    def from_region(self, region: str | int) -> RegionValues:
        """Return the projections of one region on the right, by target on each side.

        Raises
        ------
        InvalidValues
            If the region is no source of this table.
        """
        row = self.regions.row(region)
        if row not in self.sources:
            raise InvalidValues(f"{self.regions.acronyms[row]} is no source here; there are {len(self.sources)}")
        place = int(np.searchsorted(self.sources, row))
        both = self.regions.lateralised
        rows = np.concatenate([self.targets, self.targets + np.uint16(self.regions.n_structures)])
        values = np.concatenate([self.ipsi[place], self.contra[place]])
        return RegionValues(both, both.mapping("Allen-lr"), rows, values, np.ones(len(rows), np.int64))

    def find_strongest(self, count: int) -> ConnectionGraph:
        """Return the strongest connections from the right side to other regions, as a graph.

        ``compute_centroids(atlas)[graph.rows]`` is where its regions are.
        """
        n_structures = np.uint16(self.regions.n_structures)
        targets = np.concatenate([self.targets, self.targets + n_structures])
        entries = np.hstack([self.ipsi, self.contra])
        entries = np.where(np.isnan(entries) | (self.sources[:, None] == targets), -np.inf, entries)
        best = np.argsort(-entries, axis=None, kind="stable")[: min(count, np.count_nonzero(entries > -np.inf))]
        source, target = np.unravel_index(best, entries.shape)
        ends = np.stack([self.sources[source], targets[target]], axis=1)
        rows, edges = np.unique(ends, return_inverse=True)
        return ConnectionGraph(self.regions.lateralised, rows, edges.reshape(-1, 2), entries[source, target])

    def to_pandas(self) -> "pd.DataFrame":
        """Return the matrix: a row for each source, and columns (``ipsi`` or ``contra``, target)."""
        import pandas as pd

        columns = pd.MultiIndex.from_product([["ipsi", "contra"], self.target_acronyms], names=["hemisphere", "target"])
        index = pd.Index(self.source_acronyms, name="source")
        return pd.DataFrame(np.hstack([self.ipsi, self.contra]), index=index, columns=columns)


def read_connectivity(
    path: Path | str, *, metric: Metric = "connection_strength", regions: Regions | None = None
) -> Connectivity:
    """Read a table of the regionalised mesoscale connectome.

    Parameters
    ----------
    path : Path
        A Parquet or CSV file with a row for each source, hemisphere (``ipsi`` or ``contra``), target and metric:
        columns source_structure_id, target_structure_id, hemisphere, metric, value, source_volume_mm3 and
        target_volume_mm3, as the International Brain Laboratory publishes it.
    metric : str
        connection_strength, connection_density, normalized_connection_strength or normalized_connection_density.
    regions : Regions, optional
        The Allen structures by default.

    Raises
    ------
    InvalidValues
        If a column is missing, there is no such metric, or a connection stands in it twice.
    RegionNotFound
        If a structure is unknown.

    Notes
    -----
    Oh et al., Nature 508, 207 (2014); Knox et al., Network Neuroscience 3, 217 (2019).
    """
    table = read_table(path, (*_COLUMNS, *_VOLUMES))
    chosen = np.flatnonzero(table["metric"] == metric)
    if not chosen.size:
        known = ", ".join(sorted({str(name) for name in table["metric"]}))
        raise InvalidValues(f"no metric {metric!r} in {path}; it has {known}")
    structures = (Regions.allen() if regions is None else regions).structures
    return _arrange({name: column[chosen] for name, column in table.items()}, metric, structures)


def read_hierarchy(
    path: Path | str, *, score: str = "cctcct_iter", correction: str = "cre_conf", regions: Regions | None = None
) -> RegionValues:
    """Read a table of hierarchy scores of cortical and thalamic areas.

    Parameters
    ----------
    path : Path
        A Parquet or CSV file with the columns correction, area, and one or more scores.
    score : str
        Column: cc, cctc or cctcct (the connections used), then before or iter (the iteration).
    correction : str
        ``cre_conf`` or ``no_conf``: whether lines of mice were weighted by confidence.
    regions : Regions, optional
        The Allen structures by default.

    Returns
    -------
    RegionValues
        Lower is earlier, more feed-forward.

    Raises
    ------
    InvalidValues
        If a column is missing or there is no such correction.

    Notes
    -----
    Harris et al., Nature 575, 195 (2019).
    """
    table = read_table(path, ("correction", "area", score))
    chosen = np.flatnonzero(table["correction"] == correction)
    if not chosen.size:
        known = ", ".join(sorted({str(name) for name in table["correction"]}))
        raise InvalidValues(f"no correction {correction!r} in {path}; it has {known}")
    structures = (Regions.allen() if regions is None else regions).structures
    rows = structures.rows(table["area"][chosen])
    order = np.argsort(rows)
    values = table[score][chosen].astype(np.float64)
    return RegionValues(structures, structures.mapping("Allen"), rows[order], values[order], np.ones_like(order))


def _arrange(table: Mapping[str, npt.NDArray[Any]], metric: Metric, structures: Regions) -> Connectivity:
    source_rows = structures.rows(table["source_structure_id"])
    target_rows = structures.rows(table["target_structure_id"])
    sources, first_source, source = np.unique(source_rows, return_index=True, return_inverse=True)
    targets, first_target, target = np.unique(target_rows, return_index=True, return_inverse=True)
    is_contra = _find_contra(table["hemisphere"])
    places = np.ravel_multi_index((is_contra, source, target), (2, len(sources), len(targets)))
    if np.unique(places).size < places.size:
        raise InvalidValues("a connection stands in this table more than once")
    entries = np.full((2, len(sources), len(targets)), np.nan)
    entries.flat[places] = table["value"]
    ipsi, contra = entries
    source_volumes = table["source_volume_mm3"][first_source].astype(np.float64)
    target_volumes = table["target_volume_mm3"][first_target].astype(np.float64)
    return Connectivity(structures, metric, sources, targets, ipsi, contra, source_volumes, target_volumes)


def _find_contra(hemispheres: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    if unknown := {str(each) for each in hemispheres} - {"ipsi", "contra"}:
        raise InvalidValues(f"the hemisphere of a connection is 'ipsi' or 'contra', not {min(unknown)!r}")
    return np.asarray(hemispheres == "contra", dtype=np.intp)


def _sum_groups(values: Floats, groups: npt.NDArray[np.intp]) -> Floats:
    """Add up the entries of each group along the first axis; NaN where a group has none."""
    sums = np.zeros((groups.max(initial=-1) + 1, *values.shape[1:]))
    counts = np.zeros_like(sums)
    np.add.at(sums, groups, np.nan_to_num(values))
    np.add.at(counts, groups, ~np.isnan(values))
    return np.where(counts > 0, sums, np.nan)
