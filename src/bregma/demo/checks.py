"""Whether a replay truly arrived: rows, files with their hashes, searches and loads through ONE."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.alf import ALFError, ALFPath
from bregma.demo.errors import DemoError, ReplayFailed
from bregma.demo.lab import prepare, replay
from bregma.demo.places import PROVENANCE
from bregma.demo.registrar import files_of, labs_of
from bregma.one.errors import ONEError
from bregma.store import StoreError, hash_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bregma.demo.records import Plan, SessionRecord
    from bregma.one import ONE

TRAINED_MOUSE, N_TRAINING_TRIALS = "SWC_054", 7_844
RAW_MOUSE, N_RAW_TRIALS = "ZM_335", 271
SPIKES_MOUSE, N_SPIKES, N_UNITS = "demo_spikes", 124_905, 289
N_POSITIONS = 112_005
N_PLACED, N_SITES = 10, 3_740


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, how it came out, and what was found."""

    name: str
    ok: bool
    detail: str


def check(one: ONE, folder: Path, extra: Sequence[Path] = ()) -> list[Check]:
    """Verify what :func:`bregma.demo.lab.replay` entered.

    Parameters
    ----------
    one : ONE
        Signed in as an administrator of the running server. Files are downloaded into its cache.
    folder : Path
        Where the recordings of the demo are kept.
    extra : sequence of Path
        The folders that the visitor added, for the replay that must change nothing.

    Returns
    -------
    list of Check
        One per stage; a failure says what was found instead.
    """
    plan = prepare(folder)
    return [
        run_check("subjects are entered", lambda: check_subjects(one, plan)),
        run_check("sessions are registered", lambda: check_sessions(one, plan)),
        run_check("weights and water are entered", lambda: check_weights(one, plan)),
        run_check("a search finds the mouse", lambda: check_search(one, plan)),
        run_check("files arrive with their hashes", lambda: check_files(one, plan)),
        run_check("trials load through ONE", lambda: check_trials(one)),
        run_check("spikes load through ONE", lambda: check_spikes(one)),
        run_check("positions of units are there", lambda: check_units(folder / "units.npz")),
        run_check("probes have their places", lambda: check_places(one, plan)),
        run_check("a second replay changes nothing", lambda: check_repeat(one, folder, extra)),
    ]


def run_check(name: str, look: Callable[[], str]) -> Check:
    """Run one check; the detail is what it found, or why it failed."""
    try:
        return Check(name, ok=True, detail=look())
    except (DemoError, ONEError, StoreError, ALFError, OSError) as error:
        return Check(name, ok=False, detail=f"{type(error).__name__}: {error}")


def check_subjects(one: ONE, plan: Plan) -> str:
    """Look for every subject in its lab."""
    rows = [row for lab in labs_of(plan) for row in one.alyx.rest("subjects", "list", lab=lab)]
    places = [(row["nickname"], row["lab"]) for row in rows]
    for subject in plan.subjects:
        _expect(f"subjects called {subject.nickname}", places.count((subject.nickname, subject.lab)), 1)
    return f"{len(plan.subjects)} subjects"


def check_sessions(one: ONE, plan: Plan) -> str:
    """Look for every session, once, with its trials and its source."""
    mice = dict.fromkeys(session.subject for session in plan.sessions)
    rows = [row for mouse in mice for row in one.alyx.rest("sessions", "list", subject=mouse)]
    counts = Counter((row["subject"], row["start_time"][:10], row["number"]) for row in rows)
    for session in plan.sessions:
        _expect(f"sessions {session.key}", counts[session.key], 1)
        row = one.alyx.rest("sessions", "read", _find(one, session))
        _expect(f"trials of {session.key}", row["n_trials"], session.n_trials)
        _expect(f"source of {session.key}", (row["json"] or {}).get("source"), session.json.get("source"))
    return f"{len(plan.sessions)} sessions with their sources"


def check_weights(one: ONE, plan: Plan) -> str:
    """Count the weights and the water of each subject."""
    found = 0
    for subject in plan.subjects:
        for endpoint, records in (("weighings", subject.weighings), ("water-administrations", subject.water)):
            if records:
                rows = one.alyx.rest(endpoint, "list", nickname=subject.nickname)
                _expect(f"{endpoint} of {subject.nickname}", len(rows), len(records))
                found += len(rows)
    return f"{found} records"


def check_search(one: ONE, plan: Plan) -> str:
    """Search the trained mouse."""
    wanted = sum(session.subject == TRAINED_MOUSE for session in plan.sessions)
    _expect(f"sessions that a search for {TRAINED_MOUSE} finds", len(one.search(subject=TRAINED_MOUSE)), wanted)
    return f"{wanted} sessions of {TRAINED_MOUSE}"


def check_files(one: ONE, plan: Plan) -> str:
    """Download every file through ONE, and compare its hash with that of the file that was sent."""
    n_files = n_bytes = 0
    for session in plan.sessions:
        eid = _find(one, session)
        for file in files_of(Path(session.folder)):
            place = ALFPath(file)
            loaded = one.load_dataset(eid, file.name, collection=place.collection, download_only=True)
            _expect(f"hash of {place.relative_to_session()} of {session.key}", hash_file(Path(loaded)), hash_file(file))
            n_files, n_bytes = n_files + 1, n_bytes + file.stat().st_size
    return f"{n_files} files, {n_bytes / 1e6:.1f} MB"


def check_trials(one: ONE) -> str:
    """Count the trials of the training sessions and of the session extracted from raw files."""
    training = one.search(subject=TRAINED_MOUSE, datasets="_ibl_trials.table.pqt")
    trained = sum(_length(one.load_object(eid, "trials")["choice"]) for eid in training)
    raw = sum(_length(one.load_object(eid, "trials")["choice"]) for eid in one.search(subject=RAW_MOUSE))
    _expect(f"trials of {TRAINED_MOUSE}", trained, N_TRAINING_TRIALS)
    _expect(f"trials of {RAW_MOUSE}", raw, N_RAW_TRIALS)
    return f"{trained} and {raw} trials"


def check_spikes(one: ONE) -> str:
    """Count spikes and units of the sorted recording."""
    (eid,) = one.search(subject=SPIKES_MOUSE)
    spikes = one.load_object(eid, "spikes", collection="alf/probe00")
    _expect("spikes", _length(spikes["times"]), N_SPIKES)
    _expect("units", len(np.unique(spikes["clusters"])), N_UNITS)
    return f"{N_SPIKES} spikes of {N_UNITS} units"


def check_units(path: Path) -> str:
    """Count the positions in the brain."""
    with np.load(path) as stored:
        _expect("positions", len(stored["xyz"]), N_POSITIONS)
        return f"{N_POSITIONS} positions of {len(stored['pids'])} insertions"


def check_places(one: ONE, plan: Plan) -> str:
    """Count the tracks and the channels of the probes that were traced."""
    mice = dict.fromkeys(session.subject for session in plan.sessions if session.picks)
    n_tracks = sum(len(one.alyx.rest("trajectories", "list", subject=mouse, provenance=PROVENANCE)) for mouse in mice)
    n_sites = sum(len(one.alyx.rest("channels", "list", subject=mouse)) for mouse in mice)
    _expect("tracks of probes", n_tracks, N_PLACED)
    _expect("channels of probes", n_sites, N_SITES)
    return f"{N_PLACED} probes, {N_SITES} channels"


def check_repeat(one: ONE, folder: Path, extra: Sequence[Path]) -> str:
    """Replay once more; nothing may be entered or sent."""
    again = replay(one, folder, extra)
    _expect("rows and files entered by a second replay", dict(again.new), {})
    return f"{sum(again.seconds.values()):.1f} s"


def _find(one: ONE, session: SessionRecord) -> Any:
    return one.to_eid(f"{session.subject}/{session.date}/{session.number:03d}")


def _length(values: Any) -> int:
    return len(values)


def _expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise ReplayFailed(f"{what}: {found!r} instead of {wanted!r}; look at the server's log")
