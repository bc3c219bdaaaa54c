"""Positions of units and recording sites of IBL insertions in the brain, in metres from bregma.

The archive's positions are micrometres from bregma: x to the right, y to the front, z up, as IBL writes them.
iblviewer flips y and z of such points when it draws them, because the axes of its image volume run the other
way; the positions themselves are not flipped. (Of the points, 98 % lie inside the annotated brain.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.alf import atomic_write
from bregma.demo.archive import read_member, read_npz, read_pickle
from bregma.demo.sources import IBLVIEWER

if TYPE_CHECKING:
    from pathlib import Path

_DATA = f"{IBLVIEWER.package}-{IBLVIEWER.version}/iblviewer_examples/data"
_POSITIONS = f"{_DATA}/ibl_point_neurons.npz"
_INSERTIONS = f"{_DATA}/valid_insertions.p"


def convert_units(archive: Path, path: Path) -> None:
    """Write the positions that iblviewer carries to an ``.npz`` file.

    The archive lists 370 insertions, 297 of which have positions. Where an insertion's alignment was resolved
    these are positions of its units; for the others they are positions of the probe's recording sites.

    Parameters
    ----------
    archive : Path
        The source archive of iblviewer.
    path : Path
        File to write. Its arrays: ``xyz`` (n_points, 3) metres; ``insertion`` (n_points,) row of the insertion;
        and per insertion ``pids``, ``labels`` (mouse, date, number and probe), ``is_unit`` (whether the points are
        units, else recording sites), ``entry`` and ``tip`` (n_insertions, 3) metres, the ends of its traced track,
        NaN where it has none; ``credit``, one text.
    """
    stored = read_npz(read_member(archive, _POSITIONS))
    details = {each["id"]: each for each in read_pickle(read_member(archive, _INSERTIONS))}
    points = [np.asarray(each, float).reshape(-1, 3) / 1e6 for each in stored["xyz_positions"]]
    rows = [row for row, each in enumerate(points) if len(each)]
    pids = [str(stored["insertion_ids"][row]) for row in rows]
    tracks = np.stack([_track(details[pid]) for pid in pids])
    arrays = {
        "xyz": np.concatenate([points[row] for row in rows]).astype(np.float32),
        "insertion": np.repeat(np.arange(len(rows)), [len(points[row]) for row in rows]).astype(np.int32),
        "pids": np.array(pids),
        "labels": np.array([_label(details[pid]) for pid in pids]),
        "is_unit": stored["xyz_resolved_mask"][rows],
        "entry": tracks[:, 0],
        "tip": tracks[:, 1],
        "credit": np.array(f"{IBLVIEWER.package} {IBLVIEWER.version} ({IBLVIEWER.licence} licence), {_POSITIONS}"),
    }
    with atomic_write(path) as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def _label(insertion: dict[str, Any]) -> str:
    session = insertion["session_info"]
    return f"{session['subject']} {session['start_time'][:10]} {session['number']:03d} {insertion['name']}"


def _track(insertion: dict[str, Any]) -> np.ndarray:
    """Return the highest and the lowest traced point, in metres."""
    picks = np.asarray(insertion["json"].get("xyz_picks", []), float).reshape(-1, 3) / 1e6
    if not len(picks):
        return np.full((2, 3), np.nan)
    order = np.argsort(picks[:, 2])
    return picks[order[[-1, 0]]]
