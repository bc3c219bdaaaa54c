"""One case of one side, in a process of its own: prints CPU and wall seconds and memory, keeps the result."""

import importlib
import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd


class Data:
    """The arrays of a folder, read when they are asked for; the clock starts when the case has them."""

    def __init__(self, folder):
        self._folder = folder
        self._began = None

    def __getattr__(self, name):
        stopped = self._stop()
        path = self._folder / f"{name}.npy"
        values = np.load(path) if path.exists() else pd.read_parquet(self._folder / f"{name}.pqt")
        setattr(self, name, values)
        self._resume(stopped)
        return values

    def start(self):
        """Begin to measure; a case calls it again after what is not to be counted."""
        self._began = (time.process_time(), time.perf_counter())

    def spent(self):
        """CPU and wall seconds since the start."""
        return time.process_time() - self._began[0], time.perf_counter() - self._began[1]

    def size(self):
        """MB read so far."""
        return sum(array.nbytes for array in vars(self).values() if isinstance(array, np.ndarray)) / 2**20

    def _stop(self):
        return None if self.__dict__.get("_began") is None else self.spent()

    def _resume(self, spent):
        if spent is not None:
            self._began = (time.process_time() - spent[0], time.perf_counter() - spent[1])


def highest():
    """Most memory of this process so far, MB."""
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))


def current():
    """Memory of this process, MB."""
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


def main():
    side, case, folder, rounds = sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
    module = importlib.import_module(side)
    work, compared = getattr(module, case), module.COMPARED.get(case, np.asarray)
    data, level, laps = Data(folder), current(), []
    for _ in range(rounds):
        result = None  # that of the round before is not to count as memory of this one
        if laps:  # arrays are read and kernels compiled: only what the work itself takes is left
            Path("/proc/self/clear_refs").write_text("5")  # forget the highest so far
            level = current()
        held = data.size()
        data.start()
        result = work(data)
        laps.append(data.spent())
        extra = highest() - level - (data.size() - held)
    np.save(folder / f"{case}.{side}.npy", compared(result))
    cpu, wall = (min(lap[i] for lap in laps) for i in range(2))
    print(json.dumps({"cpu": cpu, "wall": wall, "first": laps[0][0], "extra": extra}))


if __name__ == "__main__":
    main()
