"""ONE beside the reference client: import, open two hundred thousand datasets, search them.

Both do the same work in processes of their own; the figure is CPU seconds, smallest of the rounds. The reference is
taken from the environment that BREGMA_PEER_ONE names (`make peer` makes one in .peer/one).
"""

import os
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

import numpy as np
import pandas as pd

from bregma.one import write_tables

N_SESSIONS, N_DATASETS, ROUNDS = 2_000, 100, 3
PEER = Path(os.environ.get("BREGMA_PEER_ONE", Path(__file__).parents[1] / ".peer" / "one"))
CLOCK = "import time; start = time.process_time(); {work}; print(time.process_time() - start)"
WORK = {
    "import": ("from bregma.one import ONE", "from one.api import ONE"),
    "open, search by lab": (
        "from bregma.one import ONE; n = len(ONE(cache_dir={folder!r}, mode='local').search(lab='lab_3'))",
        "from one.api import One; n = len(One(cache_dir={folder!r}).search(lab='lab_3'))",
    ),
    "open, search by dataset": (
        "from bregma.one import ONE; n = len(ONE(cache_dir={folder!r}, mode='local').search(datasets='obj7.attr.npy'))",
        "from one.api import One; n = len(One(cache_dir={folder!r}).search(datasets='obj7.attr.npy'))",
    ),
}


def make_tables(folder: Path) -> None:
    """Write tables of a large collaboration: every session with the same datasets."""
    rng = np.random.default_rng(0)
    eids = [str(uuid.UUID(bytes=rng.bytes(16), version=4)) for _ in range(N_SESSIONS)]
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(N_SESSIONS) % 900, unit="D")
    sessions = pd.DataFrame(
        {
            "id": eids,
            "lab": [f"lab_{i % 10}" for i in range(N_SESSIONS)],
            "subject": [f"mouse_{i // 20}" for i in range(N_SESSIONS)],
            "date": days.date,
            "number": np.ones(N_SESSIONS, np.uint16),
            "task_protocol": "training",
            "projects": "benchmark",
        }
    )
    n = N_SESSIONS * N_DATASETS
    datasets = pd.DataFrame(
        {
            "eid": np.repeat(eids, N_DATASETS),
            "id": [str(uuid.UUID(bytes=rng.bytes(16), version=4)) for _ in range(n)],
            "rel_path": np.tile([f"alf/obj{i}.attr.npy" for i in range(N_DATASETS)], N_SESSIONS),
            "file_size": np.full(n, 1000, np.uint64),
            "hash": "0" * 32,
            "exists": True,
            "qc": "NOT_SET",
            "default_revision": True,
        }
    )
    write_tables(folder, sessions, datasets, None, origin="benchmark")


def measure(python: Path, work: str) -> float:
    """Return the smallest CPU time of a few processes."""
    command = [str(python), "-W", "ignore", "-c", CLOCK.format(work=work)]
    return min(
        float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])
        for _ in range(ROUNDS)
    )


def main() -> None:
    """Print a line per piece of work."""
    with tempfile.TemporaryDirectory() as folder:
        make_tables(Path(folder))
        print(f"{N_SESSIONS} sessions, {N_SESSIONS * N_DATASETS} datasets; CPU seconds")
        print(f"{'work':<26}{'bregma':>9}{'ONE-api':>9}{'ratio':>8}")
        for name, (ours, theirs) in WORK.items():
            here = measure(Path(sys.executable), ours.format(folder=folder))
            if not (PEER / "bin" / "python").exists():
                print(f"{name:<26}{here:>9.3f}{'absent':>9}")
                continue
            there = measure(PEER / "bin" / "python", theirs.format(folder=folder))
            print(f"{name:<26}{here:>9.3f}{there:>9.3f}{there / here:>7.1f}x")


if __name__ == "__main__":
    main()
