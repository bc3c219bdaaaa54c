"""The real ONE-api 3.6.1, in its own environment, against this server."""

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
from rest_framework.test import RequestsClient

from bregma.alyx.accounts import create_user, token_for
from bregma.alyx.actions.models import Session
from bregma.alyx.data.models import FileRecord
from bregma.alyx.experiments.models import ProbeInsertion
from bregma.alyx.misc.models import Lab
from bregma.alyx.subjects.models import Subject

pytestmark = [pytest.mark.peer, pytest.mark.django_db(transaction=True)]
SCRIPT = Path(__file__).with_name("one_api_script.py")
PASSWORD = "correct horse battery"
POSITION = np.linspace(0.0, 6.25, 9)
REVISED = POSITION * 2
TIMES = np.arange(9) / 10


@pytest.fixture(scope="module")
def peer_python() -> str:
    """Return the Python of the environment that has the real ONE-api."""
    folder = os.environ.get("BREGMA_PEER_ONE")
    if not folder:
        pytest.skip("no ONE-api environment; `make peer` makes one, or name its folder in BREGMA_PEER_ONE")
    return str(Path(folder) / "bin" / "python")


@pytest.fixture
def recorded(live_server: Any) -> Session:
    """Return a session of which a rig has registered and sent wheel data."""
    alice = create_user("alice", PASSWORD)
    lab = Lab.objects.create(name="mainenlab")
    subject = Subject.objects.create(nickname="KS014", lab=lab, responsible_user=alice)
    session = Session.objects.create(
        subject=subject, lab=lab, number=1, start_time="2024-01-31T10:00:00Z", task_protocol="choiceWorld"
    )
    ProbeInsertion.objects.create(session=session, name="probe00")
    files = {
        "alf/_ibl_wheel.position.npy": POSITION,
        "alf/_ibl_wheel.timestamps.npy": TIMES,
        "alf/probe00/spikes.times.npy": TIMES,
        "alf/#2024-02-02#/_ibl_wheel.position.npy": REVISED,
    }
    for default in (True, False):
        send(live_server.url, {name: values for name, values in files.items() if ("#" in name) != default}, default)
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


@pytest.fixture
def seen(recorded: Session, live_server: Any, peer_python: str, tmp_path: Path) -> dict[str, Any]:
    """Return what the real client found."""
    command = [peer_python, "-W", "ignore", str(SCRIPT), live_server.url, "alice", PASSWORD, str(tmp_path / "one")]
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=240)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_the_real_client_searches_lists_and_loads(seen: dict[str, Any], recorded: Session) -> None:
    eid = str(recorded.pk)
    assert (seen["user"], seen["refused"]) == ("alice", "HTTPError")
    assert {"sessions", "datasets", "insertions", "subjects"} <= set(seen["endpoints"])
    assert (seen["subjects"], seen["eids"], seen["offline"]) == (["KS014"], [eid], [eid])
    assert "alf/_ibl_wheel.position.npy" in seen["datasets"]
    assert {"alf", "alf/probe00"} <= set(seen["collections"])
    assert seen["path"] == "mainenlab/Subjects/KS014/2024-01-31/001"
    assert seen["reference"] == "2024-01-31_1_KS014"
    np.testing.assert_array_equal(seen["position"], POSITION)
    np.testing.assert_array_equal(seen["wheel"]["timestamps"], TIMES)
    np.testing.assert_array_equal(seen["revision"], REVISED)
    np.testing.assert_array_equal(seen["offline_position"], POSITION)
    assert seen["pid"] == [eid, "probe00"]
    assert all(FileRecord.objects.values_list("exists", flat=True))
