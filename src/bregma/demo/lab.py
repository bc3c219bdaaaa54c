"""The demo lab, replayed: subjects entered, sessions registered through REST as a rig does, files put in the store."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from bregma.demo.disk import explaining_full_disk
from bregma.demo.extra import read_extra
from bregma.demo.places import enter_places
from bregma.demo.recordings import convert
from bregma.demo.registrar import Registrar
from bregma.demo.sources import fetch_sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bregma.demo.records import Plan, Report
    from bregma.one import ONE


@dataclass
class Summary:
    """What a replay entered or found, and how long each stage took."""

    subjects: int = 0
    sessions: int = 0
    files: int = 0
    bytes: int = 0
    new: Counter[str] = field(default_factory=Counter)  # rows made and files sent in this run, by endpoint
    seconds: dict[str, float] = field(default_factory=dict)  # by stage
    ignored: list[str] = field(default_factory=list)  # files of the visitor that add nothing

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return asdict(self) | {"new": dict(self.new)}


def prepare(folder: Path, report: Report | None = None) -> Plan:
    """Fetch and convert the public recordings, once.

    Parameters
    ----------
    folder : Path
        Where archives, ALF files and ``units.npz`` are kept.
    report : callable, optional
        Called with stage, number done and total.

    Returns
    -------
    Plan
        The subjects and sessions of the demo lab.

    Raises
    ------
    DemoError
        If the archives cannot be had or read, or no space is left; see :mod:`bregma.demo.errors`.
    """
    report = report or _silent
    report("fetch", 0, 1)
    archives = fetch_sources(folder / "sources")
    report("fetch", 1, 1)
    return convert(archives, folder, report)


def replay(one: ONE, folder: Path, extra: Sequence[Path] = (), report: Report | None = None) -> Summary:
    """Enter the demo lab, and what the visitor adds, as a lab would. Running it again changes nothing twice.

    Parameters
    ----------
    one : ONE
        Signed in as an administrator of a running server.
    folder : Path
        Where recordings are kept; fetched and converted there if they are missing.
    extra : sequence of Path
        Folders of the visitor; see :mod:`bregma.demo.extra`.
    report : callable, optional
        Called with stage, number done and total, for a progress bar.

    Returns
    -------
    Summary
        Counts, bytes and seconds per stage.

    Raises
    ------
    DemoError
        If recordings cannot be had, read or understood. Nothing was entered then.
    ONEError, StoreError
        If the server refuses or does not answer.
    """
    from bregma.one.registration import RegistrationClient

    report = report or _silent
    summary = Summary()
    with _timed(summary, "recordings"):
        plan = prepare(folder, report)
        for each in extra:
            with explaining_full_disk(folder):
                found = read_extra(each, folder / "extra")
            plan += found.plan
            summary.ignored += map(str, found.ignored)
    registrar = Registrar(one.alyx, RegistrationClient(one), report)
    for stage, enter in (
        ("lab", registrar.enter_lab),
        ("subjects", registrar.enter_subjects),
        ("sessions", registrar.enter_sessions),
        ("files", registrar.enter_files),
        ("weights", registrar.enter_weights),
        ("places", partial(enter_places, registrar)),
    ):
        with _timed(summary, stage):
            enter(plan)
    summary.subjects, summary.sessions = len(plan.subjects), len(plan.sessions)
    summary.files, summary.bytes, summary.new = registrar.n_files, registrar.n_bytes, registrar.new
    return summary


@contextmanager
def _timed(summary: Summary, stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    summary.seconds[stage] = round(time.perf_counter() - start, 3)


def _silent(stage: str, done: int, total: int) -> None:
    """Report nothing."""
