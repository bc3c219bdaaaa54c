"""Recordings whose places in the brain are public: their sessions, and the tracks and channels as a lab enters them.

iblviewer carries, of IBL insertions, the points traced in histology and the place and Allen region of each channel.
It carries no spikes and no trials of these sessions, so none are entered.
"""

from __future__ import annotations

import io
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.alf import load_object, write_object
from bregma.demo.archive import read_member, read_pickle
from bregma.demo.colony import LAB
from bregma.demo.records import Plan, SessionRecord, SubjectRecord, session_folder
from bregma.demo.sources import IBLVIEWER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from bregma.demo.registrar import Registrar

_DATA = f"{IBLVIEWER.package}-{IBLVIEWER.version}/iblviewer_examples/data"
_INSERTIONS = f"{_DATA}/valid_insertions.p"
_CHANNELS = f"{_DATA}/channels.f22c0fd9-6b7d-f8dd-9229-884c6f573046.pqt"
_SOURCE = f"{IBLVIEWER.package} {IBLVIEWER.version}, iblviewer_examples/data"

PLACED = (
    "56b57c38-2699-4091-90a8-aba35103155e",  # SWC_054, whose training is in the demo
    "eebacd5a-7dcd-4ba6-9dff-ec2a4d2f19e0",  # SWC_054
    "671c7ea7-6726-4fbe-adeb-f89c2c8e489b",  # SWC_054, two probes
    "a8a8af78-16de-4841-ab07-fde4b5281a03",  # NYU-12, two probes
    "0cbeae00-e229-4b7d-bdcc-1b0569d7e0c3",  # CSHL055, two probes
    "03cf52f6-fba6-4743-a42e-dd1ac3072343",  # CSH_ZAD_011, two probes
)
"""Sessions of several labs that reach many regions; the alignment of each probe was resolved."""

PROVENANCE = "Ephys aligned histology track"
COORDINATES = "IBL-Allen"
FIRST_ROW_UM = 20.0
"""Height of the lowest recording sites above the tip of these probes."""
_ABOUT = (
    "The points traced in histology and the places of the channels are as the source gives them; "
    "the track is the line through these points, from the highest to the lowest."
)
_NOTES = ("The source gives the places of the probes: no spikes and no trials of this session.",)


def convert_places(archive: Path, root: Path) -> Plan:
    """Write the channels of the placed insertions as ALF files, and return their sessions."""
    details = {(each["session"], each["name"]): each for each in read_pickle(read_member(archive, _INSERTIONS))}
    found: dict[str, dict[str, Any]] = {}
    for eid, probe, channels in _channels(archive):
        found.setdefault(eid, {})[probe] = channels
    plan = Plan((), ())
    for eid in PLACED:
        probes = sorted(found[eid])
        session = _session(root, [details[eid, probe] for probe in probes])
        for probe in probes:
            _write_channels(Path(session.folder) / "alf" / probe, found[eid][probe])
        plan += Plan((_mouse(session.subject),), (session,))
    return plan


def _channels(archive: Path) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Give the channels of each placed probe; the table has the session's id as two integers."""
    import pandas as pd

    table = pd.read_parquet(io.BytesIO(read_member(archive, _CHANNELS)))
    for (low, high, probe), rows in table.groupby(["eid_0", "eid_1", "probe_name"]):
        eid = str(uuid.UUID(bytes=np.array([low, high], dtype="<i8").tobytes()))
        if eid in PLACED:
            yield eid, str(probe), rows


def _write_channels(folder: Path, rows: pd.DataFrame) -> None:
    values = {
        "mlapdv": rows[["ml", "ap", "dv"]].to_numpy(),
        "localCoordinates": rows[["lateral", "axial"]].to_numpy(),
    }
    write_object(folder, "channels", values)
    regions = {"brainLocationIds": rows["allen_id"].to_numpy().astype(np.int64)}
    write_object(folder, "channels", regions, timescale="ccf_2017")


def _session(root: Path, insertions: list[Mapping[str, Any]]) -> SessionRecord:
    about = insertions[0]["session_info"]
    day = about["start_time"][:10]
    source = f"{_SOURCE} (recorded in {about['lab']})"
    return SessionRecord(
        lab=LAB,
        subject=about["subject"],
        date=day,
        number=about["number"],
        folder=str(session_folder(root, LAB, about["subject"], day, about["number"])),
        task_protocol=about["task_protocol"],
        start_time=about["start_time"][:19],
        narrative=f"From {source} ({IBLVIEWER.licence} licence). {' '.join(_NOTES)}",
        insertions=tuple(each["name"] for each in insertions),
        picks={each["name"]: each["json"]["xyz_picks"] for each in insertions},
        json={
            "source": source,
            "source_eid": about["id"],
            "licence": IBLVIEWER.licence,
            "notes": list(_NOTES),
            "simulated": ["staff"],
        },
    )


def _mouse(nickname: str) -> SubjectRecord:
    about = "A real mouse, of which the demo has the places of probes. Its staff is simulated."
    return SubjectRecord(nickname, LAB, about, json={"simulated": ["staff"]})


def enter_places(registrar: Registrar, plan: Plan) -> None:
    """Enter the tracks and the channels of probes that were traced, and that have none yet."""
    traced = Plan((), tuple(session for session in plan.sessions if session.picks))
    wanted = [(session, probe) for session in traced.sessions for probe in session.picks]
    pids = {(str(row["session"])[-36:], row["name"]): row["id"] for row in registrar.rows_of("insertions", traced)}
    tracks = {row["probe_insertion"]: row["id"] for row in registrar.rows_of("trajectories", traced)}
    complete = {row["trajectory_estimate"] for row in registrar.rows_of("channels", traced, axial=FIRST_ROW_UM)}
    for done, (session, probe) in enumerate(wanted):
        registrar.report("places", done, len(wanted))
        pid = pids[registrar.eids[session.key], probe]
        track = tracks.get(pid)
        if track is None:
            track = registrar.create("trajectories", {"probe_insertion": pid, **_track(session, probe)})["id"]
        if track not in complete:
            sites = _sites(session, probe)
            registrar.alyx.rest("channels", "create", data=[{"trajectory_estimate": track, **site} for site in sites])
            registrar.new["channels"] += len(sites)
    registrar.report("places", len(wanted), len(wanted))


def _track(session: SessionRecord, probe: str) -> dict[str, Any]:
    """Return the line through the traced points, as Alyx takes it."""
    from bregma.atlas import Insertion, Trajectory

    points = np.asarray(session.picks[probe], float) / 1e6
    order = np.argsort(points[:, 2])
    tip, entry = Trajectory.fit(points).project(points[order[[0, -1]]])
    place = Insertion.from_ends(entry, tip).to_dict()
    del place["label"]
    about = {"source": session.json["source"], "licence": session.json["licence"], "notes": _ABOUT}
    return {**place, "provenance": PROVENANCE, "coordinate_system": COORDINATES, "json": about}


def _sites(session: SessionRecord, probe: str) -> list[dict[str, Any]]:
    """Return the channels, as Alyx takes them: micrometres, and regions by their Allen id."""
    channels = load_object(Path(session.folder) / "alf" / probe, "channels")
    places, local = channels["mlapdv"].tolist(), channels["localCoordinates"].tolist()
    return [
        {"x": x, "y": y, "z": z, "lateral": lateral, "axial": axial, "brain_region": region}
        for (x, y, z), (lateral, axial), region in zip(
            places, local, channels["brainLocationIds_ccf_2017"].tolist(), strict=True
        )
    ]
