"""Every kind of layer as a picture, beside a stored one.

After a change of looks that is meant, renew the stored pictures, and look at each of them before it is committed:

    BREGMA_RENEW_PICTURES=1 .venv/bin/python -m pytest tests/viewer/test_pictures.py
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.viewer.comparing import (
    FOLDER,
    LARGEST,
    MOST_DIFFERENCE,
    MOST_UNLIKE,
    check_picture,
    difference,
    unlike_share,
)

from bregma.atlas import Atlas, phantom_atlas
from bregma.viewer import (
    Camera,
    Connections,
    ImageVolume,
    Lines,
    Look,
    Mesh,
    PathImage,
    Plane,
    Points,
    RegionSurfaces,
    Scene,
    Text,
    Transfer,
    Values,
)
from bregma.viewer.render.lettering import letter
from bregma.viewer.render.picture import draw_picture

pytestmark = pytest.mark.usefixtures("opengl")

SIZE = (180, 144)
LETTERED = (340, 280)
#: Drawn in the long run only: the same kinds of layers in other looks.
MORE = {"annotation_with_values", "brightest_along_the_view", "tilted_slice_of_both", "points_of_many_sizes"}
MORE |= {"cut_away", "words_on_paper", "one_hemisphere_solid"}
PICTURES: dict[str, Callable[[], Scene]] = {}


def picture(make: Callable[[], Scene]) -> Callable[[], Scene]:
    """Let a scene be drawn and compared under its name."""
    PICTURES[make.__name__] = make
    return make


@cache
def atlas() -> Atlas:
    return phantom_atlas(40)


def ramp(n: int, colormap: str = "viridis") -> Values:
    return Values(data=np.linspace(0, 1, n), colormap=colormap)


def cloud(n: int = 150) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 1, (n, 3)) * [0.002, 0.002, 0.0015] + [0, -0.002, -0.004]


@picture
def annotation() -> Scene:
    return Scene(atlas()).add_annotation(opacity=0.35)


@picture
def annotation_with_values() -> Scene:
    return Scene(atlas()).add_annotation(opacity=0.5).map_values({"TH": 1.0, "CP": 2.0, "HPF": 3.0})


@picture
def regions_as_glass() -> Scene:
    return Scene(atlas()).add_region("TH").add_region("CP").add_region("SSp", opacity=0.2)


@picture
def one_hemisphere_solid() -> Scene:
    return Scene(atlas(), view="dorsal").add_region("TH", hemisphere="left", opacity=1.0).add_region("CP", opacity=1.0)


@picture
def all_surfaces_exploded() -> Scene:
    return Scene(atlas()).add(RegionSurfaces(mapping="Cosmos", explode=0.4))


@picture
def slices_of_annotation() -> Scene:
    return Scene(atlas()).slice("coronal", ap=-0.002).slice("sagittal", ml=0.001).slice("horizontal", dv=-0.004)


@picture
def tilted_slice_of_both() -> Scene:
    return Scene(atlas()).slice(origin=(0, -0.002, -0.004), normal=(0.4, 1, 0.3), of="both")


@picture
def template_as_volume() -> Scene:
    return Scene(atlas()).add(ImageVolume(name="Template", transfer=Transfer(colormap="bone")))


@picture
def brightest_along_the_view() -> Scene:
    return Scene(atlas()).add(ImageVolume(name="Template", transfer=Transfer(colormap="magma"), blend="maximum"))


@picture
def points_with_values() -> Scene:
    values = np.r_[np.full(10, np.nan), np.linspace(0, 1, 140)]
    return Scene(atlas()).add_points(cloud(), values=values, size=25)


@picture
def points_of_many_sizes() -> Scene:
    rgb = np.tile([[255, 120, 90], [90, 200, 255]], (75, 1)).astype(np.uint8)
    return Scene(atlas()).add(Points(name="Cells", xyz=cloud(), rgb=rgb, size=14, sizes=np.linspace(0.5, 3, 150)))


@picture
def insertions() -> Scene:
    entries = np.array([[x, -0.002, 0.0] for x in (-0.003, -0.001, 0.001, 0.003)])
    tips = entries + np.array([0.0005, 0.001, -0.006])
    return Scene(atlas()).add_region("TH").add_insertions(entries, tips, size=8)


@picture
def tracts() -> Scene:
    along = np.linspace(0, 1, 20)
    one = np.c_[0.004 * along - 0.002, 0.002 * np.sin(3 * along) - 0.002, np.full(20, -0.006)]
    paths = [one + np.array([0, 0.0002, 0.0004]) * n for n in range(12)]
    lines = Lines(name="Tracts", xyz=np.concatenate(paths), lengths=np.full(12, 20), size=10, values=ramp(12))
    return Scene(atlas()).add_region("TH").add(lines)


@picture
def mesh_with_values() -> Scene:
    x, y = (part.ravel() for part in np.meshgrid(np.linspace(-0.004, 0.004, 12), np.linspace(-0.006, 0.002, 12)))
    corner = (np.arange(11)[:, None] * 12 + np.arange(11)).ravel()
    faces = np.concatenate([np.c_[corner, corner + 1, corner + 12], np.c_[corner + 1, corner + 13, corner + 12]])
    vertices = np.c_[x, y, -0.004 + 100 * x**2]
    return Scene(atlas()).add(Mesh(name="Sheet", vertices=vertices, faces=faces, values=ramp(144, "coolwarm")))


@picture
def connections() -> Scene:
    nodes = np.array([[0.003, 0.0, -0.003], [-0.003, 0.0, -0.003], [0.0, -0.004, -0.005], [0.001, 0.003, -0.004]])
    edges = np.array([[0, 1], [1, 2], [2, 3], [3, 0]])
    arcs = Connections(name="Arcs", nodes=nodes, edges=edges, widths=np.array([1.0, 2, 3, 4]), values=ramp(4), size=5)
    return Scene(atlas()).add_region("CP", opacity=0.2).add(arcs)


@picture
def image_along_a_track() -> Scene:
    path = np.array([[-0.002, -0.004, -0.001], [-0.002, 0.0, -0.004], [-0.002, 0.002, -0.006]])
    shades = np.linspace(0, 255, 24).astype(np.uint8)
    image = np.tile(np.stack([shades, np.full(24, 90, dtype=np.uint8), shades[::-1]], axis=-1)[:, None], (1, 6, 1))
    strip = PathImage(name="Activity", path=path, image=image, width=1.5e-3, across=(0.0, 0.6, 0.8))
    return Scene(atlas(), view="left").add_region("TH", opacity=0.2).add(strip)


@picture
def words() -> Scene:
    return Scene(atlas()).add_region("TH").add(Text(name="Label", text="Thalamus", xyz=(0.0, -0.002, -0.001), size=90))


@picture
def words_on_paper() -> Scene:
    scene = words().add_insertions([[0.002, -0.002, 0.0]], [[0.002, 0.0, -0.006]], size=10)
    return scene.change(look=Look.paper())


@picture
def cut_away() -> Scene:
    scene = Scene(atlas()).add_annotation(opacity=0.8).add_region("TH", opacity=1.0)
    return scene.change(clipping=(Plane(origin=(0, -0.002, -0.003), normal=(0.3, 1, 0)),))


@picture
def in_perspective() -> Scene:
    scene = Scene(atlas()).add_region("CP", opacity=1.0).add_points(cloud(), rgb=(250, 200, 90), size=20)
    return scene.change(camera=Camera(perspective=True, zoom=1.3))


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.long] if name in MORE else []) for name in PICTURES]
)
def test_a_layer_looks_as_it_did(name: str, tmp_path: Path) -> None:
    check_picture(name, draw_picture(PICTURES[name](), size=SIZE), tmp_path)


@pytest.mark.parametrize("name", ["dark", "paper", "four"])
def test_lettering_looks_as_it_did(name: str, tmp_path: Path) -> None:
    scene = Scene(atlas(), title="A phantom").add_region("TH").add_region("CP", opacity=0.2)
    values = np.r_[np.nan, np.linspace(0, 20, 149)]
    scene.add_points(cloud(), values=values, size=12, name="Units", label="firing rate (Hz)")
    scene.change(look=Look.paper() if name == "paper" else Look(top=(22, 26, 34), bottom=(22, 26, 34)))
    if name == "four":
        scene.split("four")
    check_picture(f"lettered_{name}", letter(draw_picture(scene, size=LETTERED), scene), tmp_path)


def test_what_an_eye_would_see_is_told_apart() -> None:
    seen = draw_picture(regions_as_glass(), size=SIZE)
    moved = draw_picture(Scene(atlas()).add_region("TH").add_region("SSp", opacity=0.2), size=SIZE)
    noisy = np.clip(seen + np.random.default_rng(0).integers(-2, 3, seen.shape), 0, 255).astype(np.uint8)
    assert difference(seen, moved) > MOST_DIFFERENCE or unlike_share(seen, moved) > MOST_UNLIKE
    assert difference(seen, noisy) < MOST_DIFFERENCE
    assert unlike_share(seen, noisy) < MOST_UNLIKE


def test_a_point_that_moves_by_its_size_is_told() -> None:
    place = np.array([[0.0, -0.002, -0.004]])
    pictures = [draw_picture(Scene(atlas()).add_points(place + step, size=60), size=SIZE) for step in (0.0, 6e-4)]
    assert unlike_share(*pictures) > MOST_UNLIKE


def test_every_stored_picture_is_small_and_drawn() -> None:
    stored = {path.stem: path.stat().st_size for path in FOLDER.glob("*.png")}
    assert set(stored) == set(PICTURES) | {"lettered_dark", "lettered_paper", "lettered_four"}
    assert max(stored.values()) <= LARGEST


def test_a_probe_is_drawn_whole_on_the_slice_that_holds_it() -> None:
    scene = Scene(atlas(), view="oblique").slice("coronal", ap=-0.002)
    bare = draw_picture(scene, size=SIZE)
    scene.add_insertions([(0.001, -0.002, -0.0005)], [(0.0015, -0.002, -0.005)], size=6, rgb=(255, 255, 255))
    on_it = int(np.sum(draw_picture(scene, size=SIZE) != bare))
    alone = Scene(atlas(), view="oblique").add_region("root", opacity=0.0)
    bare = draw_picture(alone, size=SIZE)
    alone.add_insertions([(0.001, -0.002, -0.0005)], [(0.0015, -0.002, -0.005)], size=6, rgb=(255, 255, 255))
    assert on_it > 0.8 * np.sum(draw_picture(alone, size=SIZE) != bare)
