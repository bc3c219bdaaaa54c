"""Brainbox beside ibllib 4.1.0: CPU seconds of both on the same arrays, their ratio, and how far the results differ.

Each case of each side runs in a process of its own; ours are compiled before they are measured (the first call is
printed too) and the least of some rounds counts. MB: the most memory that a call takes beyond its input, the result
included. Differences are the largest one of all numbers, as part of the largest number.

The reference is taken from the environment that BREGMA_PEER_IBLLIB names (`make peer` makes one in .peer/ibllib), and
SpikeInterface from it too. 1,000,000 spikes of 500 units, 1,000 events, an hour of wheel at 1 kHz and of pupil at
60 Hz; ``--full`` for 10,000,000 spikes; ``--only WORD`` for cases with that word in their name.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from data import make_data

HERE = Path(__file__).parent
PEER = Path(os.environ.get("BREGMA_PEER_IBLLIB", HERE.parents[1] / ".peer" / "ibllib"))
LONG = 5.0
"""CPU seconds above which the reference is measured once."""


@dataclass(frozen=True)
class Case:
    """What is measured, how many times less CPU it shall take, and the case of the reference where names differ."""

    name: str
    target: float = 10.0
    theirs: str = ""
    note: str = ""
    """What is not compared, or why results differ."""
    compared: bool = True


CASES = (
    Case("bin_100_ms"),
    Case("bin_10_ms"),
    Case("drift_map"),
    Case("psth_20_units"),
    Case("psth"),
    Case("trials_by_units"),
    Case("counts_in_intervals"),
    Case("correlograms", target=5.0, note="lag 0 counts both orders", compared=False),
    Case("correlograms_xcorr", target=5.0, theirs="correlograms"),
    Case("correlograms_in_samples", target=1.0, theirs="correlograms_spikeinterface", note="lags of 1 to 25 bins"),
    Case("autocorrelograms", note="without lag 0, where ours counts both orders"),
    Case("unit_bunches"),
    Case("cluster_averages"),
    Case("unit_metrics", note="ours has more metrics, and the corrected refractory test", compared=False),
    Case("unit_metrics_published", theirs="unit_metrics"),
    Case("drift"),
    Case("responsive_units"),
    Case("roc"),
    Case("wheel_movements", note="durations and spans on an edge"),
    Case("wheel_movements_published", theirs="wheel_movements"),
    Case("traces_by_trial"),
    Case("pupil"),
    Case("pseudo_session", note="random", compared=False),
    Case("motion_energy", note="theirs cuts decimals off rounding errors"),
    Case("receptive_fields", target=1.0, note="theirs rounds onsets to a grid of the spikes", compared=False),
    Case("destripe", target=1.0, note="filters in 32 bits"),
    Case("psychometric", target=1.0, note="ours has the higher likelihood", compared=False),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    n_spikes = 10_000_000 if arguments.full else 1_000_000
    print(f"import bregma.brainbox: {measure_import():.3f} s CPU (target 0.3)")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        make_data(folder, n_spikes)
        heads = "  ibllib   ours  first  ratio target MB theirs  ours  difference (what of)"
        print(f"{n_spikes:,} spikes".ljust(26), heads)
        for case in CASES:
            if arguments.only in f"{case.name} {case.theirs}":
                report(case, folder)


def measure_import() -> float:
    """Return the least CPU seconds that the import of the room takes."""
    code = "import time; start = time.process_time(); import bregma.brainbox; print(time.process_time() - start)"
    return min(float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(3))


def report(case: Case, folder: Path) -> None:
    """Measure one case on both sides and print its line."""
    ours = measure(sys.executable, "ours", case.name, folder, rounds=4)
    name = case.theirs or case.name
    if not (PEER / "bin" / "python").exists():
        print(
            case.name.ljust(26), f"no reference at {PEER}; ours {ours['cpu']:.3f} s, first call {ours['first']:.2f} s"
        )
        return
    theirs = measure_reference(name, folder)
    ratio = theirs["cpu"] / ours["cpu"]
    found = difference(case.name, name, folder) if case.compared else ""
    remark = f" ({case.note})" if case.note else ""
    print(
        case.name.ljust(26),
        f"{theirs['cpu']:8.3f} {ours['cpu']:6.3f} {ours['first']:6.2f} {ratio:6.1f} {case.target:6.1f}",
        f"{theirs['extra']:9.0f} {ours['extra']:5.0f}  {found}{remark}" + ("" if ratio >= case.target else " MISSED"),
        flush=True,
    )


@cache
def measure_reference(name: str, folder: Path) -> dict[str, float]:
    """Measure a case of the reference, once where it is long."""
    python = str(PEER / "bin" / "python")
    found = measure(python, "theirs", name, folder, rounds=1)
    return found if found["cpu"] > LONG else measure(python, "theirs", name, folder, rounds=3)


def measure(python: str, side: str, case: str, folder: Path, *, rounds: int) -> dict[str, float]:
    """Run a case in a process of its own."""
    command = [python, "-W", "ignore", str(HERE / "run.py"), side, case, str(folder), str(rounds)]
    printed = subprocess.run(command, capture_output=True, text=True, check=False)
    if printed.returncode:
        raise RuntimeError(f"{side} failed at {case}:\n{printed.stderr}")
    return dict(json.loads(printed.stdout.splitlines()[-1]))


def difference(ours: str, theirs: str, folder: Path) -> str:
    """Return the largest difference of both results, relative to the largest value."""
    mine = np.load(folder / f"{ours}.ours.npy").astype(float)
    other = np.load(folder / f"{theirs}.theirs.npy").astype(float)
    if mine.shape != other.shape:
        return f"shapes {other.shape} and {mine.shape}"
    unequal = np.isnan(mine) != np.isnan(other)
    scale = np.nanmax(np.abs(other)) or 1.0
    largest = float(np.nanmax(np.abs(mine - other)) / scale)
    return f"{largest:.1e}" + (f", {unequal.sum()} known on one side only" if unequal.any() else "")


if __name__ == "__main__":
    main()
