"""ONE beside the reference client: import, open tables, search, list, load, download, and a slice of a remote array.

Each side does the same work in processes of its own, on the same tables as stock Alyx writes them (one unsorted row
group); printed are CPU and wall seconds and the peak of memory (MB) up to there. The reference is taken from the
environment that BREGMA_PEER_ONE names (`make peer` makes one in .peer/one). 200,000 datasets; ``--full`` for 2,000,000.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

PEER = Path(os.environ.get("BREGMA_PEER_ONE", Path(__file__).parents[1] / ".peer" / "one"))
PER_SESSION, N_SPIKES, N_FILES, LATENCY = 200, 625_000, 100, 0.03
REMOTE_BYTES = 1_000_000_000
NAMES = [
    "alf/_ibl_trials.table.pqt",
    *(f"alf/probe0{i % 2}/#2024-05-06#/spikes.attr{i}.npy" for i in range(PER_SESSION // 2)),
    *(f"raw_ephys_data/probe00/part{i}.attr.npy" for i in range(PER_SESSION // 2 - 1)),
]
ATTRIBUTES = ("times", "clusters", "amps", "depths", "samples", "templates")
CLOCK = """
import json, sys, time
laps = []
def highest():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
def lap(name, work):
    cpu, wall = time.process_time(), time.perf_counter()
    found = work()
    laps.append([name, time.process_time() - cpu, time.perf_counter() - wall, highest()])
    return found
folder, eid, address = sys.argv[1:4]
"""
OPENED = {
    "bregma": """
def load():
    global ONE
    from bregma.one import ONE
lap("import", load)
one = lap("open", lambda: (lambda one: (one.search(subject="mouse_3"), one)[1])(ONE(cache_dir=folder, mode="local")))
""",
    "ONE-api": """
def load():
    global One
    from one.api import One
lap("import", load)
one = lap("open", lambda: (lambda one: (one.search(subject="mouse_3"), one)[1])(One(cache_dir=folder)))
""",
}
QUESTIONS = """
lap("search lab", lambda: one.search(lab="lab_3"))
lap("search project, dates", lambda: one.search(project="brainwide", date_range=["2020-02-01", "2020-08-01"]))
lap("search dataset (first)", lambda: one.search(datasets="_ibl_trials.table.pqt"))
lap("search dataset", lambda: one.search(datasets="_ibl_trials.table.pqt"))
lap("search lab, 2 datasets", lambda: one.search(lab="lab_3", datasets=["_ibl_trials.table.pqt", "part7.attr.npy"]))
lap("list_datasets(eid) (first)", lambda: one.list_datasets(eid))
lap("list_datasets(eid)", lambda: one.list_datasets(eid))
lap("list_datasets()", lambda: one.list_datasets())
one.load_object(eid, "bench", collection="alf")
lap("load_object 30 MB", lambda: one.load_object(eid, "bench", collection="alf"))
"""
PLAIN = """
import glob
import numpy as np
paths = glob.glob(folder + "/lab_0/**/bench.*.npy", recursive=True)
lap("load_object 30 MB", lambda: [np.load(path) for path in paths])
lap("load_object 30 MB", lambda: [np.load(path) for path in paths])
"""
DOWNLOAD = {
    "bregma": f"""
from pathlib import Path
from bregma.store import Engine, Fetch, Source
import httpx, tempfile
engine = Engine(silent=True)
for name in ("100 files at 30 ms (first)", "100 files at 30 ms"):
    target = Path(tempfile.mkdtemp(dir=folder))
    items = [Fetch(target / f"{{i}}.npy", [Source(f"{{address}}/file/{{i}}.npy")]) for i in range({N_FILES})]
    lap(name, lambda: engine.fetch(items))
engine.close()
""",
    "ONE-api": f"""
import tempfile
from pathlib import Path
from one.webclient import http_download_file_list
urls = [f"{{address}}/file/{{i}}.npy" for i in range({N_FILES})]
for name in ("100 files at 30 ms (first)", "100 files at 30 ms"):
    target = Path(tempfile.mkdtemp(dir=folder))
    lap(name, lambda: http_download_file_list(urls, target_dir=target, silent=True))
""",
}
SLICE = """
import httpx
from bregma.alf.lazy import open_lazily
from bregma.store import Source
from bregma.store.remote_file import RemoteFile
with httpx.Client() as client:
    array = open_lazily(RemoteFile.at(client, Source(address + "/array.npy")), name="array.npy")
    rows = lap("slice of 1 GB", lambda: array[1_000_000:1_001_000])
    assert rows[0, 0] == 0 and rows.shape == (1000, 8)
"""


def make_tables(folder: Path, n_sessions: int) -> str:
    """Write tables in the form of stock Alyx, with the files of the first session; returns its id."""
    rng = np.random.default_rng(0)
    eids, n = make_ids(rng, n_sessions), n_sessions * PER_SESSION
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(n_sessions) % 900, unit="D")
    named = {
        "lab": [f"lab_{i % 10}" for i in range(n_sessions)],
        "subject": [f"mouse_{i // 20}" for i in range(n_sessions)],
    }
    told = {"number": np.ones(n_sessions, np.uint16), "task_protocol": "choiceWorld", "projects": "ibl_brainwide"}
    write(folder / "sessions.pqt", pd.DataFrame({"id": eids, **named, "date": days.date, **told}).set_index("id"))
    order = rng.permutation(n)
    datasets = pd.DataFrame(
        {
            "eid": np.repeat(np.array(eids, object), PER_SESSION)[order],
            "id": make_ids(rng, n),
            "rel_path": np.tile(np.array(NAMES, object), n_sessions)[order],
            "file_size": pd.array(rng.integers(1, 10**9, n), "UInt64"),
            "hash": [key.replace("-", "") for key in make_ids(rng, n)],
            "exists": rng.random(n) < 0.99,
            "default_revision": True,
            "qc": pd.Categorical(["PASS"] * n, ["NOT_SET", "PASS", "WARNING", "FAIL", "CRITICAL"], ordered=True),
        }
    )
    files = make_files(folder / "lab_0/Subjects/mouse_0/2020-01-01/001/alf", rng)
    rows = pd.DataFrame(files).assign(eid=eids[0], id=make_ids(rng, len(files)), exists=True, default_revision=True)
    rows["qc"] = pd.Categorical(["PASS"] * len(files), datasets["qc"].cat.categories, ordered=True)
    rows["file_size"] = rows["file_size"].astype("UInt64")
    write(folder / "datasets.pqt", pd.concat([datasets, rows]).set_index(["eid", "id"]))
    return eids[0]


def make_ids(rng: np.random.Generator, n: int) -> list[str]:
    """Make random uuids of version 4, as text."""
    content = rng.integers(0, 256, (n, 16), dtype=np.uint8)
    content[:, 6], content[:, 8] = content[:, 6] & 15 | 64, content[:, 8] & 63 | 128
    text = content.tobytes().hex()
    keys = (text[i : i + 32] for i in range(0, 32 * n, 32))
    return [f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}" for key in keys]


def make_files(folder: Path, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Write an object of 30 MB; returns rows of its files."""
    folder.mkdir(parents=True)
    rows = []
    for attribute in ATTRIBUTES:
        path = folder / f"bench.{attribute}.npy"
        np.save(path, rng.random(N_SPIKES))
        content = path.read_bytes()
        rows.append(
            {"rel_path": f"alf/{path.name}", "file_size": len(content), "hash": hashlib.md5(content).hexdigest()}
        )
    return rows


def write(path: Path, frame: pd.DataFrame) -> None:
    """Write one table with its origin, as one row group."""
    table = pa.Table.from_pandas(frame)
    info = json.dumps({"date_created": "2026-01-01 00:00", "origin": "benchmark", "min_api_version": "2.0"})
    pq.write_table(
        table.replace_schema_metadata({**table.schema.metadata, b"one_metadata": info.encode()}),
        path,
        row_group_size=table.num_rows,
    )


class FarAway(BaseHTTPRequestHandler):
    """Files of 200 kB and one array of 1 GB, each answer after 30 ms; counts the bytes that it sends."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    sent = 0
    head = (
        b"\x93NUMPY\x01\x00v\x00"
        + b"{'descr': '<f8', 'fortran_order': False, 'shape': (15625000, 8), }".ljust(117)
        + b"\n"
    )

    def do_GET(self) -> None:
        """Send a file, or a range of it."""
        time.sleep(LATENCY)
        size = len(self.head) + REMOTE_BYTES if "array" in self.path else 200_000
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        start, stop = (int(asked[1]), min(int(asked[2] or size) + 1, size)) if asked else (0, size)
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(stop - start))
        self.send_header("Accept-Ranges", "bytes")
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{size}")
        self.end_headers()
        head = self.head[start:stop] if "array" in self.path else b""
        self.wfile.write(head + bytes(stop - start - len(head)))
        FarAway.sent += stop - start

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def measure(python: Path, script: str, *arguments: str, home: Path) -> dict[str, list[float]]:
    """Run a script in a process of its own; returns CPU, wall and peak of each lap."""
    command = [str(python), "-W", "ignore", "-c", CLOCK + script + "\nprint(json.dumps(laps))", *arguments]
    environment = {**os.environ, "HOME": str(home), "BREGMA_HOME": str(home)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=home)
    if done.returncode:
        raise SystemExit(done.stderr)
    return {name: figures for name, *figures in json.loads(done.stdout.splitlines()[-1])}


def show(ours: dict[str, list[float]], theirs: dict[str, list[float]], other: str = "ONE-api") -> None:
    """Print a line for each lap of ours, with what the other side needs and how many times more CPU and wall."""
    print(f"{'':<28}{'bregma cpu':>11}{'wall':>9}{'MB':>7}", end="")
    print(f"{other + ' cpu':>14}{'wall':>9}{'MB':>7}{'cpu x':>9}{'wall x':>8}" if theirs else "")
    for name, (cpu, wall, peak) in ours.items():
        line = f"{name:<28}{cpu:>11.4f}{wall:>9.4f}{peak:>7.0f}"
        if name in theirs:
            cpu2, wall2, peak2 = theirs[name]
            line += (
                f"{cpu2:>14.4f}{wall2:>9.4f}{peak2:>7.0f}{cpu2 / max(cpu, 1e-6):>9.1f}{wall2 / max(wall, 1e-6):>8.1f}"
            )
        print(line)


def main() -> None:
    """Print all comparisons."""
    n_sessions = 10_000 if "--full" in sys.argv else 1_000
    peer = PEER.absolute() / "bin" / "python"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        eid = make_tables(folder, n_sessions)
        server = ThreadingHTTPServer(("127.0.0.1", 0), FarAway)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        given = (name, eid, f"http://127.0.0.1:{server.server_port}")

        def run(side: str, script: dict[str, str] | str) -> dict[str, list[float]]:
            python = Path(sys.executable) if side == "bregma" else peer
            text = script if isinstance(script, str) else script[side]
            return measure(python, text, *given, home=folder) if python.exists() else {}

        scripts = {side: OPENED[side] + QUESTIONS for side in OPENED}
        print(f"{n_sessions} sessions, {n_sessions * PER_SESSION} datasets")
        first = run("bregma", scripts)
        ours = run("bregma", scripts)
        show(ours, run("ONE-api", scripts))
        print(f"rows by session were prepared in {first['list_datasets(eid) (first)'][1]:.2f} s, once for these tables")
        show({"load_object 30 MB": ours["load_object 30 MB"]}, run("bregma", PLAIN), "numpy")
        show(run("bregma", DOWNLOAD), run("ONE-api", DOWNLOAD))
        FarAway.sent = 0
        show(run("bregma", SLICE), {})
        print(f"of 1 GB were sent {FarAway.sent / REMOTE_BYTES:.3%}; ONE-api downloads all")
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main()
