"""The client and a real web server: first loads, numbers of sessions, interrupted rigs, many readers of one file."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image
from tests.system.conftest import Lab, clean_environment

from bregma.alf import ALFPath, write_object
from bregma.one import ONE, RegistrationClient
from bregma.services.home import Home
from bregma.services.supervisor import State

RIG = Path(__file__).with_name("one_rig.py")
SUBJECT = "SWC_054"


@contextmanager
def open_one(lab: Lab, folder: Path, asked: list[str], **login: str) -> Iterator[ONE]:
    """Open a client that notes what it asks the server for, but for files."""
    with ONE(lab.url, cache_dir=folder, silent=True, **login) as one:

        def note(request: Any) -> None:
            if "/store/" not in request.url.path:
                asked.append(f"{request.method} {request.url.path}")

        one.alyx.connection.http.event_hooks["request"].append(note)
        yield one


def begin(lab: Lab, folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start a rig or reader with its cache in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**clean_environment(), "BREGMA_URL": lab.url, "BREGMA_TOKEN": lab.token("visitor")}
    command = [sys.executable, "-W", "error", str(RIG), *words]
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> list[Any]:
    said, _ = process.communicate(timeout=180)
    assert process.returncode == 0
    return [json.loads(line) for line in said.splitlines()]


def test_a_cold_client_asks_once_before_its_first_file(lab: Lab, tmp_path: Path) -> None:
    token, asked = lab.token("visitor"), list[str]()
    with open_one(lab, tmp_path / "first", asked, token=token) as one:
        session = one.find_sessions(datasets="_ibl_trials.table.pqt")[0]
    for i, name in enumerate([str(session.eid), str(session.path), one.eid2ref(session.eid, as_dict=False)]):
        asked.clear()
        with open_one(lab, tmp_path / str(i), asked, token=token) as cold:
            assert len(cold.load_dataset(name, "_ibl_trials.table.pqt"))
        assert len(asked) == 1, asked


def make_spikes(folder: Path, n: int) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(0)
    spikes = {name: chance.random(n) for name in ("times", "amps", "depths", "clusters")}
    write_object(folder / "alf" / "probe00", "spikes", spikes)
    return spikes


@pytest.mark.long
def test_what_an_interrupted_rig_registered_again_is_found_by_others(lab: Lab, tmp_path: Path) -> None:
    asked, name = list[str](), f"{SUBJECT}/2021-06-01/001"
    folder = ALFPath(tmp_path / "rig" / "demolab" / "Subjects" / name)
    spikes = make_spikes(folder, 200_000)
    with open_one(lab, tmp_path / "second", asked, token=lab.token("visitor")) as one:
        one.load_cache()
        rig = begin(lab, tmp_path / "rig", "register", str(folder))
        assert rig.stdout is not None
        with rig.stdout as said:
            assert json.loads(said.readline()) == "session"
            rig.kill()
            rig.wait()
        assert finish(begin(lab, tmp_path / "rig", "register", str(folder))) == ["session", 4]
        say_of_session(RegistrationClient(one), one, name, tmp_path)
        asked.clear()
        one.load_cache()
        assert asked == ["GET /cache/info/", "GET /cache/delta"]
        found = one.load_object(name, "spikes")
        assert all(np.array_equal(found[part], spikes[part]) for part in spikes)
        asked.clear()
        one.mode = "local"
        assert one.search(subject=SUBJECT, qc="WARNING", date="2021-06-01") == [one.to_eid(name)]
        assert {each.qc.name for each in one.find_datasets(name)} == {"NOT_SET", "FAIL"}
        assert set(one.load_object(name, "spikes")) == set(spikes)
        assert asked == []


def say_of_session(rig: RegistrationClient, one: ONE, name: str, folder: Path) -> None:
    """Enter water, a weight, a note with a picture and quality."""
    eid = one.to_eid(name)
    Image.new("RGB", (40, 30), "teal").save(folder / "wheel.png")
    assert rig.register_water_administration(SUBJECT, 1.2, session=eid)["water_administered"] == 1.2
    assert rig.register_weight(SUBJECT, 21.5)["weight"] == 21.5
    note = rig.register_note(eid, "as it should be", image=folder / "wheel.png")
    assert one.alyx.download_file(note["image"], target_dir=folder / "notes").stat().st_size > 0
    assert rig.register_session_qc(eid, "WARNING")["qc"] == "WARNING"
    assert rig.register_dataset_qc(one.find_datasets(eid)[0].id, "FAIL")["qc"] == "FAIL"


@pytest.mark.long
def test_rigs_that_begin_at_once_get_numbers_of_their_own(lab: Lab, tmp_path: Path) -> None:
    rigs = [begin(lab, tmp_path / str(i % 2), "number", SUBJECT, "2021-06-02") for i in range(8)]
    made = [finish(rig)[0] for rig in rigs]
    assert sorted(int(folder[-3:]) for folder, _ in made) == list(range(1, 9))
    assert len({eid for _, eid in made}) == 8


@pytest.mark.long
@pytest.mark.parametrize("master", [False, True], ids=["its processes die", "it is started again"])
def test_ten_readers_of_one_object_outlive_the_web_server(lab: Lab, tmp_path: Path, master: bool) -> None:
    name = f"{SUBJECT}/2021-06-0{3 + master}/001"
    folder = ALFPath(tmp_path / "rig" / "demolab" / "Subjects" / name)
    make_spikes(folder, 2_000_000)
    finish(begin(lab, tmp_path / "rig", "register", str(folder)))
    expected = sorted(hashlib.md5(path.read_bytes()).hexdigest() for path in folder.rglob("*.npy"))
    readers = [begin(lab, tmp_path / "cache", "load", name) for _ in range(10)]
    while not list((tmp_path / "cache").rglob("*.part")) and any(one.poll() is None for one in readers):
        pass
    kill_web_server(lab, master=master)
    assert [finish(reader) for reader in readers] == [[expected]] * 10
    assert not list((tmp_path / "cache").rglob("*.part"))


def kill_web_server(lab: Lab, *, master: bool) -> None:
    """End the processes that answer, or the one above them, which is started again then."""
    state = State.read(Home(lab.home))
    assert state is not None
    found = next(process.find() for process in state.processes if process.name == "web")
    assert isinstance(found, psutil.Process)
    for process in [found] if master else found.children():
        process.kill()
