"""What is known of an animal and of a lab: from the server, else from the tables on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from bregma.one.errors import RecordNotFound, TablesMissing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.one.api import ONE


@dataclass(frozen=True, slots=True)
class Subject:
    """One animal; what nobody noted is an empty text, or None for days."""

    nickname: str
    lab: str = ""
    species: str = ""
    strain: str = ""
    line: str = ""
    sex: str = ""
    birth_date: date | None = None
    death_date: date | None = None
    id: str = ""
    projects: tuple[str, ...] = ()

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Subject:
        """Read a record of ``/subjects``, or a row of the table of subjects."""
        words = {name: str(record.get(name) or "") for name in ("lab", "species", "strain", "line", "sex", "id")}
        projects = record.get("projects") or record.get("session_projects") or ()
        return cls(
            nickname=str(record["nickname"]),
            birth_date=_day(record.get("birth_date")),
            death_date=_day(record.get("death_date")),
            projects=tuple(projects.split(",") if isinstance(projects, str) else projects),
            **words,
        )


def find_subject(one: ONE, nickname: str) -> Subject:
    """Look up an animal.

    Parameters
    ----------
    one : ONE
        In remote mode its server is asked, else its table of subjects.
    nickname : str
        The animal's name.

    Returns
    -------
    Subject
        Only its name, where neither server nor table knows more.
    """
    if one.offline:
        return _in_table(one, nickname)
    try:
        return Subject.from_record(one.alyx.rest("subjects", "read", nickname))
    except RecordNotFound:
        return Subject(nickname)


def find_lab(one: ONE, name: str) -> dict[str, str]:
    """Look up a lab's ``timezone`` and ``institution``; empty in local mode, as no table tells them."""
    if one.offline or not name:
        return {}
    try:
        record = one.alyx.rest("labs", "read", name)
    except RecordNotFound:
        return {}
    return {key: str(record[key]) for key in ("timezone", "institution") if record.get(key)}


def _in_table(one: ONE, nickname: str) -> Subject:
    import polars as pl

    from bregma.one.tables.snapshot import scan_table

    try:
        table = scan_table(one.tables_dir / "subjects.pqt", "subjects")
    except TablesMissing:
        return Subject(nickname)
    rows = table.filter(pl.col("nickname") == nickname).collect().to_dicts()
    return Subject.from_record(rows[0]) if rows else Subject(nickname)


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None
