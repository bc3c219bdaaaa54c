"""Whose atlas it is goes with every kind of file, and the licences of what draws a page with the page."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bregma.atlas import phantom_atlas
from bregma.viewer import Look, Scene

MOVIE = {"seconds": 0.2, "fps": 10, "lettered": False}


@pytest.fixture(scope="module")
def scene(opengl: None) -> Scene:
    return Scene(phantom_atlas(16)).add_region("TH").change(look=Look(credit=False))


def test_a_picture_without_letters_still_tells_it(scene: Scene, tmp_path: Path) -> None:
    with Image.open(scene.save(tmp_path / "a.png", size=(60, 40), lettered=False)) as image:
        assert image.info["Copyright"] == scene.credit
    with Image.open(scene.save(tmp_path / "a.jpg", size=(60, 40), lettered=False)) as image:
        assert image.info["comment"].decode() == scene.credit


def test_letters_that_stay_letters_tell_it(scene: Scene, tmp_path: Path) -> None:
    assert scene.credit in scene.save(tmp_path / "a.svg", size=(60, 40)).read_text()
    assert b"/Subject (Phantom" in scene.save(tmp_path / "a.pdf", size=(60, 40)).read_bytes()


def test_movies_tell_it(scene: Scene, tmp_path: Path) -> None:
    import av

    with av.open(scene.save(tmp_path / "a.mp4", size=(64, 48), **MOVIE)) as movie:
        assert movie.metadata["copyright"] == scene.credit
    with Image.open(scene.save(tmp_path / "a.gif", size=(64, 48), **MOVIE)) as movie:
        assert movie.info["comment"].decode() == scene.credit


def test_files_for_other_programs_tell_it(scene: Scene, tmp_path: Path) -> None:
    with zipfile.ZipFile(scene.save(tmp_path / "a.vtksz")) as archive:
        assert archive.comment.decode() == scene.credit
    assert scene.credit.encode() in scene.save(tmp_path / "a.glb").read_bytes()


def test_a_page_tells_it_with_the_licences_of_what_draws_it(scene: Scene, tmp_path: Path) -> None:
    pytest.importorskip("trame_vtk")
    page = scene.save(tmp_path / "a.html").read_text()
    assert scene.credit in page
    for words in ("Copyright (c) 2016, Kitware Inc.", "THIS SOFTWARE IS PROVIDED", "Permission is hereby granted"):
        assert words in page


def test_a_picture_in_a_notebook_has_it_written(tmp_path: Path) -> None:
    written = Scene(phantom_atlas(16)).add_region("TH")
    silent = written.copy().change(look=Look(credit=False))
    with_it, without = (np.asarray(Image.open(io.BytesIO(_png(each)))) for each in (written, silent))
    assert (with_it[-40:] != without[-40:]).any()


def _png(scene: Scene) -> bytes:
    import base64

    picture = scene._repr_mimebundle_()["image/png"]
    return base64.b64decode(picture) if isinstance(picture, str) else picture
