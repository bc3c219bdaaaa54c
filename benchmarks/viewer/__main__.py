"""The viewer beside IBL Viewer 2.4.7 and beside VTK alone: seconds of the same steps on the same scenes, in one run.

1280 x 720 pixels, drawn off screen; each side in processes of its own, the median of five rounds. VTK alone is what a
person who knows it well would write for just this picture: the nearest to it that a viewer can come.

``--atlas`` names a folder with ``annotation_50.nrrd`` and ``average_template_50.nrrd`` as the Allen Institute publishes
them. The reference needs Python 3.9, libraries of its time and a virtual screen (Xvfb): BREGMA_PEER_IBLVIEWER names its
environment, made by ``sh benchmarks/viewer/make_peer.sh``; without it, its column stays empty.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
PEER = Path(os.environ.get("BREGMA_PEER_IBLVIEWER", HERE.parents[1] / ".peer" / "iblviewer"))
N_POINTS = 1_000_000


@dataclass(frozen=True)
class Step:
    """One line: what is measured, how many times sooner than the reference it shall be, and what it is called there."""

    name: str
    words: str
    target: float = 0.0
    theirs: str = ""
    plain: str = ""


STEPS = (
    Step("whole", "from import to the first picture", 4.0),
    Step("open", "open the atlas, prepared before", 4.0),
    Step("first_picture", "first picture of the volume", 4.0),
    Step("frame", "volume, turned"),
    Step("value_map", "values of all regions and a frame", 20.0),
    Step("time_step_volume", "one moment later, on the volume", 20.0, plain="value_map"),
    Step("time_step_volume_playing", "the same while it plays", 20.0, "time_step_volume", "value_map"),
    Step("volume_and_3_slices", "volume and three slices, turned"),
    Step("slice_moved", "a slice moved"),
    Step("pick_slice", "what is under the mouse, on slices"),
    Step("region_surface", "surface of one region and a frame", theirs="region_surface"),
    Step("surfaces_first", "surfaces of all regions, the first time"),
    Step("surfaces_again", "the same from the disk"),
    Step("surfaces_recoloured", "all surfaces in other colours", 20.0, "value_map"),
    Step("pick", "what is under the mouse, on surfaces"),
    Step("points_first", "1,000,000 points"),
    Step("points_step", "1,000,000 points in other colours"),
    Step("points_10k", "10,000 points more"),
    Step("memory_mb", "most memory (MB)"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--atlas", type=Path, default=os.environ.get("BREGMA_BENCHMARK_ATLAS"))
    arguments = parser.parse_args()
    if arguments.atlas is None:
        print("viewer: no --atlas FOLDER (annotation_50.nrrd and average_template_50.nrrd): nothing measured")
        return
    with tempfile.TemporaryDirectory() as folder:
        scene = write_scene(arguments.atlas, Path(folder))
        ours = measure("ours.py", [("volume", arguments.atlas), ("time", arguments.atlas), ("points", scene)])
        # Nothing is kept of the surfaces yet: a folder of its own.
        ours |= measure("ours.py", [("surfaces", arguments.atlas)], ours, BREGMA_ATLAS_CACHE=f"{folder}/atlas")
        plain = measure("plain.py", [(scene, case) for case in ("volume", "points", "surfaces")])
        theirs = measure_reference(arguments.atlas, scene)
    for found in (ours, theirs):
        if found:
            found["whole"] = found["import"] + found["open"] + found["first_picture"]
    print(f"import bregma.viewer: {ours['import_cpu']:.3f} s CPU (target 0.5)")
    show(ours, plain, theirs)


def write_scene(atlas_folder: Path, folder: Path) -> Path:
    """Write labels and points for the two that do not know our atlas."""
    from bregma.atlas import load_atlas

    atlas = load_atlas(atlas_folder, resolution_um=50)
    occurs = np.bincount(atlas.labels.ravel(order="K"), minlength=len(atlas.regions)) > 0
    occurs[0] = True
    random = np.random.default_rng(0)
    file = folder / "scene.npz"
    np.savez(
        file,
        labels=(np.cumsum(occurs) - 1).astype(np.uint16)[atlas.labels],
        rgb=atlas.regions.rgb[occurs],
        voxel_mm=atlas.spacing * 1e3,
        xyz_mm=(random.random((N_POINTS, 3)) * [10, 12, 7]).astype(np.float32),
        few_um=random.random((10_000, 3)) * [11000, 13000, 7000],
    )
    return file


def measure(
    script: str, cases: list[tuple[object, object]], keep: dict[str, float] | None = None, **variables: str
) -> dict[str, float]:
    found = dict(keep or {})
    for case in cases:
        new = run([sys.executable, str(HERE / script), *map(str, case)], os.environ | {"VTK_SILENT": "1"} | variables)
        found |= {name: value for name, value in new.items() if name not in found or name != "memory_mb"}
        found["memory_mb"] = max(found["memory_mb"], new["memory_mb"])
    return found


def measure_reference(atlas_folder: Path, scene: Path) -> dict[str, float]:
    if not (PEER / "bin" / "python").is_file() or shutil.which("xvfb-run") is None:
        return {}
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1920x1280x24"]
    # Its preparation writes into the folder.
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(atlas_folder, copy, dirs_exist_ok=True, copy_function=shutil.copyfile)
        return run([*screen, str(PEER / "bin" / "python"), str(HERE / "theirs.py"), copy, str(scene)], os.environ)


def run(command: list[str], environment: "os._Environ[str] | dict[str, str]") -> dict[str, float]:
    done = subprocess.run(command, capture_output=True, text=True, env=dict(environment), check=False)
    for line in done.stdout.splitlines():
        if line.startswith("RESULT "):
            found: dict[str, float] = json.loads(line.removeprefix("RESULT "))
            return found
    raise SystemExit(f"{' '.join(command)} gave no result:\n{done.stderr[-2000:]}")


def show(ours: dict[str, float], plain: dict[str, float], theirs: dict[str, float]) -> None:
    print(f"{'':42} {'ours':>9} {'VTK alone':>10} {'ratio':>6} {'IBL Viewer':>11} {'times':>7}  target")
    for step in STEPS:
        mine = ours[step.name]
        bare = plain.get(step.plain or step.name)
        other = theirs.get(step.theirs or step.name)
        cells = [f"{mine:9.4f}", f"{bare:10.4f}" if bare else " " * 10, f"{mine / bare:6.2f}" if bare else " " * 6]
        cells += [f"{other:11.4f}" if other else " " * 11, f"{other / mine:7.1f}" if other else " " * 7]
        print(f"{step.words:42} {' '.join(cells)}  {step.target or ''}")


main()
