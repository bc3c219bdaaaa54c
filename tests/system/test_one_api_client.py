"""The real ONE-api, in environments of its own, against this server: today's, and one that reads core-API."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rest_framework.test import RequestsClient

from bregma.alyx.accounts import create_user, token_for
from bregma.alyx.actions.models import ProcedureType, Session, Weighing
from bregma.alyx.data.models import Dataset, FileRecord, Tag
from bregma.alyx.experiments.models import BrainRegion, Channel, ProbeInsertion, TrajectoryEstimate
from bregma.alyx.misc.models import Lab, LabLocation
from bregma.alyx.subjects.models import Project, Subject

pytestmark = [pytest.mark.peer, pytest.mark.django_db(transaction=True)]
SCRIPT = Path(__file__).with_name("one_api_script.py")
PASSWORD = "correct horse battery"
POSITION = np.linspace(0.0, 6.25, 9)
REVISED = POSITION * 2
TIMES = np.arange(9) / 10
N_WEIGHINGS = 1005
CLIENTS = {"BREGMA_PEER_ONE": (), "BREGMA_PEER_ONE_LEGACY": ("--core",)}
"""The variable that names an environment, and how its client is asked to know the endpoints."""


def make_session() -> Session:
    """Make a session that every documented term of a search finds."""
    alice = create_user("alice", PASSWORD, labs=["mainenlab"])
    lab = Lab.objects.get(name="mainenlab")
    subject = Subject.objects.create(nickname="KS014", lab=lab, responsible_user=alice, sex="M")
    session = Session.objects.create(
        subject=subject,
        lab=lab,
        number=1,
        start_time="2024-01-31T10:00:00Z",
        task_protocol="choiceWorld",
        type="Experiment",
        n_trials=100,
        n_correct_trials=80,
        qc=10,
        json={"rig": "two"},
        extended_qc={"passed": True},
        location=LabLocation.objects.create(name="rig-2", lab=lab),
    )
    session.users.add(alice)
    session.projects.add(Project.objects.create(name="motor"))
    session.procedures.add(ProcedureType.objects.get(name="Ephys recording with acute probe(s)"))
    Weighing.objects.bulk_create(Weighing(subject=subject, user=alice, weight=20) for _ in range(N_WEIGHINGS))
    return session


def place_probe(session: Session) -> None:
    """Let histology have found the session's probe in CA1."""
    insertion = ProbeInsertion.objects.create(session=session, name="probe00")
    track = TrajectoryEstimate.objects.create(
        probe_insertion=insertion, provenance=TrajectoryEstimate.Provenance.EPHYS_ALIGNED
    )
    Channel.objects.create(
        trajectory_estimate=track, axial=20, lateral=16, brain_region=BrainRegion.objects.get(acronym="CA1")
    )


def judge_datasets() -> None:
    """Let the datasets of the session have passed, and one be protected by a tag."""
    Dataset.objects.update(qc=10)
    tag = Tag.objects.create(name="2024_Q1_motor", protected=True)
    tag.datasets.add(Dataset.objects.get(name="spikes.times.npy"))


@pytest.fixture
def recorded(live_server: Any) -> Session:
    """Return a session of which a rig has registered and sent wheel data."""
    Lab.objects.create(name="mainenlab")
    session = make_session()
    place_probe(session)
    files = {
        "alf/_ibl_wheel.position.npy": POSITION,
        "alf/_ibl_wheel.timestamps.npy": TIMES,
        "alf/probe00/spikes.times.npy": TIMES,
        "alf/#2024-02-02#/_ibl_wheel.position.npy": REVISED,
    }
    for default in (True, False):
        send(live_server.url, {name: values for name, values in files.items() if ("#" in name) != default}, default)
    judge_datasets()
    return session


def send(url: str, files: dict[str, np.ndarray], default: bool) -> None:
    """Register files and send their bytes, as a rig does."""
    rig = RequestsClient()
    rig.headers["Authorization"] = f"Token {token_for('alice')}"
    content = {name: npy(values) for name, values in files.items()}
    body = {
        "path": "KS014/2024-01-31/001",
        "filenames": list(content),
        "hashes": [hashlib.md5(data).hexdigest() for data in content.values()],
        "filesizes": [len(data) for data in content.values()],
        "exists": False,
        "default": default,
    }
    base = "http://testserver"
    records = rig.post(f"{base}/register-file", json=body).json()
    for record, data in zip(records, content.values(), strict=True):
        dataset = rig.get(f"{base}/datasets/{record['id']}").json()
        address = dataset["file_records"][0]["data_url"].replace("#", "%23")
        assert rig.put(address, data=data).status_code == 201


def npy(values: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values)
    return stream.getvalue()


@pytest.fixture(params=CLIENTS)
def seen(recorded: Session, live_server: Any, request: Any, tmp_path: Path) -> dict[str, Any]:
    """Return what a real client found and did."""
    folder = os.environ.get(request.param)
    if not folder:
        pytest.skip(f"no ONE-api environment; `make peer` makes it, or name its folder in {request.param}")
    picture = tmp_path / "wheel.png"
    Image.new("RGB", (40, 30), "teal").save(picture)
    python = str(Path(folder).absolute() / "bin" / "python")
    words = [live_server.url, "alice", PASSWORD, str(tmp_path / "one"), str(picture), *CLIENTS[request.param]]
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    command = [python, "-W", "ignore", str(SCRIPT), *words]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=280, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return {**json.loads(done.stdout.splitlines()[-1]), "core": bool(CLIENTS[request.param])}


def test_the_real_client_does_all_that_it_documents(seen: dict[str, Any], recorded: Session) -> None:
    eid = str(recorded.pk)
    check_connection(seen)
    check_search(seen["search"], eid)
    assert seen["page"] == {"n": N_WEIGHINGS, "distinct": N_WEIGHINGS, "last": 20.0}
    check_loading(seen["load"], eid)
    check_insertions(seen["insertions"], eid)
    check_registration(seen["register"])
    check_refusals(seen["protected"])
    check_notes(seen["annotate"])
    check_offline(seen["offline"], eid)


def check_connection(seen: dict[str, Any]) -> None:
    assert (seen["user"], seen["refused"]) == ("alice", 400)
    assert seen["backend"] == ("core_api" if seen["core"] else "open_api_v3")
    assert {"sessions", "datasets", "insertions", "subjects", "cache", "register-file"} <= set(seen["endpoints"])
    assert seen["actions"] == ["create", "delete", "list", "partial_update", "read", "update"]
    assert seen["url"] == "/sessions/{id}"
    assert {"subject", "start_time", "number", "projects", "users"} <= set(seen["created"])
    assert {"dataset_types", "tag", "atlas_acronym", "task_protocol", "django"} <= set(seen["search_terms"])


def check_search(seen: dict[str, Any], eid: str) -> None:
    assert {name: found for name, found in seen["terms"].items() if found != [eid]} == {}
    assert seen["nothing"] == []
    (pid,) = seen["insertions"]["subject"]
    assert {name: found for name, found in seen["insertions"].items() if found != [pid]} == {}
    assert seen["details"][0]
    assert {"id", "subject", "start_time", "number", "lab", "projects", "task_protocol"} <= set(seen["details"][1])
    assert (seen["subjects"], seen["by_id"], seen["limit"]) == (["KS014"], 1, 10)


def check_loading(seen: dict[str, Any], eid: str) -> None:
    assert seen["eid"] == eid
    assert "alf/_ibl_wheel.position.npy" in seen["datasets"]
    assert {"alf", "alf/probe00"} <= set(seen["collections"])
    assert "2024-02-02" in seen["revisions"]
    assert seen["path"] == "mainenlab/Subjects/KS014/2024-01-31/001"
    assert seen["reference"] == "2024-01-31_1_KS014"
    np.testing.assert_array_equal(seen["position"], POSITION)
    np.testing.assert_array_equal(seen["wheel"]["timestamps"], TIMES)
    np.testing.assert_array_equal(seen["revision"], REVISED)
    np.testing.assert_array_equal(seen["collection"], [POSITION])
    assert {Path(found).name for found in seen["type"]} == {"_ibl_wheel.position.npy"}


def check_insertions(seen: dict[str, Any], eid: str) -> None:
    assert seen["pid"] == [eid, "probe00"]
    assert len(seen["of_session"]) == 1
    assert (seen["read"], seen["region"]) == ("KS014", "CA1")
    assert (seen["trajectories"], seen["channels"]) == ([["Planned", 180.0]], 4)


def check_registration(seen: dict[str, Any]) -> None:
    assert seen["session"] == [2, "2024-03-01T00:00:00", ["motor"], "choiceWorld"]
    assert seen["names"] == ["_ibl_wheel.position.npy", "_ibl_wheel.timestamps.npy"]
    assert not any(seen["exists"])  # the bytes have not come yet
    assert seen["again"] == [True, 301, {"rig": "two"}]
    assert seen["checked"] == 403
    name, revised, path = seen["moved"]
    assert (name, revised) == ("spikes.times.npy", True)
    assert "/alf/probe00/#" in path
    assert Session.objects.filter(pk=seen["created"][1], number=int(seen["created"][0])).exists()
    assert (seen["water"], seen["weight"]) == (1.2, 24.5)
    assert seen["missing"][0] == "AlyxSubjectNotFound"


def check_refusals(seen: dict[str, Any]) -> None:
    assert seen["register"] == ["HTTPError", 403]
    assert seen["delete"] == ["HTTPError", 403]
    assert seen["unknown"] == ["HTTPError", 404]
    assert seen["invalid"] == ["HTTPError", 400]
    kept = Dataset.objects.get(name="spikes.times.npy", revision=None)
    assert kept.hash == hashlib.md5(npy(TIMES)).hexdigest()
    assert FileRecord.objects.get(dataset=kept).exists


def check_notes(seen: dict[str, Any]) -> None:
    assert seen["note"] == ["the wheel", True, 1]
    assert seen["written"] == {"a": 1, "b": {"c": 2}}
    assert seen["updated"] == {"a": 1, "b": 3}
    assert seen["removed"] == {"b": 3}
    assert seen["deleted"] is None
    assert seen["extended_qc"] == {"passed": True, "task": "PASS"}


def check_offline(seen: dict[str, Any], eid: str) -> None:
    assert seen["eids"] == [eid]
    np.testing.assert_array_equal(seen["position"], POSITION)
    assert "alf/_ibl_wheel.position.npy" in seen["datasets"]
    assert "alf/_ibl_wheel.position.npy" in seen["details"]
    assert seen["tables"]["sessions"] >= 1
