"""IBL Viewer 2.4.7 on the same scenes: run by the peer's own Python 3.9, under a virtual screen.

The package moved to other names since 2022: what it imports of ibllib is taken from iblatlas, and a module it never
uses is stood in for by an empty one.
"""

import json
import resource
import sys
import time
import types

BEGIN = time.perf_counter()


def stand_in() -> None:
    import iblatlas.atlas
    import iblatlas.regions

    sys.modules["ibllib"] = types.ModuleType("ibllib")
    sys.modules["ibllib.atlas"] = iblatlas.atlas
    sys.modules["ibllib.atlas.regions"] = iblatlas.regions
    sys.modules["ibllib"].atlas = iblatlas.atlas
    unused = types.ModuleType("ipywebrtc.webrtc")
    unused.VideoStream = object
    sys.modules["ipywebrtc"] = types.ModuleType("ipywebrtc")
    sys.modules["ipywebrtc.webrtc"] = unused


stand_in()
import iblatlas.atlas  # noqa: E402
import numpy as np  # noqa: E402
from iblviewer.mouse_brain import MouseBrainViewer  # noqa: E402

SIZE = (1280, 720)
FOUND: dict = {"import": time.perf_counter() - BEGIN}


def timed(name: str, work, rounds: int = 1) -> None:
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    FOUND[name] = sorted(times)[len(times) // 2]


def open_viewer(folder: str) -> MouseBrainViewer:
    plain = iblatlas.atlas.AllenAtlas

    class FromFolder(plain):
        def __init__(self, resolution: int = 50) -> None:
            super().__init__(resolution, hist_path=folder)

    iblatlas.atlas.AllenAtlas = FromFolder
    FromFolder(50)  # its own prepared file is made once, as ours is
    begin = time.perf_counter()
    viewer = MouseBrainViewer()
    viewer.initialize(resolution=50, mapping="Allen", embed_ui=False, offscreen=True)
    viewer.plot.window.SetSize(*SIZE)
    FOUND["open"] = time.perf_counter() - begin
    return viewer


def main(folder: str, points_file: str) -> None:
    viewer = open_viewer(folder)

    def show() -> None:
        viewer.show(interactive=False)
        viewer.plot.window.Render()

    timed("first_picture", show)

    def turn() -> None:
        viewer.plot.camera.Azimuth(5)
        viewer.plot.window.Render()

    timed("frame", turn, 3)
    random = np.random.default_rng(0)

    def recolour() -> None:
        viewer.assign_scalars(random.random(2655).tolist(), [0, 1], "viridis")
        viewer.plot.window.Render()

    timed("value_map", recolour, 3)
    FOUND["time_step_volume"] = FOUND["value_map"]

    def isosurface() -> None:
        viewer.atlas_controller.isosurface(int(np.flatnonzero(viewer.ibl_model.atlas.regions.acronym == "CP")[0]))
        viewer.plot.window.Render()

    timed("region_surface", isosurface)
    xyz = np.load(points_file)["few_um"]

    def add() -> None:
        viewer.add_points(xyz, radius=8, values=np.arange(len(xyz)), screen_space=True)
        viewer.plot.window.Render()

    timed("points_10k", add)
    FOUND["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("RESULT " + json.dumps(FOUND))


main(*sys.argv[1:3])
