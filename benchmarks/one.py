"""ONE beside the reference client: import, open tables, search, list, load, download, a slice of a remote array, write.

Each side does the same work in processes of its own, on the same tables as stock Alyx writes them (one unsorted row
group), and ours also on tables of this house; printed are the least CPU and wall seconds of some rounds and the peak of
memory (MB) up to there, then each target with what was reached. The reference is taken from the environment that
BREGMA_PEER_ONE names (`make peer` makes one in .peer/one). 200,000 datasets; ``--full`` for 2,000,000;
``--data FOLDER`` keeps what is generated, for the next run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

PEER = Path(os.environ.get("BREGMA_PEER_ONE", Path(__file__).parents[1] / ".peer" / "one"))
PER_SESSION, N_SPIKES, N_FILES, LATENCY, ROUNDS = 200, 625_000, 100, 0.03, 3
REMOTE_BYTES = 1_000_000_000
NAMES = [
    "alf/_ibl_trials.table.pqt",
    *(f"alf/probe0{i % 2}/#2024-05-06#/spikes.attr{i}.npy" for i in range(PER_SESSION // 2)),
    *(f"raw_ephys_data/probe00/part{i}.attr.npy" for i in range(PER_SESSION // 2 - 1)),
]
ATTRIBUTES = ("times", "clusters", "amps", "depths", "samples", "templates")
Figures = dict[str, list[float]]
CLOCK = """
import json, sys, time
laps = {}
def highest():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
def lap(name, *works, rounds=1):
    for _ in range(rounds):
        for which, work in zip(name.split("|"), works):
            found = None
            cpu, wall = time.process_time(), time.perf_counter()
            found = work()
            spent = [time.process_time() - cpu, time.perf_counter() - wall, highest()]
            laps[which] = [min(pair) for pair in zip(spent, laps.get(which, spent))]
    return found
folder, tables, eid, address = sys.argv[1:5]
TRIALS, PART = "_ibl_trials.table.pqt", "part7.attr.npy"
"""
OPEN = {
    "bregma": """
def load():
    global ONE
    from bregma.one import ONE
lap("import", load)
one = lap("open", lambda: (lambda one: (one.search(subject="mouse_3"), one)[1])(ONE(cache_dir=tables, mode="local")))
""",
    "ONE-api": """
def load():
    global ONE
    from one.api import One as ONE
lap("import", load)
one = lap("open", lambda: (lambda one: (one.search(subject="mouse_3"), one)[1])(ONE(cache_dir=tables)))
""",
}
SHARED = """
lap("search dataset (first)", lambda: one.search(datasets=TRIALS))
lap("list_datasets(eid) (first)", lambda: one.list_datasets(eid))
lap("search lab", lambda: one.search(lab="lab_3"), rounds=3)
lap("search project, dates", lambda: one.search(project="brainwide", date_range=["2020-02-01", "2020-08-01"]), rounds=3)
lap("search dataset", lambda: one.search(datasets=TRIALS), rounds=again)
lap("search lab, 2 datasets", lambda: one.search(lab="lab_3", datasets=[TRIALS, PART]), rounds=again)
lap("list_datasets(eid)", lambda: one.list_datasets(eid), rounds=20)
lap("list_datasets()", lambda: one.list_datasets(), rounds=again)
"""
LOADS = """
import glob
import numpy as np
paths = glob.glob(tables + "/lab_0/**/bench.*.npy", recursive=True)
plain = lambda: [np.load(path) for path in paths]
loaded = lambda: one.load_object(eid, "bench", collection="alf")
loaded()
lap("numpy 30 MB|load_object 30 MB", plain, loaded, rounds=again * 5)
"""
MORE = """
for name, terms in {
    "search everything": {},
    "search 2 datasets": {"datasets": [TRIALS, PART]},
    "search datasets by pattern": {"datasets": "spikes.*"},
    "search dataset_qc_lte": {"dataset_qc_lte": "PASS"},
    "search tag": {"tag": "2022"},
    "search dataset_types": {"dataset_types": "type 7"},
    "search region": {"atlas_acronym": "R7"},
}.items():
    if "tag" in name or "types" in name or "region" in name:
        if "ours" not in tables:
            continue
    lap(name, lambda: one.search(**terms), rounds=again)
lap("find_sessions()", lambda: one.find_sessions(), rounds=again)
"""
DOWNLOAD = {
    "bregma": f"""
from pathlib import Path
from bregma.store import Engine, Fetch, Source
import tempfile
engine = Engine(silent=True)
def fetch():
    target = Path(tempfile.mkdtemp(dir=folder))
    engine.fetch([Fetch(target / f"{{i}}.npy", [Source(f"{{address}}/file/{{i}}.npy")]) for i in range({N_FILES})])
lap("100 files (first)", fetch)
lap("100 files", fetch, rounds=again)
engine.close()
""",
    "ONE-api": f"""
import tempfile
from pathlib import Path
from one.webclient import http_download_file_list
urls = [f"{{address}}/file/{{i}}.npy" for i in range({N_FILES})]
fetch = lambda: http_download_file_list(urls, target_dir=Path(tempfile.mkdtemp(dir=folder)), silent=True)
lap("100 files (first)", fetch)
lap("100 files", fetch, rounds=again)
""",
}
SLICE = """
import httpx
from bregma.alf.lazy import open_lazily
from bregma.store import RemoteFile, Source
with httpx.Client() as client:
    array = open_lazily(RemoteFile.at(client, Source(address + "/array.npy")), name="array.npy")
    rows = lap("slice of 1 GB", lambda: array[1_000_000:1_001_000])
    assert rows[0, 0] == 0 and rows.shape == (1000, 8)
"""
WRITE = f"""
from pathlib import Path
import polars as pl
from bregma.one import write_tables
from bregma.one.tables import TablesInfo
from bregma.one.tables.parquet import write_table
sessions, datasets = (pl.read_parquet(f"{{tables}}/{{name}}.pqt") for name in ("sessions", "datasets"))
number = pl.int_range(pl.len()) % {PER_SESSION}
tag = pl.when(number < 2).then(pl.lit("2022_Q2_IBL_et_al")).otherwise(pl.lit(""))
datasets = datasets.with_columns(tags=tag, dataset_type=pl.lit("type ") + number.cast(pl.String))
region = pl.lit("R") + (pl.int_range(pl.len()) % 50).cast(pl.String)
probes = sessions.select(pl.col("id").alias("eid"), "id", regions=region)
probes = probes.with_columns(name=pl.lit("probe00"))
regions = pl.DataFrame({{"id": [str(i) for i in range(50)], "acronym": [f"R{{i}}" for i in range(50)]}})
lap("write_tables", lambda: write_tables(sys.argv[5], sessions, datasets, probes, origin="benchmark"))
write_table(Path(sys.argv[5], "regions.pqt"), "regions", regions, TablesInfo("", ""))
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
    """Files of 200 kB and one array of 1 GB, each connection and each answer after 30 ms; counts what it sends."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    sent = 0
    head = (
        b"\x93NUMPY\x01\x00v\x00"
        + b"{'descr': '<f8', 'fortran_order': False, 'shape': (15625000, 8), }".ljust(117)
        + b"\n"
    )

    def setup(self) -> None:
        """Take a connection: hands are shaken over the same long line."""
        super().setup()
        time.sleep(LATENCY)

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


@dataclass(frozen=True)
class Bench:
    """What all measurements share: where the data are, one session, the server, and how often to try."""

    folder: Path
    eid: str
    address: str
    peer: Path

    def measure(self, side: str, script: str, tables: str = "stock", *more: str, again: int = 5) -> Figures:
        """Run a script in a process of its own; returns the CPU, wall and peak of each lap."""
        python = Path(sys.executable) if side == "bregma" else self.peer
        if not python.exists():
            return {}
        text = f"{CLOCK}again = {again}\n{script}\nprint(json.dumps(laps))"
        given = [str(self.folder), str(self.folder / tables), self.eid, self.address, *more]
        home, bytecode = str(self.folder / "home"), str(self.folder / "bytecode" / side)
        environment = {**os.environ, "HOME": home, "BREGMA_HOME": home, "PYTHONPYCACHEPREFIX": bytecode}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [str(python), "-W", "ignore", "-c", text, *given]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment, cwd=self.folder
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(done.stderr)
        return json.loads(done.stdout.splitlines()[-1])

    def least(self, script: str, tables: str = "stock") -> Figures:
        """Measure ours some times; returns the least of each."""
        found = [self.measure("bregma", script, tables) for _ in range(ROUNDS)]
        return {name: [min(each) for each in zip(*(one[name] for one in found), strict=True)] for name in found[0]}


def show(title: str, ours: Figures, theirs: Figures) -> None:
    """Print a line for each lap of ours, with what the other side needs and how many times more CPU and wall."""
    print(f"{title:<28}{'bregma cpu':>11}{'wall':>9}{'MB':>7}", end="")
    print(f"{'ONE-api cpu':>14}{'wall':>9}{'MB':>7}{'cpu x':>9}{'wall x':>8}" if theirs else "")
    for name, (cpu, wall, peak) in ours.items():
        line = f"{name:<28}{cpu:>11.4f}{wall:>9.4f}{peak:>7.0f}"
        if name in theirs:
            cpu2, wall2, peak2 = theirs[name]
            times = f"{cpu2 / max(cpu, 1e-6):>9.1f}{wall2 / max(wall, 1e-6):>8.1f}"
            line += f"{cpu2:>14.4f}{wall2:>9.4f}{peak2:>7.0f}{times}"
        print(line)
    print(f"load {os.getloadavg()[0]:.1f}\n", flush=True)


def judge(ours: Figures, house: Figures, theirs: Figures, sent: float) -> None:
    """Print each target, what was reached, and whether that is enough."""
    searches = [cpu for name, (cpu, _, _) in {**ours, **house}.items() if name.startswith(("search", "find"))]
    measured = [
        ("import, CPU s", "<", 0.15, ours["import"][0]),
        ("open, MB, stock tables", "<", 200, ours["open"][2]),
        ("open, MB, our tables", "<", 200, house["open"][2]),
        ("slowest search, CPU s", "<", 0.1, max(searches)),
        ("list_datasets(eid), ms", "<", 2, 1000 * ours["list_datasets(eid)"][0]),
        ("load_object / numpy", "<", 1.1, ours["load_object 30 MB"][0] / ours["numpy 30 MB"][0]),
        ("of 1 GB sent for a slice", "<", 0.01, sent),
        ("write_tables, CPU s", "<", 10, ours["write_tables"][0]),
    ]
    least = {"import": (5, 0), "open": (100, 0), "search dataset": (1000, 0), "100 files": (4, 1)}
    for name, (target, kind) in least.items() if theirs else ():
        words = f"{name}, times faster ({'wall' if kind else 'CPU'})"
        measured.append((words, ">", target, theirs[name][kind] / ours[name][kind]))
    for name, sign, target, reached in measured:
        good = reached < target if sign == "<" else reached > target
        print(f"{name:<36}{sign} {target:<8g}{reached:>10.4g}  {'reached' if good else 'NOT REACHED'}")


def make_data(folder: Path, n_sessions: int) -> str:
    """Generate tables and files unless they are there; returns the id of the first session."""
    known = folder / "eid.txt"
    if not known.exists():
        for name in ("stock", "home"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        known.write_text(make_tables(folder / "stock", n_sessions))
    return known.read_text()


def compare(bench: Bench) -> None:
    """Print all comparisons."""
    show("write", written := bench.measure("bregma", WRITE, "stock", str(bench.folder / "ours")), {})
    script = OPEN["bregma"] + SHARED + MORE
    for tables in ("stock", "ours"):
        cold = bench.measure("bregma", script, tables, again=1)
        kept = ("open", "search dataset (first)", "list_datasets(eid) (first)")
        show(f"new tables ({tables})", {name: cold[name] for name in kept}, {})
    ours, house = bench.least(script + LOADS), bench.least(script, "ours")
    ours |= bench.least(DOWNLOAD["bregma"]) | written
    theirs = bench.measure("ONE-api", OPEN["ONE-api"] + SHARED + LOADS, again=1)
    if theirs:
        theirs |= bench.measure("ONE-api", DOWNLOAD["ONE-api"])
        only_import = OPEN["ONE-api"].partition("one = ")[0]
        theirs["import"] = min(bench.measure("ONE-api", only_import)["import"] for _ in range(ROUNDS))
    show("stock tables, files", ours, theirs)
    show("our tables", house, theirs)
    FarAway.sent = 0
    show("remote", bench.measure("bregma", SLICE), {})
    judge(ours, house, theirs, FarAway.sent / REMOTE_BYTES)


def main() -> None:
    """Read the command line, generate the data and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--data", type=Path)
    given = parser.parse_args()
    n_sessions = 10_000 if given.full else 1_000
    with tempfile.TemporaryDirectory() as name:
        folder = (given.data or Path(name)).absolute()
        eid = make_data(folder, n_sessions)
        server = ThreadingHTTPServer(("127.0.0.1", 0), FarAway)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"{n_sessions} sessions, {n_sessions * PER_SESSION} datasets")
        compare(Bench(folder, eid, f"http://127.0.0.1:{server.server_port}", PEER.absolute() / "bin" / "python"))
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main()
