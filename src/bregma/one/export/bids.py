"""Names of BIDS where it has some: participants, sessions, probes and trials, around the ALF files."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import bregma
from bregma.alf import AlfBunch, load_object
from bregma.one.subjects import find_subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from bregma.one.api import ONE
    from bregma.one.export.about import About
    from bregma.one.lock import Lock, LockedSession
    from bregma.one.records import Session

VERSION = "1.10.0"
_SEXES = {"M": "male", "F": "female"}


def bids_files(one: ONE, lock: Lock, sources: Mapping[str, Path], about: About) -> dict[str, str]:
    """Make the files of BIDS around an export, whose ALF files lie in ``sourcedata``.

    Parameters
    ----------
    one : ONE
        Who knows the subjects.
    lock : Lock
        What is exported.
    sources : mapping
        Where the ALF files are, by their path.
    about : About
        Title, licence and authors.

    Returns
    -------
    dict
        Texts by name: ``dataset_description.json``, ``participants.tsv``, ``sub-X/sub-X_sessions.tsv``, and of each
        session ``beh/…_events.tsv`` with its ``.json`` and ``ephys/…_probes.tsv``.

    Raises
    ------
    ValueError
        If two subjects or sessions get the same label, as BIDS allows letters and digits only.
    """
    files = {"dataset_description.json": _description(about), "participants.tsv": _participants(one, lock)}
    for locked in lock.sessions:
        stem = _stem(locked.session)
        if f"{stem}/" in files:
            raise ValueError(f"{locked.session.path} and another session are both {stem} in BIDS; export them apart")
        files[f"{stem}/"] = ""
        files |= _session_files(locked, sources)
    files |= _session_lists(lock)
    return {name: text for name, text in files.items() if not name.endswith("/")}


def label(text: str) -> str:
    """Make a label of BIDS: letters and digits only."""
    return re.sub(r"[^0-9A-Za-z]", "", text)


def _stem(session: Session) -> str:
    return f"sub-{label(session.subject)}/ses-{session.date:%Y%m%d}n{session.number}"


def _description(about: About) -> str:
    content: dict[str, Any] = {
        "Name": about.title,
        "BIDSVersion": VERSION,
        "DatasetType": "raw",
        "License": about.licence,
        "Authors": list(about.authors),
        "HowToAcknowledge": about.citation,
        "GeneratedBy": [{"Name": "bregma", "Version": bregma.__version__}],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _participants(one: ONE, lock: Lock) -> str:
    rows, labels = [], dict[str, str]()
    for nickname in sorted({locked.session.subject for locked in lock.sessions}):
        other = labels.setdefault(label(nickname), nickname)
        if other != nickname:
            raise ValueError(
                f"subjects {other!r} and {nickname!r} are both {label(nickname)!r} in BIDS; export them apart"
            )
        animal = find_subject(one, nickname)
        row = [f"sub-{label(nickname)}", nickname, animal.species, animal.strain, _SEXES.get(animal.sex, "")]
        rows.append([*row, animal.birth_date])
    return _tsv(["participant_id", "nickname", "species", "strain", "sex", "birth_date"], rows)


def _session_lists(lock: Lock) -> dict[str, str]:
    """List the sessions of each subject."""
    rows: dict[str, list[list[Any]]] = {}
    for session in (locked.session for locked in lock.sessions):
        subject, _, name = _stem(session).partition("/")
        row = [name, session.date, session.eid, session.task_protocol, f"sourcedata/{session.path}"]
        rows.setdefault(f"{subject}/{subject}_sessions.tsv", []).append(row)
    names = ["session_id", "acq_time", "eid", "task_protocol", "alf_path"]
    return {path: _tsv(names, each) for path, each in rows.items()}


def _session_files(locked: LockedSession, sources: Mapping[str, Path]) -> dict[str, str]:
    stem = _stem(locked.session)
    name = stem.replace("/", "_")
    files: dict[str, str] = {}
    if locked.insertions:
        rows = [[one.name, one.model, one.serial, one.pid] for one in locked.insertions]
        probes = _tsv(["probe_name", "model", "device_serial_number", "pid"], rows)
        files[f"{stem}/ephys/{name}_probes.tsv"] = probes
    trials = _trials(locked, sources)
    if "intervals" in trials:
        task = label(locked.session.task_protocol) or "unknown"
        events = f"{stem}/beh/{name}_task-{task}_events"
        files[f"{events}.tsv"] = _events(trials)
        files[f"{events}.json"] = _sidecar(trials)
    return files


def _trials(locked: LockedSession, sources: Mapping[str, Path]) -> AlfBunch:
    found = [
        sources[f"{locked.session.path}/{one.rel_path}"]
        for one in locked.datasets
        if one.collection == "alf" and one.default_revision and one.parts and one.parts.object == "trials"
    ]
    return load_object(found, "trials") if found else AlfBunch()


def _columns(trials: AlfBunch) -> dict[str, Any]:
    """Choose the columns with a value per trial."""
    n_rows = len(trials.intervals)
    kept = {key: each for key, each in trials.items() if key != "intervals" and getattr(each, "ndim", 0) == 1}
    return {key: each for key, each in kept.items() if len(each) == n_rows}


def _events(trials: AlfBunch) -> str:
    columns = _columns(trials)
    start, stop = trials.intervals.T
    rows = zip(start.tolist(), (stop - start).tolist(), *(each.tolist() for each in columns.values()), strict=True)
    return _tsv(["onset", "duration", *columns], rows)


def _sidecar(trials: AlfBunch) -> str:
    content: dict[str, Any] = {
        "onset": {"Description": "Start of the trial, on the session's clock", "Units": "s"},
        "duration": {"Description": "From start to end of the trial", "Units": "s"},
    }
    for key in _columns(trials):
        content[key] = {"Description": f"ALF trials.{key}"} | ({"Units": "s"} if key.endswith("_times") else {})
    return json.dumps(content, indent=1) + "\n"


def _tsv(names: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    lines = ["\t".join(names), *("\t".join(map(_cell, row)) for row in rows)]
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    """Write a value; ``n/a`` for what is missing, as BIDS asks."""
    return "n/a" if value is None or value == "" or value != value else str(value)  # NaN is not itself
