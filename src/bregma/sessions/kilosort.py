"""The folder that Kilosort writes and phy edits: spikes and units in seconds, volts and micrometres."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox import read_sorted_spikes
from bregma.sessions.errors import DataMissing, UnusableData

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from bregma.brainbox import SortedSpikes


def read_kilosort(
    folder: Path | str, *, volts_per_bit: float | None = None, sampling_rate: float | None = None
) -> SortedSpikes:
    """Read spikes and units from the folder of Kilosort (2 to 4) or phy.

    Parameters
    ----------
    folder
        With ``spike_times.npy``, ``spike_clusters.npy`` (before phy: ``spike_templates.npy``) and ``params.py``, which
        is read, not run.
    volts_per_bit
        Of the recording, such as ``read_spikeglx_metadata(text).volts_per_bit[0]``, or 0.195e-6 for Intan's chips.
        Without it amplitudes are unknown, since Kilosort's own have no unit.
    sampling_rate
        Hz, in place of that of ``params.py``.

    Returns
    -------
    SortedSpikes
        ``amps``, volts: of each spike, its template's largest peak to peak over channels, without the whitening,
        times the spike's scale, as phy has it; None without ``volts_per_bit`` or templates. ``depths``, µm: of each
        spike where Kilosort says it, else of its template's largest channel; None where neither is there. ``units``
        has the columns of all ``cluster_*.tsv``: ``group``, ``KSLabel`` and others, empty where a unit is not named.

    Raises
    ------
    DataMissing
        If a file that is needed is not there.
    UnusableData
        If ``params.py`` does not say the sampling rate.
    """
    where = Path(folder)
    times = _read(where, "spike_times").ravel() / (sampling_rate or _read_rate(where))
    clusters = _read(where, "spike_clusters", "spike_templates").ravel().astype(np.int64)
    templates = _read_templates(where)
    ids = np.unique(clusters)
    return read_sorted_spikes(
        times,
        clusters,
        amps=None if volts_per_bit is None else _scale(where, templates, volts_per_bit),
        depths=_find_depths(where, templates),
        units=_read_units(where, ids),
    )


def _read(folder: Path, *names: str) -> NDArray[Any]:
    """Read the first of the files that is there."""
    for name in names:
        if (folder / f"{name}.npy").exists():
            return np.asarray(np.load(folder / f"{name}.npy", allow_pickle=False))
    raise DataMissing(
        f"no {' or '.join(f'{name}.npy' for name in names)} in {folder}; give the folder of Kilosort or phy"
    )


def _read_rate(folder: Path) -> float:
    file = folder / "params.py"
    if not file.exists():
        raise DataMissing(f"no params.py in {folder}; give sampling_rate, in Hz")
    for line in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "sample_rate":
            return float(ast.literal_eval(line.value))
    raise UnusableData(f"{file} says no sample_rate; give sampling_rate, in Hz")


def _read_templates(folder: Path) -> NDArray[np.float64] | None:
    """Return the peak to peak (n_templates, n_channels) of each template without whitening, if it is there."""
    if not (folder / "templates.npy").exists():
        return None
    templates = _read(folder, "templates").astype(np.float64)
    if (folder / "whitening_mat_inv.npy").exists():
        mixing = _read(folder, "whitening_mat_inv")
        if len(mixing) != templates.shape[2]:
            raise UnusableData(
                f"templates.npy in {folder} has {templates.shape[2]} of {len(mixing)} channels; write all"
            )
        templates = templates @ mixing
    sizes: NDArray[np.float64] = np.ptp(templates, axis=1)
    return sizes


def _scale(folder: Path, templates: NDArray[np.float64] | None, volts_per_bit: float) -> NDArray[np.float64] | None:
    if templates is None:
        return None
    of_template: NDArray[np.float64] = templates.max(axis=1)[_read(folder, "spike_templates").ravel().astype(np.intp)]
    amps: NDArray[np.float64] = of_template * _read(folder, "amplitudes").ravel() * volts_per_bit
    return amps


def _find_depths(folder: Path, templates: NDArray[np.float64] | None) -> NDArray[Any] | None:
    if (folder / "spike_positions.npy").exists():
        return _read(folder, "spike_positions")[:, 1]
    if templates is None or not (folder / "channel_positions.npy").exists():
        return None
    of_template = _read(folder, "channel_positions")[:, 1][templates.argmax(axis=1)]
    depths: NDArray[Any] = of_template[_read(folder, "spike_templates").ravel().astype(np.intp)]
    return depths


def _read_units(folder: Path, ids: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    columns: dict[str, NDArray[Any]] = {}
    for file in sorted(folder.glob("cluster_*.tsv")):
        table = _read_table(file)
        columns |= {str(name): _fill(table[name].reindex(ids)) for name in table.columns}
    return columns


def _fill(column: pd.Series[Any]) -> NDArray[Any]:
    is_number = np.issubdtype(np.asarray(column.dropna()).dtype, np.number)
    return column.to_numpy(np.float64) if is_number else np.asarray(column.fillna(""), dtype=np.str_)


def _read_table(file: Path) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(file, sep="\t").set_index("cluster_id")
