"""Our side: the same scenes as a user would write them."""

import json
import resource
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

BEGIN = time.perf_counter()
BEGIN_CPU = time.process_time()

import bregma.viewer  # noqa: E402, F401

SIZE = (1280, 720)
FOUND: dict[str, float] = {"import": time.perf_counter() - BEGIN, "import_cpu": time.process_time() - BEGIN_CPU}


def timed(name: str, work: Callable[[], Any], rounds: int = 1) -> Any:
    times, result = [], None
    for _ in range(rounds):
        begin = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - begin)
    FOUND[name] = sorted(times)[len(times) // 2]
    return result


def turn(window: Any) -> None:
    window.panes[0].renderer.GetActiveCamera().Azimuth(5)
    window.render()


def volume_case(folder: str) -> None:
    """The annotation at 50 µm: first picture, frames, values, slices."""
    import numpy as np

    from bregma.atlas import load_atlas
    from bregma.viewer import Scene
    from bregma.viewer.render.window import Window

    atlas = timed("open", lambda: load_atlas(folder, resolution_um=50))
    scene = Scene(atlas).add_annotation()

    def show() -> Any:
        window = Window(scene, SIZE)
        window.render()
        return window

    window = timed("first_picture", show)
    timed("frame", lambda: turn(window), 5)
    random = np.random.default_rng(0)

    def recolour() -> None:
        values = dict(zip(atlas.regions.acronyms[1:1328], random.random(1327).tolist(), strict=True))
        scene.map_values(values, layers=["Annotation"])
        window.render()

    timed("value_map", recolour, 5)
    scene.update("Annotation", values=None)
    for direction in ("sagittal", "coronal", "horizontal"):
        scene.slice(direction, outlines=False)
    window.render()
    timed("volume_and_3_slices", lambda: turn(window), 5)
    scene.hide_layer("Annotation")
    window.render()
    places = iter(np.arange(1, 20) * 50e-6)

    def move() -> None:
        scene.update("Coronal", origin=(0.0, next(places), 0.0))
        window.render()

    timed("slice_moved", move, 5)
    timed("pick_slice", lambda: window.pick(640, 360), 5)


def time_case(folder: str) -> None:
    """Values of regions that change: one step and its picture, on the volume."""
    import numpy as np

    from bregma.atlas import load_atlas
    from bregma.viewer import Scene, Values
    from bregma.viewer.render.window import Window

    atlas = load_atlas(folder, resolution_um=50)
    random = np.random.default_rng(0)
    steps = Values(data=random.random((20, len(atlas.regions))), times=np.arange(20.0))
    scene = Scene(atlas).add_annotation(values=steps)
    window = Window(scene, SIZE)
    window.render()
    moments = iter(np.arange(1.0, 20.0))

    def step() -> None:
        scene.change(moment=float(next(moments)))
        window.render()

    timed("time_step_volume", step, 5)
    window.set_dragging(True)
    timed("time_step_volume_playing", step, 5)


def points_case(file: str) -> None:
    """A million points, every one in another colour at each step."""
    import numpy as np

    from bregma.viewer import Scene, Values
    from bregma.viewer.render.window import Window

    xyz = np.load(file)["xyz_mm"] / np.float32(1e3) - np.float32(5e-3)
    random = np.random.default_rng(0)
    values = Values(data=random.random((8, len(xyz)), dtype=np.float32), times=np.arange(8.0))
    scene = Scene().add_points(xyz, values=values, size=3 / 0.72)
    window = Window(scene, SIZE)
    timed("points_first", window.render)
    moments = iter(np.arange(1.0, 8.0))

    def step() -> None:
        scene.change(moment=float(next(moments)))
        window.render()

    timed("points_step", step, 5)
    scene.add_points(xyz[:10_000], name="few")
    timed("points_10k", window.render)


def surfaces_case(folder: str) -> None:
    """The surfaces of all regions, recoloured, and what is under the mouse."""
    import numpy as np

    from bregma.atlas import load_atlas
    from bregma.viewer import RegionSurfaces, Scene, Values
    from bregma.viewer.render.surfaces import KEEPER, region_surfaces
    from bregma.viewer.render.window import Window

    atlas = load_atlas(folder, resolution_um=50)

    def first() -> tuple[Scene, Any]:
        scene = Scene(atlas).add(RegionSurfaces(mapping="Allen"))
        window = Window(scene, SIZE)
        window.render()
        return scene, window

    scene, window = timed("surfaces_first", first)
    for thread in threading.enumerate():
        if thread.name == KEEPER:
            thread.join()
    region_surfaces.cache_clear()
    timed("surfaces_again", first)
    random = np.random.default_rng(0)

    def recolour() -> None:
        scene.update("Regions", values=Values(data=random.random(len(atlas.regions))))
        window.render()

    timed("surfaces_recoloured", recolour, 5)
    window.pick(600, 360)
    timed("pick", lambda: window.pick(640, 360), 5)

    def region() -> None:
        scene.hide_layer("Regions").add_region("CP")
        window.render()

    timed("region_surface", region)


CASES = {"volume": volume_case, "time": time_case, "points": points_case, "surfaces": surfaces_case}


def main(case: str, source: str) -> None:
    from bregma.viewer.render.opengl import choose_opengl

    choose_opengl()  # tried once on a machine, and known from then on
    CASES[case](source)
    FOUND["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("RESULT " + json.dumps(FOUND))


if __name__ == "__main__":
    main(*sys.argv[1:3])
