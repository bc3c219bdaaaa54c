import json
import struct
import subprocess
import sys
import zipfile
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bregma.atlas import Atlas, phantom_atlas
from bregma.viewer import Camera, Look, Scene, ViewerError
from bregma.viewer.render import picture
from bregma.viewer.render.lettering import list_marks
from bregma.viewer.render.marks import Box, Ramp, Words
from bregma.viewer.render.picture import draw_picture

pytestmark = pytest.mark.usefixtures("opengl")

SIZE = (160, 120)
PLACES = np.array([[0.001, -0.002, -0.003], [-0.001, -0.002, -0.003]])


@cache
def atlas() -> Atlas:
    return phantom_atlas(24)


def make_scene() -> Scene:
    return Scene(atlas(), title="Phantom").add_region("TH").add_points(PLACES, rgb=(0, 255, 0), size=40)


def frames_of(path: Path) -> tuple[list[np.ndarray], Fraction]:
    av = pytest.importorskip("av")
    with av.open(str(path)) as container:
        rate = container.streams.video[0].average_rate
        return [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)], rate


def test_a_picture_in_tiles_is_the_picture_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = make_scene().split(["TH", "Points"])
    whole = draw_picture(scene, size=SIZE).astype(int)
    monkeypatch.setattr(picture, "_TILE", 70)
    monkeypatch.setattr(picture, "_SEAM", 16)
    assert np.mean(np.abs(draw_picture(scene, size=SIZE) - whole).max(axis=-1) > 8) < 0.001


@pytest.mark.long
def test_tiles_fit_together_in_perspective_too(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = make_scene().change(camera=Camera(perspective=True))
    whole = draw_picture(scene, size=SIZE).astype(int)
    monkeypatch.setattr(picture, "_TILE", 70)
    assert np.mean(np.abs(draw_picture(scene, size=SIZE) - whole).max(axis=-1) > 8) < 0.001


def test_a_transparent_picture_over_white_is_the_picture_on_white() -> None:
    scene = make_scene()
    clear = draw_picture(scene, size=SIZE, transparent=True).astype(float)
    share = clear[..., 3:] / 255
    assert clear[0, 0, 3] == 0
    assert share.max() == 1
    on_white = draw_picture(scene.change(look=Look.paper()), size=SIZE)
    np.testing.assert_allclose(clear[..., :3] * share + 255 * (1 - share), on_white, atol=4)


@pytest.mark.parametrize(
    ("ending", "begin"), [("png", b"\x89PNG"), ("jpg", b"\xff\xd8\xff"), ("jpeg", b"\xff\xd8\xff")]
)
def test_the_ending_says_what_kind_of_picture_it_is(tmp_path: Path, ending: str, begin: bytes) -> None:
    assert make_scene().save(tmp_path / f"scene.{ending}", size=SIZE).read_bytes().startswith(begin)


@pytest.mark.long
def test_letters_stay_letters_in_vector_pictures_and_are_the_same_again(tmp_path: Path) -> None:
    scene = make_scene()
    drawn = scene.save(tmp_path / "scene.svg", size=(400, 300)).read_text(encoding="utf-8")
    assert ">Phantom</text>" in drawn
    assert "<image" in drawn
    first = scene.save(tmp_path / "scene.pdf", size=(400, 300)).read_bytes()
    assert first.startswith(b"%PDF")
    assert scene.save(tmp_path / "again.pdf", size=(400, 300)).read_bytes() == first


def test_what_a_file_cannot_hold_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    scene = make_scene()
    for name, how, words in (
        ("scene.jpg", {"transparent": True}, "save scene.png instead"),
        ("scene.png", {"fps": 3}, "takes transparent, lettered"),
        ("scene.docx", {}, "a scene is saved as"),
        ("scene.mp4", {"turn": 360, "cameras": (Camera(), Camera())}, "not both"),
        ("scene.mp4", {"seconds": 0}, "3600 seconds"),
    ):
        with pytest.raises(ViewerError, match=words):
            scene.save(tmp_path / name, size=SIZE, **how)
    with pytest.raises(ViewerError, match="hide 'Annotation' first"):
        scene.add_annotation().save(tmp_path / "scene.glb")
    assert list(tmp_path.iterdir()) == []


def test_a_turn_has_its_pictures_and_leaves_the_scene_as_it_is(tmp_path: Path) -> None:
    scene, shares = make_scene(), []
    before = scene.state
    path = scene.save(tmp_path / "turn.mp4", size=(161, 120), seconds=1, fps=8, progress=shares.append)
    frames, rate = frames_of(path)
    assert (len(frames), frames[0].shape, rate) == (8, (120, 160, 3), 8)
    assert np.abs(frames[0] - frames[4]).mean() > 1
    assert scene.state is before
    assert shares[-1] == 1.0


def test_a_movie_of_values_goes_through_their_time(tmp_path: Path) -> None:
    scene = Scene(atlas(), view="dorsal")
    scene.add_points(PLACES[:1], values=[[0.0], [1.0]], times=[0.0, 2.0], colormap="gray", size=300, interpolate=True)
    frames, _ = frames_of(scene.save(tmp_path / "time.mp4", size=SIZE, seconds=1, fps=5, lettered=False))
    brightest = [int(frame.max()) for frame in frames]
    assert brightest == sorted(brightest)
    assert brightest[-1] - brightest[0] > 100


@pytest.mark.long
def test_a_flight_begins_and_ends_at_its_cameras(tmp_path: Path) -> None:
    scene = make_scene()
    cameras = (Camera(view="dorsal"), Camera(view="left"))
    how: dict[str, Any] = {"size": SIZE, "seconds": 1, "fps": 4, "lettered": False}
    frames, _ = frames_of(scene.save(tmp_path / "fly.mp4", cameras=cameras, **how))
    for frame, view in ((frames[0], "dorsal"), (frames[-1], "left")):
        assert np.abs(frame - draw_picture(scene.look_from(view), size=SIZE)).mean() < 4


def test_a_gif_goes_round_for_ever(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    path = make_scene().save(tmp_path / "turn.gif", size=(80, 60), seconds=1, fps=5)
    with image.open(path) as found:
        assert (found.n_frames, found.size, found.info["loop"]) == (5, (80, 60), 0)


def test_a_movie_that_fails_half_way_leaves_no_file(tmp_path: Path) -> None:
    def fail(share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_scene().save(tmp_path / "turn.mp4", size=SIZE, seconds=1, fps=4, progress=fail)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def gltf(tmp_path: Path) -> tuple[dict[str, Any], bytes]:
    scene = make_scene().slice("coronal", ap=-0.002).add_insertions(PLACES[:1], PLACES[1:], size=1)
    data = scene.save(tmp_path / "scene.glb").read_bytes()
    assert (data[:4], struct.unpack("<II", data[4:12])) == (b"glTF", (2, len(data)))
    length = struct.unpack("<I", data[12:16])[0]
    return json.loads(data[20 : 20 + length]), data[28 + length :]


def test_a_glb_has_a_node_for_each_layer_in_metres(gltf: tuple[dict[str, Any], bytes]) -> None:
    contents, binary = gltf
    assert [node["name"] for node in contents["nodes"]] == ["brain", "TH", "Points", "Coronal", "Insertions"]
    assert contents["buffers"][0]["byteLength"] == len(binary)
    position = contents["accessors"][contents["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]
    view = contents["bufferViews"][position["bufferView"]]
    places = np.frombuffer(binary, np.float32, position["count"] * 3, view["byteOffset"]).reshape(-1, 3)
    voxels = np.argwhere(atlas().mask("TH")) * atlas().spacing + np.array(atlas().origin)
    np.testing.assert_allclose(
        [places.min(axis=0), places.max(axis=0)], [voxels.min(0), voxels.max(0)], atol=atlas().spacing
    )


def test_every_index_of_a_glb_points_to_a_vertex(gltf: tuple[dict[str, Any], bytes]) -> None:
    contents, binary = gltf
    primitives = [part for mesh in contents["meshes"] for part in mesh["primitives"]]
    assert {part["mode"] for part in primitives} <= {0, 1, 4}
    for part in primitives:
        counts = {contents["accessors"][index]["count"] for index in part["attributes"].values()}
        assert len(counts) == 1
        if "indices" in part:
            about = contents["accessors"][part["indices"]]
            start = contents["bufferViews"][about["bufferView"]]["byteOffset"]
            assert np.frombuffer(binary, np.uint32, about["count"], start).max() < counts.pop()


def test_an_archive_holds_volumes_too(tmp_path: Path) -> None:
    path = make_scene().add_annotation().save(tmp_path / "scene.vtksz")
    with zipfile.ZipFile(path) as archive:
        scene = json.loads(archive.read("index.json"))["scene"]
    kinds = [part["type"] for part in scene["dependencies"][0]["dependencies"]]
    assert "vtkVolume" in kinds
    assert kinds.count("vtkActor") >= 2


def test_a_picture_says_what_its_colours_mean() -> None:
    scene = make_scene()
    scene.update("Points", values=None)
    scene.add_points(PLACES, name="Units", values=[np.nan, 3.5], limits=(-1, 4), label="firing rate (Hz)")
    marks = list_marks(scene, (1600, 1000))
    words = [mark.text for mark in marks if isinstance(mark, Words)]
    for expected in (
        "Phantom",
        "TH  Thalamus",
        "2 points",
        "firing rate (Hz)",
        "no value",
        "4",
        "\N{MINUS SIGN}1",
        "2 mm",
    ):
        assert expected in words
    assert {"L", "R", "A", "P", "D", "V"} <= set(words)
    assert scene.credit in words
    assert sum(isinstance(mark, Ramp) for mark in marks) == 1
    assert any(isinstance(mark, Box) and mark.colour == (0, 255, 0) for mark in marks)
    plain = scene.change(look=Look(legend=False, axes=False, scale_bar=False, credit=False))
    assert [mark.text for mark in list_marks(plain, (1600, 1000)) if isinstance(mark, Words)] == [
        "Phantom",
        scene.atlas.name,
    ]


def test_letters_are_dark_on_paper_and_bright_in_the_dark() -> None:
    scene = make_scene()
    for look, is_dark in ((Look(), False), (Look.paper(), True)):
        title = next(mark for mark in list_marks(scene.change(look=look), (800, 600)) if isinstance(mark, Words))
        assert (sum(title.colour) < 3 * 128) == is_dark


@pytest.mark.parametrize(("zoom", "length"), [(1.0, "2 mm"), (10.0, "200 µm")])
def test_the_scale_bar_has_a_round_length_and_is_as_long_as_it_says(zoom: float, length: str) -> None:
    scene = make_scene().change(camera=Camera(zoom=zoom))
    assert length in [mark.text for mark in list_marks(scene, (800, 600)) if isinstance(mark, Words)]


NO_OPENGL = """
from bregma.atlas import phantom_atlas
from bregma.viewer import NoOpenGL, Scene
from bregma.viewer.render import opengl
from bregma.viewer.render.picture import draw_picture
from bregma.viewer.render.window import Window

opengl.can_draw = lambda window: False
scene = Scene(phantom_atlas(24)).add_region("TH")
print(draw_picture(scene, size=(32, 32)).shape)
for attempt in (
    lambda: Window(scene),
    lambda: scene.save("turn.mp4", size=(32, 32)),
    lambda: draw_picture(scene, size=(32, 32), transparent=True),
    lambda: draw_picture(scene.slice("coronal", name="Cut"), size=(32, 32)),
):
    try:
        attempt()
    except NoOpenGL as error:
        print(error)
"""


def test_without_opengl_what_can_be_is_drawn_and_the_rest_says_what_to_install(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", NO_OPENGL], capture_output=True, text=True, check=False, cwd=tmp_path)
    shape, *errors = done.stdout.splitlines()
    assert (done.stderr, shape, len(errors)) == ("", "(32, 32, 3)", 4)
    assert all("apt-get install libegl1" in error for error in errors[:3])
    assert "'Cut'" in errors[3]
    assert list(tmp_path.iterdir()) == []
