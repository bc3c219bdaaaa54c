"""Trial tables (parquet, one row per trial) as ALF sessions.

Columns of a table:

- ``subject``: nickname;
- the session: ``date`` or ``start_time``, and ``number`` where a day has several (else their order); or only
  ``session_num``, the order of sessions whose dates are unknown;
- optionally ``task_protocol`` (else the file's name) and ``eid`` (kept with the session as its id in the source);
- the trials, by their ALF names: at least ``choice``, ``feedbackType``, ``contrastLeft`` and ``contrastRight``; or
  in the terms of the task: ``contrast`` (0 to 1), ``position`` (degrees, negative on the left), ``response_choice``
  (1 chose right, -1 left, 0 none), ``trial_correct`` (0 or 1) and ``stim_probability_left``.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.alf import write_table
from bregma.demo.errors import MalformedRecording
from bregma.demo.records import Plan, SessionRecord, SubjectRecord, session_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

ALF_TRIALS = {"choice", "feedbackType", "contrastLeft", "contrastRight"}
TASK_TRIALS = {"contrast", "position", "response_choice", "trial_correct", "stim_probability_left"}
_IDENTITY = {"subject", "date", "start_time", "number", "session_num", "eid", "task_protocol", "trial", "trial_num"}
_UNDATED = (
    "It gives the order of its sessions, not their dates: made-up early dates stand in, "
    "and the order between tables is that of their names."
)
_PLACEHOLDER_YEARS = range(2000, 2015)  # early dates that no one takes for real


def read_trial_table(file: Path, staging: Path, *, lab: str) -> Plan | None:
    """Write the sessions of a trial table as ALF files, once.

    Parameters
    ----------
    file : Path
        Parquet table with the columns that this module describes.
    staging : Path
        Where the files go, as ``<lab>/Subjects/...``. A table that has not changed is not written again.
    lab : str
        Lab of the sessions.

    Returns
    -------
    Plan or None
        Subjects and sessions; None if the table is not one of trials.

    Raises
    ------
    MalformedRecording
        If the file cannot be read, or it is a table of trials that does not tell its sessions apart.
    """
    columns = _read_columns(file)
    if "subject" not in columns or not (columns >= ALF_TRIALS or columns >= TASK_TRIALS):
        return None
    if not columns & {"date", "start_time", "session_num"}:
        raise MalformedRecording(f"{file} has no column 'date', 'start_time' or 'session_num' to tell sessions apart")
    state = file.stat()
    stamp = f"1 {staging.resolve()} {lab} {file} {state.st_size} {state.st_mtime_ns}"
    saved = staging / f"{file.stem}.{hashlib.sha256(str(file).encode()).hexdigest()[:12]}.json"
    if (plan := Plan.load(saved, stamp=stamp)) is None or not plan.is_on_disk():
        plan = _convert(file, staging, lab)
        plan.save(saved, stamp=stamp)
    return plan


def to_alf_trials(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the trials of a table under ALF names; columns that name the session are dropped.

    In ALF, ``choice`` is 1 for the wheel turn that is correct for a stimulus on the left, so -1 is "chose right".
    """
    import pandas as pd

    if set(rows.columns) >= ALF_TRIALS:
        return rows[[name for name in rows.columns if name not in _IDENTITY]].reset_index(drop=True)
    left = rows["position"].to_numpy() < 0
    contrast = rows["contrast"].to_numpy().astype(float)
    trials = {
        "choice": -rows["response_choice"].to_numpy().astype(np.int64),
        "feedbackType": np.where(rows["trial_correct"].to_numpy() == 1, 1, -1),
        "contrastLeft": np.where(left, contrast, np.nan),
        "contrastRight": np.where(left, np.nan, contrast),
        "probabilityLeft": rows["stim_probability_left"].to_numpy().astype(float).round(6),
    }
    rest = [name for name in rows.columns if name not in _IDENTITY | TASK_TRIALS]
    return pd.DataFrame(trials).assign(**{name: rows[name].to_numpy() for name in rest})


def _read_columns(file: Path) -> set[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return set(pq.read_schema(file).names)
    except pa.ArrowInvalid as error:
        raise MalformedRecording(f"{file} is not a parquet file that can be read: {error}") from error


def _convert(file: Path, staging: Path, lab: str) -> Plan:
    import pandas as pd

    table = pd.read_parquet(file)
    table["subject"] = table["subject"].astype(str)
    sessions = [_write(rows, staging, lab, file, **which) for which, rows in _split(table, _placeholder(file))]
    subjects = dict.fromkeys(session.subject for session in sessions)
    about = f"Trials from the visitor's table {file.name}."
    return Plan(tuple(SubjectRecord(name, lab, about) for name in subjects), tuple(sessions))


def _split(table: pd.DataFrame, first_day: date) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """Give each session's place and rows, subjects by name and sessions in time."""
    import pandas as pd

    dated = next((name for name in ("start_time", "date") if name in table), None)
    keys = [name for name in (dated, "number", "eid", "session_num") if name and name in table]
    for subject, rows in table.groupby("subject", sort=True):
        taken: Counter[str] = Counter()
        for values, trials in rows.groupby(keys, sort=True):
            named: dict[str, Any] = dict(zip(keys, values, strict=True))
            when = named[dated] if dated else first_day + timedelta(int(named["session_num"]))
            start = pd.Timestamp(when).isoformat(timespec="seconds")
            taken[start[:10]] += 1
            number = int(named.get("number", taken[start[:10]]))
            yield {"subject": str(subject), "start": start, "number": number, "dated": bool(dated)}, trials


def _write(
    rows: pd.DataFrame, staging: Path, lab: str, file: Path, *, subject: str, start: str, number: int, dated: bool
) -> SessionRecord:
    day = start[:10]
    folder = session_folder(staging, lab, subject, day, number)
    trials = to_alf_trials(rows)
    write_table(folder / "alf", "trials", trials, namespace="ibl")
    notes = [f"From the visitor's table {file.name}."]
    if not dated:
        notes.append(_UNDATED)
    details: dict[str, Any] = {"notes": notes}
    if "eid" in rows:
        details["source_eid"] = str(rows["eid"].iloc[0])
    return SessionRecord(
        lab=lab,
        subject=subject,
        date=day,
        number=number,
        folder=str(folder),
        task_protocol=str(rows["task_protocol"].iloc[0]) if "task_protocol" in rows else file.stem,
        start_time=start,
        n_trials=len(trials),
        n_correct_trials=int((trials["feedbackType"] == 1).sum()),
        narrative=" ".join(notes),
        json=details,
    )


def _placeholder(file: Path) -> date:
    """Give each undated table of a folder its own years, so that their sessions do not fall on the same days."""
    tables = sorted(each.name for each in file.parent.iterdir() if each.suffix == file.suffix)
    years = _PLACEHOLDER_YEARS
    return date(years[2 * tables.index(file.name) % len(years)], 1, 1)
