"""Load an object of 30 MB and read a slice of 1 GB, beside numpy and ONE-api (``.peer/one``, made by ``make peer``)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from bregma.alf.lazy import open_lazily
from bregma.store import LocalStore, RemoteFile

PEER = Path(os.environ.get("BREGMA_PEER_ONE", Path(__file__).parents[1] / ".peer" / "one")) / "bin" / "python"
ATTRIBUTES = ["amps", "clusters", "depths", "samples", "templates", "times"]
MEASURE = """
import json, sys, time
import numpy as np
LOAD
folder = sys.argv[1]
plain = lambda: [np.load(f"{folder}/spikes.{name}.npy") for name in sys.argv[2].split(",")]
found = {plain: [], (lambda: load_object(folder, "spikes")): []}
for _ in range(60):
    for load, times in found.items():
        wall, cpu = time.perf_counter(), time.process_time()
        load()
        times.append((time.process_time() - cpu, time.perf_counter() - wall))
print(json.dumps([[1000 * sorted(one)[30] for one in zip(*times)] for times in found.values()]))
"""


def measure(python: Path | str, load: str, folder: Path) -> None:
    command = [python, "-c", MEASURE.replace("LOAD", load), folder, ",".join(ATTRIBUTES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    plain, loaded = json.loads(done.stdout)
    name = load.split()[1].split(".")[0]
    print(
        f"{name:8} load_object of 30 MB: {loaded[0]:6.1f} ms CPU, {loaded[1]:6.1f} ms wall; "
        f"{loaded[0] / plain[0]:.2f} x the CPU of plain numpy"
    )


def read_slice(folder: Path) -> None:
    """Read 1,000 rows of a sparse file of 1 GB through ranges."""
    np.lib.format.open_memmap(folder / "lfp.raw.npy", "w+", np.float64, (1_250_000, 100)).flush()
    file = RemoteFile.of(LocalStore(folder), "lfp.raw.npy")
    open_lazily(file, name="lfp.raw.npy")[600_000:601_000]
    print(f"bregma   1,000 of 1,250,000 rows of 1 GB: {file.bytes_fetched / file.size:.3%} of the file fetched")


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in ATTRIBUTES:
            np.save(folder / f"spikes.{name}.npy", np.random.default_rng(0).random(655_360))
        measure(sys.executable, "from bregma.alf import load_object", folder)
        if PEER.exists():
            measure(PEER, "from one.alf.io import load_object", folder)
        read_slice(folder)


if __name__ == "__main__":
    main()
