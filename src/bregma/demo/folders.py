"""Session folders of the visitor's own, as sessions to register."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from bregma.alf import ALFPath, is_valid, load_object
from bregma.demo.errors import MalformedRecording
from bregma.demo.records import PLACEHOLDER_DATE, Plan, SessionRecord, SubjectRecord, session_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SORTED = {"spikes", "clusters", "channels", "templates"}
_TIME_UNKNOWN = "The path gives the date, not the time of day: 00:00 stands in."
_DATE_UNKNOWN = f"The path names no mouse and no date: the folder's name and {PLACEHOLDER_DATE} stand in."
_LOOSE_SPIKES = "The source does not tell the probes of this session apart: all its units are filed under probe00."


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


def read_session(folder: Path, staging: Path, lab: str) -> Plan:
    """Make the plan of one session folder, ``(<lab>/Subjects/)<subject>/<YYYY-MM-DD>/<NNN>``.

    Raises
    ------
    MalformedRecording
        If a file in it has no ALF name.
    """
    session = ALFPath(folder).session
    files = check_names(folder)
    lab = session.lab or lab
    notes = [f"From the visitor's folder {folder.parents[2].name}.", _TIME_UNKNOWN]
    if any(_is_loose(file, folder) for file in files):
        notes.append(_LOOSE_SPIKES)
        target = session_folder(staging, lab, session.subject, session.date.isoformat(), session.number)
        folder = _stage(files, folder, target)
    return _plan(folder, lab, session.subject, session.date.isoformat(), session.number, notes)


def read_undated(folder: Path, staging: Path, lab: str) -> Plan:
    """Make the plan of a folder that holds ``alf/...``, but whose path names neither mouse nor date.

    Raises
    ------
    MalformedRecording
        If a file in it has no ALF name.
    """
    notes = [f"From the visitor's folder {folder.name}.", _DATE_UNKNOWN]
    files = check_names(folder / "alf")
    if any(_is_loose(file, folder) for file in files):
        notes.append(_LOOSE_SPIKES)
    subject = re.sub(r"[^\w.-]", "_", folder.name)
    staged = _stage(files, folder, session_folder(staging, lab, subject, PLACEHOLDER_DATE, 1))
    return _plan(staged, lab, subject, PLACEHOLDER_DATE, 1, notes)


def check_names(folder: Path) -> list[Path]:
    """Return the files of a folder, hidden ones left out; raise MalformedRecording for a name that is not ALF."""
    files = (file for file in folder.rglob("*") if file.is_file())
    shown = [file for file in files if not any(part.startswith(".") for part in file.relative_to(folder).parts)]
    for file in shown:
        if not is_valid(file.name):
            raise MalformedRecording(
                f"{file} has no ALF name; expected object.attribute.extension, such as trials.table.pqt: rename it, "
                f"or take it out of the session's folder"
            )
    return sorted(shown)


def _is_loose(file: Path, folder: Path) -> bool:
    return file.parent == folder / "alf" and file.name.split(".")[0] == "spikes"


def _stage(files: Sequence[Path], folder: Path, target: Path) -> Path:
    """Copy a session to another folder, its loose spikes and clusters into a probe's folder."""
    loose = any(_is_loose(file, folder) for file in files)
    for file in files:
        to_probe = loose and file.parent == folder / "alf" and file.name.split(".")[0] in _SORTED
        copy = target / ("alf/probe00" if to_probe else file.parent.relative_to(folder)) / file.name
        if copy.is_file() and copy.stat().st_mtime_ns == file.stat().st_mtime_ns:
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, copy)
    return target


def _plan(folder: Path, lab: str, subject: str, day: str, number: int, notes: list[str]) -> Plan:
    n_trials, n_correct = _count_trials(folder / "alf")
    session = SessionRecord(
        lab=lab,
        subject=subject,
        date=day,
        number=number,
        folder=str(folder),
        task_protocol="imported",
        start_time=f"{day}T00:00:00",
        n_trials=n_trials,
        n_correct_trials=n_correct,
        narrative=" ".join(notes),
        insertions=tuple(sorted(probe.name for probe in (folder / "alf").glob("probe*") if probe.is_dir())),
        json={"notes": notes},
    )
    return Plan((SubjectRecord(subject, lab, "Imported from a folder of the visitor."),), (session,))


def _count_trials(alf: Path) -> tuple[int | None, int | None]:
    if not alf.is_dir() or not any("trials." in file.name for file in alf.iterdir()):
        return None, None
    feedback = load_object(alf, "trials").get("feedbackType")
    return (None, None) if feedback is None else (len(feedback), int((feedback == 1).sum()))
