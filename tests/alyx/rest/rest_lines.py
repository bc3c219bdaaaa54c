"""Who may write what over REST: one line per table, and one per address that is of no table.

How to add a line for a new endpoint: put ``"things": Line(ADD, CHANGE, body)`` into LINES, where ADD may send ``body``
with POST, and CHANGE may put, patch and delete alice's row (see doors.py for which row that is); ``read`` are those who
find it. ``{names}`` in a body are filled in by ``values`` of test_rest_matrix.py. An address of no table needs a line
that says who may write there; who reads is in tests/alyx/matrix.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.alyx.matrix import ALL, ANYONE, KEEPERS, MEMBERS, NOBODY, READERS, ROOT, SCIENTISTS

LAB_SCIENTISTS = frozenset({"root", "stock", "manager", "alice", "bob"})
"""Who may write what belongs to the lab and no subject."""
AUTHOR = frozenset({"root", "alice"})
STEWARDS = frozenset({"stock", "manager"})
"""Who is entrusted with the animals of others."""
DELEGATES = frozenset({"dora", "today"})
"""Who acts for alice, and works in another lab."""
RECORDERS = MEMBERS - {"tech"}
"""Who may write what belongs to no lab and is no matter of technicians."""


@dataclass(frozen=True)
class Line:
    """Who may do what at the addresses of one table, or at one address."""

    add: frozenset[str] = NOBODY
    change: frozenset[str] = NOBODY
    body: dict[str, Any] = field(default_factory=dict)
    read: frozenset[str] = READERS
    drop: frozenset[str] | None = None
    """Who may delete the row, if not those who change it."""
    answers: frozenset[int] = frozenset({200, 201})
    """What those who may write get."""
    anonymous: int = 403
    is_open: bool = False
    """Whether who has not logged in gets what others get."""
    reads: bool = False
    """Whether POST only reads."""
    patch: dict[str, Any] = field(default_factory=dict)
    """What PATCH must say to be understood."""
    parts: dict[str, str] = field(default_factory=dict)
    """What fills in the address, where something must be there."""


def word(**body: Any) -> Line:
    """Return the line of a table that only administrators write and everybody reads."""
    return Line(ROOT, ROOT, {"name": "new", **body}, read=ALL)


def of_subject(**body: Any) -> Line:
    """Return the line of a table whose rows are the keeping of a subject."""
    return Line(KEEPERS, KEEPERS, body)


def of_session(**body: Any) -> Line:
    """Return the line of a table whose rows were recorded."""
    return Line(SCIENTISTS, SCIENTISTS, body)


PEOPLE = {
    "users": Line(ROOT, AUTHOR, {"username": "eve"}, read=MEMBERS, drop=ROOT),
    "labs": Line(ROOT, ROOT, {"name": "newlab"}),
    "locations": Line(change=LAB_SCIENTISTS),
    "projects": Line(MEMBERS, AUTHOR, {"name": "new"}, read=MEMBERS),
}
ANIMALS = {
    "subjects": Line(
        KEEPERS - DELEGATES,
        KEEPERS,
        {"nickname": "new", "lab": "mainenlab", "responsible_user": "alice"},
        drop=AUTHOR | STEWARDS,
    ),
    "procedures": word(),
    "water-type": word(),
    "weighings": of_subject(subject="{subject}", weight=20.5),
    "water-administrations": of_subject(subject="{subject}", water_administered=1.2),
    "water-restriction": Line(),
    "surgeries": Line(change=SCIENTISTS),
    "notes": Line(
        KEEPERS, AUTHOR, {"user": "{person}", "text": "x", "content_type": "session", "object_id": "{session}"}
    ),
}
OF_PROBE = {"probe_insertion": "{insertion}"}
RECORDS = {
    "sessions": of_session(subject="{subject}", start_time="2024-03-01T09:00:00", number=1),
    "tasks": of_session(session="{session}", name="new", status="Waiting", arguments={}),
    "insertions": of_session(session="{session}", name="probe01"),
    "chronic-insertions": of_session(subject="{subject}", name="new"),
    "trajectories": Line(
        SCIENTISTS,
        SCIENTISTS,
        {**OF_PROBE, **dict.fromkeys(("x", "y", "z", "depth", "theta", "phi"), 1), "provenance": "Micro-manipulator"},
        patch=OF_PROBE,
    ),
    "channels": of_session(trajectory_estimate="{trajectory}", axial=9, lateral=9, x=1, y=1, z=1, brain_region=1),
    "brain-regions": Line(change=ROOT, read=ALL),
    "fields-of-view": of_session(session="{session}", name="FOV_09", imaging_type="mesoscope"),
    "fov-location": of_session(
        field_of_view="{view}",
        coordinate_system="IBL-Allen",
        provenance="Landmark",
        x=[1],
        y=[1],
        z=[1],
        n_xyz=[1, 1, 1],
        brain_region=[1],
    ),
    "imaging-stack": Line(RECORDERS, RECORDERS, {"name": "new"}, read=MEMBERS),
}
FILES = {
    "datasets": of_session(
        name="_ibl_trials.table.pqt",
        dataset_type="trials.table",
        data_format="parquet",
        subject="KS014",
        date="2024-01-31",
        number=1,
    ),
    "files": of_session(dataset="{dataset}", data_repository="spare", relative_path="{folder}/spikes.times.npy"),
    "data-repository": word(),
    "data-repository-type": word(),
    "data-formats": word(file_extension=".new"),
    "dataset-types": Line(MEMBERS, AUTHOR, {"name": "new.type", "filename_pattern": "new.type.*"}, read=ALL),
    "revisions": word(name="2024-09-09"),
    "tags": Line(ROOT, ROOT, {"name": "new"}, read=MEMBERS),
    "data-notices": Line(MEMBERS, AUTHOR, {"name": "new", "description": "x"}, read=MEMBERS),
    "downloads": Line(change=AUTHOR, read=AUTHOR),
}
NO_TABLE = {
    "auth-token": Line(ANYONE, answers=frozenset({400}), is_open=True),
    "auth/device": Line(ANYONE, is_open=True),
    "auth/device/token": Line(ANYONE, answers=frozenset({400}), is_open=True),
    "restrict-water": Line(KEEPERS, body={"subject": "KS014", "reference_weight": 25}),
    "register-file": Line(
        SCIENTISTS, body={"path": "KS014/2024-01-31/001", "filenames": ["alf/_ibl_trials.table.pqt"]}
    ),
    "sync-file-status": Line(ROOT),
    "new-download": Line(READERS, body={"datasets": "{dataset}", "projects": []}),
    **dict.fromkeys(("api/schema", "docs/", "health", "ready", "metrics"), Line(is_open=True)),
    "query/<str:endpoint>": Line(reads=True, body={"limit": 1}, parts={"endpoint": "sessions"}),
    "resolve": Line(reads=True, body={"session": "{session}", "object": "trials"}, answers=frozenset({200, 404})),
    "store/<path:key>": Line(anonymous=401),
    **dict.fromkeys(
        (
            *("me", "check-protected", "water-restricted-subjects", "water-requirement/<str:nickname>"),
            *("cache/info/", "cache/info/<str:tag>/", "cache.zip", "cache/delta", "uploaded/<path:path>"),
        ),
        Line(),
    ),
}
LINES: dict[str, Line] = {**PEOPLE, **ANIMALS, **RECORDS, **FILES, **NO_TABLE}
