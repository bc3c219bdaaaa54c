"""The recordings of the two archives as ALF sessions, with what is known of each and nothing more."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.alf import atomic_write, write_object, write_table
from bregma.demo.archive import read_member, read_pickle
from bregma.demo.colony import LAB, SIMULATED, days_between, simulate_water, simulate_weighings
from bregma.demo.disk import explaining_full_disk
from bregma.demo.places import convert_places
from bregma.demo.records import PLACEHOLDER_DATE, Plan, SessionRecord, SubjectRecord, session_folder
from bregma.demo.sources import IBLLIB, SOURCES
from bregma.demo.units import convert_units

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pandas as pd

    from bregma.demo.records import Report

CONVERTER = 4  # raise it when the files or the plan change, so that they are made again
ENCODER_TICKS = 4096  # 1024 pulses per turn, X4
WHEEL_RADIUS_CM = 3.1

_TRAINING = "brainbox/tests/fixtures/trials_test.pickle"
_WHEEL = "brainbox/tests/fixtures/wheel_test.p"
_SPIKES = "brainbox/tests/fixtures/ephys_test.p"
_RAW = "ibllib/tests/extractors/data/session_ephys"
_RAW_FILES = (
    "raw_behavior_data/_iblrig_taskData.raw.jsonable",
    "raw_behavior_data/_iblrig_encoderPositions.raw.ssv",
    "raw_behavior_data/_iblrig_encoderEvents.raw.ssv",
    "raw_behavior_data/_iblrig_encoderTrialInfo.raw.ssv",
    "raw_video_data/_iblrig_bodyCamera.timestamps.ssv",
)
_TIME_UNKNOWN = "The source gives the date, not the time of day: 00:00 stands in."
_DATE_UNKNOWN = f"The source gives no date: {PLACEHOLDER_DATE} stands in."


def convert(archives: Mapping[str, Path], folder: Path, report: Report | None = None) -> Plan:
    """Convert the recordings of the archives to ALF files, once.

    Parameters
    ----------
    archives : mapping of str to Path
        What :func:`bregma.demo.sources.fetch_sources` returned.
    folder : Path
        Sessions go to ``folder/alf/<lab>/Subjects/...``, positions of units to ``folder/units.npz``.
    report : callable, optional
        Called with stage, number done and total.

    Returns
    -------
    Plan
        Subjects and sessions to register. Read back from ``folder/plan.json`` if the files are there already.

    Raises
    ------
    MemberMissing, RefusedPickle
        If an archive is not what was pinned.
    DiskFull
        If no space is left. A file is written wholly or not at all, so running again goes on.
    """
    path = folder / "plan.json"
    stamp = f"{CONVERTER} {folder.resolve()} {' '.join(source.sha256 for source in SOURCES)}"
    plan = Plan.load(path, stamp=stamp)
    if plan is None or not plan.is_on_disk() or not (folder / "units.npz").is_file():
        with explaining_full_disk(folder):
            plan = _convert(archives, folder.resolve(), report or (lambda stage, done, total: None))
            plan.save(path, stamp=stamp)
    return plan


def _convert(archives: Mapping[str, Path], folder: Path, report: Report) -> Plan:
    steps: tuple[Callable[[Path, Path], Plan], ...] = (
        convert_training,
        convert_raw_session,
        convert_wheel_traces,
        convert_spikes,
    )
    total = len(steps) + 2
    plan = Plan((), ())
    for done, step in enumerate(steps):
        report("convert", done, total)
        plan += step(archives["ibllib"], folder / "alf")
    report("convert", len(steps), total)
    plan += convert_places(archives["iblviewer"], folder / "alf")
    report("convert", len(steps) + 1, total)
    convert_units(archives["iblviewer"], folder / "units.npz")
    report("convert", total, total)
    return plan


def convert_training(archive: Path, root: Path) -> Plan:
    """Convert the dated training sessions of mouse SWC_054 (named in the package's ``test_behavior.py``)."""
    import pandas as pd

    recorded: dict[str, dict[str, np.ndarray]] = read_pickle(read_member(archive, _TRAINING))
    sessions = []
    for day in sorted(recorded):
        columns = dict(recorded[day])
        protocol = str(columns.pop("task_protocol"))
        session = _session("SWC_054", day, root, protocol=protocol, member=_TRAINING, notes=[_TIME_UNKNOWN])
        trials = pd.DataFrame(columns)
        write_table(_alf(session), "trials", trials, namespace="ibl")
        sessions.append(_with_counts(session, trials))
    return Plan((_training_mouse(sessions),), tuple(sessions))


def _training_mouse(sessions: list[SessionRecord]) -> SubjectRecord:
    correct = {date.fromisoformat(each.date): each.n_correct_trials or 0 for each in sessions}
    days = days_between(min(correct), max(correct))
    weighings = simulate_weighings(days)
    return SubjectRecord(
        "SWC_054",
        LAB,
        "Real trials of eleven sessions. Staff, cage, weights and water of this mouse are simulated.",
        restricted_from=f"{days[0]}T08:00:00",
        reference_weight=weighings[0].weight,
        weighings=weighings,
        water=simulate_water(days, correct),
        json=SIMULATED | {"source": f"{IBLLIB.package} {IBLLIB.version}, {_TRAINING}", "licence": IBLLIB.licence},
    )


def convert_raw_session(archive: Path, root: Path) -> Plan:
    """Convert the raw session of mouse ZM_335: keep the rig's files, and extract trials and wheel from them.

    The archive files settings with them that belong to another (made-up) subject; these are left out.
    """
    first_line = read_member(archive, f"{_RAW}/{_RAW_FILES[0]}").split(b"\n", 1)[0]
    start = json.loads(first_line)["init_datetime"]
    notes = [
        "Trials, wheel and its movements are extracted from the raw files by bregma. Go cues were not recorded.",
        "The camera time stamps lie with this session in the source but are dated 2020-08-19: "
        "they are kept as they are, and belong to another recording.",
        "The task's name is not in the trial file; its fields are those of trainingChoiceWorld.",
    ]
    session = _session(
        "ZM_335", start[:10], root, protocol="trainingChoiceWorld", member=f"{_RAW}/", notes=notes, start_time=start
    )
    folder = _folder(session)
    for name in _RAW_FILES:
        with atomic_write(folder / name) as file:
            file.write(read_member(archive, f"{_RAW}/{name}"))
    trials = _extract(folder)
    mouse = _mouse("ZM_335", "One raw session of a real mouse.")
    return Plan((mouse,), (_with_counts(session, trials),))


def convert_wheel_traces(archive: Path, root: Path) -> Plan:
    """Convert two wheel traces, in ticks (X4) and in cm, to radians, with the movements that come with them."""
    traces = read_pickle(read_member(archive, _WHEEL))
    per_unit = (2 * np.pi / ENCODER_TICKS, 1 / WHEEL_RADIUS_CM)
    kinds = (("demo_wheel_rigbox", "encoder ticks (X4)"), ("demo_wheel_fpga", "cm on the rim (X2)"))
    plan = Plan((), ())
    for ((times, position), moves), scale, (subject, unit) in zip(traces, per_unit, kinds, strict=True):
        notes = [_DATE_UNKNOWN, f"The source gives the position in {unit}; radians here."]
        session = _session(subject, PLACEHOLDER_DATE, root, protocol="wheel", member=_WHEEL, notes=notes)
        onsets, offsets, amplitudes, peaks = moves
        found = {
            "intervals": np.column_stack([onsets, offsets]),
            "peakAmplitude": amplitudes * scale,
            "peakVelocity_times": peaks,
        }
        write_object(_alf(session), "wheel", {"timestamps": times, "position": position * scale}, namespace="ibl")
        write_object(_alf(session), "wheelMoves", found, namespace="ibl")
        mouse = _mouse(subject, "A wheel trace of a mouse that the source does not name.")
        plan += Plan((mouse,), (session,))
    return plan


def convert_spikes(archive: Path, root: Path) -> Plan:
    """Convert two minutes of sorted spikes. The source has times and clusters: no depths, amplitudes or trials."""
    recorded = read_pickle(read_member(archive, _SPIKES))
    notes = [
        _DATE_UNKNOWN,
        "The source gives spike times and clusters only: depths, amplitudes, channels and trials are unknown. "
        "Its event times are made up and left out.",
    ]
    session = _session(
        "demo_spikes", PLACEHOLDER_DATE, root, protocol="unknown", member=_SPIKES, notes=notes, insertions=("probe00",)
    )
    spikes = {"times": recorded["spike_times"], "clusters": recorded["spike_clusters"]}
    write_object(_alf(session) / "probe00", "spikes", spikes)
    mouse = _mouse("demo_spikes", "Two minutes of spikes of a mouse that the source does not name.")
    return Plan((mouse,), (session,))


def _extract(folder: Path) -> pd.DataFrame:
    """Extract trials, wheel and its movements from a rig's files into ``alf``; return the trials."""
    from bregma.pipelines.extraction.movements import extract_movements
    from bregma.pipelines.extraction.trials import extract_trials
    from bregma.pipelines.extraction.wheel import extract_wheel

    raw = folder / "raw_behavior_data"
    task, positions, events = (
        (raw / f"_iblrig_{name}").read_text(encoding="utf-8").splitlines()
        for name in ("taskData.raw.jsonable", "encoderPositions.raw.ssv", "encoderEvents.raw.ssv")
    )
    trials = extract_trials(task)
    write_table(folder / "alf", "trials", trials, namespace="ibl")
    wheel = extract_wheel(positions, events, task)
    write_object(folder / "alf", "wheel", {"timestamps": wheel.timestamps, "position": wheel.position}, namespace="ibl")
    moves, _ = extract_movements(wheel, trials)
    found = {"peakAmplitude": moves.peak_amplitudes_rad, "peakVelocity_times": moves.peak_velocity_times}
    write_object(folder / "alf", "wheelMoves", {"intervals": moves.intervals, **found}, namespace="ibl")
    return trials


def _mouse(nickname: str, about: str) -> SubjectRecord:
    return SubjectRecord(nickname, LAB, f"{about} Its staff is simulated.", json={"simulated": ["staff"]})


def _session(
    subject: str,
    day: str,
    root: Path,
    *,
    protocol: str,
    member: str,
    notes: list[str],
    start_time: str | None = None,
    insertions: tuple[str, ...] = (),
) -> SessionRecord:
    source = f"{IBLLIB.package} {IBLLIB.version}, {member}"
    details: dict[str, Any] = {
        "source": source,
        "licence": IBLLIB.licence,
        "notes": notes,
        "simulated": ["staff"],
    }
    return SessionRecord(
        lab=LAB,
        subject=subject,
        date=day,
        number=1,
        folder=str(session_folder(root, LAB, subject, day, 1)),
        task_protocol=protocol,
        start_time=start_time or f"{day}T00:00:00",
        narrative=f"From {source} ({IBLLIB.licence} licence). {' '.join(notes)}",
        insertions=insertions,
        json=details,
    )


def _with_counts(session: SessionRecord, trials: pd.DataFrame) -> SessionRecord:
    import dataclasses

    correct = int((trials["feedbackType"] == 1).sum())
    return dataclasses.replace(session, n_trials=len(trials), n_correct_trials=correct)


def _folder(session: SessionRecord) -> Path:
    from pathlib import Path

    return Path(session.folder)


def _alf(session: SessionRecord) -> Path:
    return _folder(session) / "alf"
