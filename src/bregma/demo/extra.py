"""Recordings of the visitor's own: a folder of ALF sessions, of trial tables, or of weights, as a plan to register.

Three layouts are read, alone or mixed in one folder:

- ALF sessions: ``(<lab>/Subjects/)<subject>/<YYYY-MM-DD>/<NNN>/...`` at any depth; every file in them must have an
  ALF name. Spikes that lie in ``alf`` itself are filed under ``alf/probe00``.
- Trial tables: parquet files, one row per trial; see :mod:`bregma.demo.tables`.
- Weights and water: CSV files with columns ``subject, date_time, weight``, or
  ``subject, date_time, water_administered, water_type (, adlib)``.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bregma.alf import ALFPath, InvalidALFName, is_valid, load_object
from bregma.demo.colony import LAB
from bregma.demo.errors import MalformedRecording
from bregma.demo.records import Plan, SessionRecord, SubjectRecord, session_folder
from bregma.demo.tables import read_trial_table
from bregma.demo.weights import read_weights

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LOOSE_SPIKES = "The source does not tell the probes of this session apart: all its units are filed under probe00."


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
    plan = Plan((), ())
    folders = [] if path.is_file() else sorted(find_sessions(path))
    for folder in folders:
        plan += _session_plan(folder, staging, lab)
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


def find_sessions(path: Path) -> Iterator[Path]:
    """Find the session folders at or below a path.

    Raises
    ------
    MalformedRecording
        If a folder lies where a session's number is expected, but is not three digits, or its date is impossible.
    """
    if ALFPath(path).is_session_path():
        yield path
        return
    for parent, names, _ in os.walk(path):
        folder = Path(parent)
        names[:] = sorted(name for name in names if not name.startswith("."))
        if not _DATE.fullmatch(folder.name):
            continue
        for name in names:
            if not ALFPath(folder / name).is_session_path():
                raise MalformedRecording(
                    f"{folder / name} is not a session's folder; expected <subject>/<YYYY-MM-DD>/<NNN>, such as "
                    f"KS014/2019-08-30/001"
                )
            yield folder / name
        names.clear()


def _session_plan(folder: Path, staging: Path, lab: str) -> Plan:
    session = ALFPath(folder).session
    files = sorted(file for file in folder.rglob("*") if file.is_file() and not _is_hidden(file, folder))
    for file in files:
        _check_name(file)
    lab = session.lab or lab
    notes = [f"From the visitor's folder {folder.parents[2].name}. The path gives the date, not the time of day."]
    loose = any(file.parent == folder / "alf" and file.name.startswith("spikes.") for file in files)
    if loose:
        notes.append(_LOOSE_SPIKES)
        folder = _stage(folder, session_folder(staging, lab, session.subject, str(session.date), session.number))
    n_trials, n_correct = _count_trials(folder / "alf")
    record = SessionRecord(
        lab=lab,
        subject=session.subject,
        date=session.date.isoformat(),
        number=session.number,
        folder=str(folder),
        task_protocol="imported",
        start_time=f"{session.date}T00:00:00",
        n_trials=n_trials,
        n_correct_trials=n_correct,
        narrative=" ".join(notes),
        insertions=tuple(sorted(probe.name for probe in (folder / "alf").glob("probe*") if probe.is_dir())),
        json={"notes": notes},
    )
    subject = SubjectRecord(session.subject, lab, "Imported from a folder of the visitor.")
    return Plan((subject,), (record,))


def _check_name(file: Path) -> None:
    if not is_valid(file.name):
        raise MalformedRecording(
            f"{file} has no ALF name; expected object.attribute.extension, such as trials.table.pqt: rename it, or "
            f"take it out of the session's folder"
        )
    try:
        ALFPath.parse(file)
    except InvalidALFName as error:
        raise MalformedRecording(f"{file}: {error}") from error


def _is_hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)


def _stage(folder: Path, staged: Path) -> Path:
    """Copy a session, its loose spikes and clusters into a probe's folder."""
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or _is_hidden(file, folder):
            continue
        target = staged / file.relative_to(folder)
        if file.parent == folder / "alf" and file.name.split(".")[0] in {"spikes", "clusters", "channels", "templates"}:
            target = staged / "alf" / "probe00" / file.name
        if target.is_file() and target.stat().st_mtime_ns == file.stat().st_mtime_ns:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)
    return staged


def _count_trials(alf: Path) -> tuple[int | None, int | None]:
    if not alf.is_dir() or not any("trials." in file.name for file in alf.iterdir()):
        return None, None
    feedback = load_object(alf, "trials").get("feedbackType")
    return (None, None) if feedback is None else (len(feedback), int((feedback == 1).sum()))


def _loose_files(path: Path, folders: list[Path]) -> Iterator[Path]:
    inside = set(folders)
    for parent, names, files in os.walk(path):
        names[:] = [name for name in names if Path(parent, name) not in inside and not name.startswith(".")]
        yield from (Path(parent, name) for name in files if not name.startswith("."))


def _read_loose(file: Path, staging: Path, lab: str) -> Plan | None:
    if file.suffix in {".pqt", ".parquet"}:
        return read_trial_table(file, staging, lab=lab)
    if file.suffix == ".csv":
        return read_weights(file, lab=lab)
    return None
