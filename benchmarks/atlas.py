"""The atlas beside iblatlas 1.3: milliseconds of the same work on the same labels, in one run.

``--atlas`` names a folder with ``annotation_50.nrrd`` as the Allen Institute publishes it. The reference runs in the
environment that BREGMA_PEER_IBLLIB names (``make peer``); without it, its column stays empty.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np

PEER = Path(os.environ.get("BREGMA_PEER_IBLLIB", Path(__file__).parents[1] / ".peer" / "ibllib"))
WORK = {
    "labels": "labels of 1,000,000 places",
    "coronal": "coronal slice in colours",
    "sagittal": "sagittal slice in colours",
    "horizontal": "horizontal slice in colours",
    "tilted": "tilted slice in colours",
    "radius": "regions within 200 um of 100 places",
    "surface": "surface of the brain",
    "insertions": "100 insertions from tracks",
    "volumes": "volumes of all regions",
}
TARGETS = {"labels": 100.0, "coronal": 1.0, "sagittal": 1.0, "horizontal": 1.0, "tilted": 10.0}
LINE = np.array([[0.001, -0.002, -0.003], [0.0015, -0.0025, -0.006]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--atlas", type=Path, default=os.environ.get("BREGMA_BENCHMARK_ATLAS"))
    parser.add_argument("--reference", type=Path, help=argparse.SUPPRESS)
    arguments, _ = parser.parse_known_args()
    if arguments.reference is not None:
        print("RESULT " + json.dumps(measure_theirs(arguments.reference)))
        return
    if arguments.atlas is None:
        print("atlas: no --atlas FOLDER (annotation_50.nrrd): nothing measured")
        return
    ours, theirs = measure_ours(arguments.atlas), ask_reference(arguments.atlas)
    print(f"{'milliseconds':38} {'ours':>9} {'iblatlas':>9} {'times':>6}  target")
    for name, words in WORK.items():
        other = f"{theirs[name]:9.2f} {theirs[name] / ours[name]:6.1f}" if theirs else " " * 16
        print(f"{words:38} {ours[name]:9.2f} {other}  {TARGETS.get(name, '')}")


def measure(work: Callable[[], object], rounds: int = 5) -> float:
    """Return the median of some rounds, in milliseconds."""
    spent = []
    for _ in range(rounds):
        start = perf_counter()
        work()
        spent.append(perf_counter() - start)
    return float(np.median(spent)) * 1e3


def draw_places(n: int) -> np.ndarray:
    return np.random.default_rng(0).uniform([-0.005, -0.007, -0.007], [0.005, 0.005, 0.0], (n, 3))


def draw_tracks() -> list[np.ndarray]:
    random = np.random.default_rng(1)
    tips = random.uniform([-0.002, -0.004, -0.005], [0.002, 0.001, -0.003], (100, 3))
    return [np.linspace([0.7 * x, 0.9 * y, -0.001], [x, y, z], 30) for x, y, z in tips]


def measure_ours(folder: Path) -> dict[str, float]:
    from bregma.atlas import (
        BrainSurface,
        Insertion,
        Plane,
        Trajectory,
        compute_volumes,
        find_nearby_regions,
        load_atlas,
        slice_colours,
    )

    atlas = load_atlas(folder, resolution_um=50)
    places, line, tracks = draw_places(1_000_000), Trajectory.fit(LINE), draw_tracks()
    _ = atlas.surface
    return {
        "labels": measure(lambda: atlas.ids_at(places)),
        "coronal": measure(lambda: slice_colours(atlas, Plane.cut(atlas.grid, "coronal", -0.002))),
        "sagittal": measure(lambda: slice_colours(atlas, Plane.cut(atlas.grid, "sagittal", 0.001))),
        "horizontal": measure(lambda: slice_colours(atlas, Plane.cut(atlas.grid, "horizontal", -0.003))),
        "tilted": measure(lambda: slice_colours(atlas, Plane.along(atlas.grid, line))),
        "radius": measure(lambda: find_nearby_regions(atlas, places[:100], 200e-6)),
        "surface": measure(lambda: BrainSurface.of_labels(atlas.labels, atlas.grid), 3),
        "insertions": measure(lambda: [Insertion.from_track(track, atlas) for track in tracks], 3),
        "volumes": measure(lambda: compute_volumes(atlas), 3),
    }


def measure_theirs(folder: Path) -> dict[str, float]:
    import nrrd
    from iblatlas.atlas import AllenAtlas, Insertion

    labels, header = nrrd.read(str(folder / "annotation_50.nrrd"))
    nrrd.write(str(folder / "average_template_50.nrrd"), np.zeros(labels.shape, np.uint16), header)
    atlas = AllenAtlas(50, hist_path=folder)
    places, tracks = draw_places(1_000_000), draw_tracks()

    def find_surface() -> None:
        atlas.surface = None
        atlas.compute_surface()

    return {
        "labels": measure(lambda: atlas.get_labels(places, mapping="Allen-lr")),
        "coronal": measure(lambda: atlas.slice(-0.002, 1, "annotation")),
        "sagittal": measure(lambda: atlas.slice(0.001, 0, "annotation")),
        "horizontal": measure(lambda: atlas.slice(-0.003, 2, "annotation")),
        "tilted": measure(lambda: atlas.tilted_slice(LINE, 1, volume="annotation")),
        "radius": measure(lambda: [atlas.get_labels(place, radius_um=200) for place in places[:100]]),
        "surface": measure(find_surface, 3),
        "insertions": measure(lambda: [Insertion.from_track(track, atlas) for track in tracks], 3),
        "volumes": measure(lambda: atlas.compute_regions_volume(cumsum=True), 3),
    }


def ask_reference(folder: Path) -> dict[str, float]:
    python = PEER / "bin" / "python"
    if not python.is_file():
        return {}
    with tempfile.TemporaryDirectory() as copy:  # it writes into the folder
        shutil.copyfile(folder / "annotation_50.nrrd", Path(copy, "annotation_50.nrrd"))
        # -P: one.py lies beside this file, and is not the package of that name.
        command = [str(python), "-P", "-W", "ignore", __file__, "--reference", copy]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    for printed in done.stdout.splitlines():
        if printed.startswith("RESULT "):
            found: dict[str, float] = json.loads(printed.removeprefix("RESULT "))
            return found
    sys.exit(f"the reference gave no result:\n{done.stderr[-2000:]}")


main()
