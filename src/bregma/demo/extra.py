"""Recordings of the visitor's own: a folder of ALF sessions, of trial tables, or of weights, as a plan to register.

Three layouts are read, alone or mixed in one folder:

- ALF sessions: ``(<lab>/Subjects/)<subject>/<YYYY-MM-DD>/<NNN>/...`` at any depth; every file in them must have an
  ALF name. Spikes that lie in ``alf`` itself are filed under ``alf/probe00``. A folder that holds ``alf/...`` and no
  such session is one session of a mouse named like the folder, on a made-up early date.
- Trial tables: parquet files, one row per trial; see :mod:`bregma.demo.tables`.
- Weights and water: CSV files with columns ``subject, date_time, weight``, or
  ``subject, date_time, water_administered, water_type (, adlib)``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bregma.demo.colony import LAB
from bregma.demo.errors import MalformedRecording
from bregma.demo.folders import find_sessions, read_session, read_undated
from bregma.demo.records import Plan
from bregma.demo.tables import read_trial_table
from bregma.demo.weights import read_weights

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Extra:
    """What a folder adds to the lab, and the files in it that add nothing."""

    plan: Plan
    ignored: tuple[Path, ...]


def read_extra(path: Path, staging: Path, *, lab: str = LAB) -> Extra:
    """Read what a folder, or one file, adds to the lab.

    Parameters
    ----------
    path : Path
        Folder of the visitor, or one table in it. Nothing in it is changed.
    staging : Path
        Where sessions that must be rewritten as ALF files are kept.
    lab : str
        Lab of the sessions whose path names none.

    Raises
    ------
    MalformedRecording
        If a file in a session's folder has no ALF name, a session's folder is misnamed, a table lacks a column or
        cannot be read, or nothing at all is recognised. The message names the file.
    """
    path = path.expanduser().resolve()
    if not path.exists():
        raise MalformedRecording(f"{path} does not exist; name a folder of ALF sessions or tables")
    folders = [] if path.is_file() else sorted(find_sessions(path))
    plan = sum((read_session(folder, staging, lab) for folder in folders), Plan((), ()))
    if not folders and (path / "alf").is_dir():
        plan, folders = read_undated(path, staging, lab), [path / "alf"]
    ignored = []
    for file in [path] if path.is_file() else sorted(_loose_files(path, folders)):
        if (found := _read_loose(file, staging, lab)) is None:
            ignored.append(file)
        else:
            plan += found
    if not plan.subjects:
        raise MalformedRecording(
            f"{path} holds nothing that can be added; expected <subject>/<YYYY-MM-DD>/<NNN>/alf/..., parquet tables of "
            f"trials with a column 'subject', or CSV tables with columns subject, date_time and weight"
        )
    return Extra(plan, tuple(ignored))


def _loose_files(path: Path, folders: list[Path]) -> Iterator[Path]:
    inside = set(folders)
    for parent, names, files in os.walk(path):
        if Path(parent) in inside:
            names.clear()
            continue
        names[:] = [name for name in names if not name.startswith(".")]
        yield from (Path(parent, name) for name in files if not name.startswith("."))


def _read_loose(file: Path, staging: Path, lab: str) -> Plan | None:
    if file.suffix in {".pqt", ".parquet"}:
        return read_trial_table(file, staging, lab=lab)
    if file.suffix == ".csv":
        return read_weights(file, lab=lab)
    return None
