"""Weights and water from CSV tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.demo.errors import MalformedRecording
from bregma.demo.records import Plan, SubjectRecord, Water, Weighing

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_KEYS = {"subject", "date_time"}
_WATER = {"water_administered", "water_type"}


def read_weights(file: Path, *, lab: str) -> Plan | None:
    """Read a table of weights or of water.

    Parameters
    ----------
    file : Path
        CSV with columns ``subject, date_time`` (ISO) and ``weight`` (g), or ``water_administered`` (ml, empty where
        nobody measured it) and ``water_type``; optionally ``adlib``.

    Returns
    -------
    Plan or None
        The subjects; None if the columns are others.

    Raises
    ------
    MalformedRecording
        If a row's weight or time cannot be read.
    """
    import pandas as pd

    columns = set(pd.read_csv(file, nrows=0).columns)
    if not columns >= _KEYS or not ("weight" in columns or columns >= _WATER):
        return None
    try:
        table = pd.read_csv(file, dtype={"subject": str})
        times = pd.to_datetime(table["date_time"], format="ISO8601")
        table["date_time"] = times.dt.strftime("%Y-%m-%dT%H:%M:%S")
        kind = "weight" if "weight" in columns else "water_administered"
        table[kind] = pd.to_numeric(table[kind])
    except ValueError as error:
        raise MalformedRecording(f"{file}: {error}") from error
    make = _weighed if kind == "weight" else _watered
    return Plan(tuple(make(str(name), rows, lab, file) for name, rows in table.groupby("subject")), ())


def _weighed(name: str, rows: pd.DataFrame, lab: str, file: Path) -> SubjectRecord:
    weighings = tuple(
        Weighing(when, float(weight)) for when, weight in zip(rows["date_time"], rows["weight"], strict=True)
    )
    return SubjectRecord(name, lab, f"Weights from the visitor's table {file.name}.", weighings=weighings)


def _watered(name: str, rows: pd.DataFrame, lab: str, file: Path) -> SubjectRecord:
    adlib = rows["adlib"] if "adlib" in rows else [False] * len(rows)
    each = zip(rows["date_time"], rows["water_administered"], rows["water_type"], adlib, strict=True)
    water = tuple(
        Water(when, None if amount != amount else float(amount), str(kind), bool(free))
        for when, amount, kind, free in each
    )
    return SubjectRecord(name, lab, f"Water from the visitor's table {file.name}.", water=water)
