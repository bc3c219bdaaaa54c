"""Movies of a scene: its time series, a turn around the brain, a flight from camera to camera."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from bregma.alf import atomic_write
from bregma.viewer.errors import ViewerError
from bregma.viewer.render.camera import Placement, place_camera, read_camera
from bregma.viewer.render.gestures import circle, fly
from bregma.viewer.render.lettering import letter
from bregma.viewer.render.picture import FINER, Image, average
from bregma.viewer.render.window import Window
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import Camera
from bregma.viewer.scene.timeline import find_timeline

_QUALITY = "18"
_GIF_COLOURS = 255
_LOOKED_AT = 8
_LONGEST_S = 3600.0


@dataclass(frozen=True, kw_only=True)
class Movie:
    """What happens in a movie.

    Parameters
    ----------
    seconds : float
        How long it is.
    fps : float
        Pictures in a second.
    turn : float, optional
        Degrees that the camera goes around the brain; by default once around, unless there is something else to see.
    cameras : sequence of Camera
        Key frames that the camera flies through, evenly in time.
    span : tuple of 2 float, optional
        First and last moment of the scene that is shown; by default all that change with time, and none if nothing
        does.
    lettered : bool
        Whether title, legend and so on are written.
    progress : callable, optional
        Called with the share that is done, after each picture.

    Raises
    ------
    ViewerError
        If it would have no picture, or no end.
    """

    seconds: float = 8.0
    fps: float = 25.0
    turn: float | None = None
    cameras: Sequence[Camera] = ()
    span: tuple[float, float] | None = None
    lettered: bool = True
    progress: Callable[[float], object] | None = None

    def __post_init__(self) -> None:
        if not (0 < self.seconds <= _LONGEST_S and 0 < self.fps <= 240):
            raise ViewerError(
                f"a movie has 0 to 3600 seconds and up to 240 pictures in one, not {self.seconds} x {self.fps}"
            )
        if len(self.cameras) == 1 or (self.cameras and self.turn is not None):
            raise ViewerError("give two or more cameras= to fly between, or turn= to go around: not both")

    @property
    def n_pictures(self) -> int:
        """How many pictures it has."""
        return max(round(self.seconds * self.fps), 1)


def save_movie(scene: Scene, path: Path, size: tuple[int, int], movie: Movie) -> None:
    """Write a scene as .mp4 (H.264) or .gif; the scene stays as it is, and no file is left by what fails.

    Parameters
    ----------
    scene : Scene
        What is seen.
    path : Path
        Where to write.
    size : tuple of 2 int
        Width and height, in pixels; an .mp4 has even ones, so the last row or column may be left out.
    movie : Movie
        What happens.
    """
    even = (size[0] // 2 * 2, size[1] // 2 * 2) if path.suffix.lower() == ".mp4" else size
    if min(even) < 16:
        raise ViewerError(f"a movie has 16 or more pixels along each edge, not {size[0]} x {size[1]}")
    write = _write_mp4 if path.suffix.lower() == ".mp4" else _write_gif
    with atomic_write(path) as file:
        write(file, _draw_pictures(scene.copy(), even, movie), even, movie, scene.credit)


def plan(scene: Scene, movie: Movie, size: tuple[int, int]) -> Iterator[tuple[Camera, float]]:
    """Yield the camera and the moment of each picture."""
    span = movie.span or find_timeline(scene.state).span
    turn = movie.turn if movie.turn is not None or movie.cameras or span else 360.0
    start = place_camera(scene, size)
    stops = [place_camera(scene, size, camera) for camera in movie.cameras]
    # A turn ends just before where it began: then it can go round and round.
    for share in np.linspace(0, 1, movie.n_pictures, endpoint=not turn or bool(stops) or bool(span)).tolist():
        moment = scene.state.moment if span is None else span[0] + share * (span[1] - span[0])
        if stops:
            yield read_camera(_between(stops, share)), moment
        else:
            yield (read_camera(circle(start, share * turn)) if turn else scene.camera), moment


def _between(stops: list[Placement], share: float) -> Placement:
    place = share * (len(stops) - 1)
    first = min(int(place), len(stops) - 2)
    return fly(stops[first], stops[first + 1], place - first)


def _draw_pictures(scene: Scene, size: tuple[int, int], movie: Movie) -> Iterator[Image]:
    with Window(scene, (size[0] * FINER, size[1] * FINER)) as window:
        for index, (camera, moment) in enumerate(plan(scene, movie, size)):
            with scene.together():
                scene.change(camera=camera, moment=moment)
            picture = average(window.draw())
            yield letter(picture, scene) if movie.lettered else picture
            if movie.progress is not None:
                movie.progress((index + 1) / movie.n_pictures)


def _write_mp4(file: BinaryIO, pictures: Iterator[Image], size: tuple[int, int], movie: Movie, credit: str) -> None:
    from fractions import Fraction

    import av

    with av.open(file, "w", format="mp4", options={"movflags": "faststart"}) as container:
        rate = Fraction(movie.fps).limit_denominator(1000)
        stream: Any = container.add_stream("libx264", rate=rate, options={"crf": _QUALITY, "preset": "fast"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        container.metadata["copyright"] = credit
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def _write_gif(file: BinaryIO, pictures: Iterator[Image], size: tuple[int, int], movie: Movie, credit: str) -> None:
    from PIL import Image as Pillow

    drawn = [Pillow.fromarray(picture) for picture in pictures]
    # One table of colours for all, so that nothing flickers.
    step = max(len(drawn) // _LOOKED_AT, 1)
    looked_at = np.concatenate([np.asarray(each) for each in drawn[::step]])
    table = Pillow.fromarray(looked_at).quantize(_GIF_COLOURS)
    frames = [each.quantize(palette=table, dither=Pillow.Dither.FLOYDSTEINBERG) for each in drawn]
    duration = round(1000 / movie.fps)
    about: dict[str, Any] = {"duration": duration, "loop": 0, "comment": credit.encode()}
    frames[0].save(file, format="GIF", save_all=True, append_images=frames[1:], **about)
