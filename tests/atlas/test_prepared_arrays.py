"""What is kept prepared survives kills, damage, several processes at once, and disks without room."""

import multiprocessing
import os
import resource
import signal
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from bregma.atlas import InvalidAtlas, prepared
from bregma.atlas.prepared import open_kept, open_prepared

SHAPE = (100, 100, 110)


def fill(target: npt.NDArray[np.uint16]) -> None:
    target[...] = 7


def fill_slowly(target: npt.NDArray[np.uint16]) -> None:
    target[:50] = 7
    time.sleep(60)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "annotation[1].npy"
    path.write_bytes(b"x")
    return path


def prepare(source: Path, how: object = fill) -> npt.NDArray[np.uint16]:
    return open_prepared(source, "", SHAPE, how, source.parent / "cache")  # type: ignore[arg-type]


def kept(source: Path, pattern: str = "*.npy") -> list[Path]:
    return list((source.parent / "cache" / "prepared").glob(pattern))


@pytest.mark.parametrize("damage", [b"", b"\x93NUMPY", b"junk" * 100])
def test_a_prepared_array_that_is_damaged_is_made_anew(source: Path, damage: bytes) -> None:
    assert (prepare(source) == 7).all()
    kept(source)[0].write_bytes(damage)
    assert (prepare(source) == 7).all()
    assert kept(source)[0].stat().st_size > 2 * np.prod(SHAPE)


def test_a_prepared_array_that_was_cut_short_is_made_anew(source: Path) -> None:
    prepare(source)
    with kept(source)[0].open("r+b") as file:
        file.truncate(1000)
    assert (prepare(source) == 7).all()


def test_what_a_killed_process_left_is_cleared_away(source: Path) -> None:
    process = multiprocessing.get_context("fork").Process(target=prepare, args=(source, fill_slowly))
    process.start()
    while not kept(source, ".*.part"):
        time.sleep(0.01)
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert kept(source) == []
    assert (prepare(source) == 7).all()
    assert len(kept(source)) == 1
    assert kept(source, ".*.part") == []


def test_of_several_processes_one_prepares(source: Path) -> None:
    context = multiprocessing.get_context("fork")
    made = context.Value("i", 0)

    def count(target: npt.NDArray[np.uint16]) -> None:
        with made.get_lock():
            made.value += 1
        fill(target)

    processes = [context.Process(target=prepare, args=(source, count)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    assert made.value == 1


def test_without_room_the_array_is_made_in_memory(source: Path, caplog: pytest.LogCaptureFixture) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, limits[1]))
        array = prepare(source)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert (array == 7).all()
    assert not array.flags.writeable
    assert "not kept prepared" in caplog.text
    assert kept(source, "*npy") == kept(source, ".*.part") == []


def test_where_nothing_can_be_written_the_array_is_made_in_memory(source: Path) -> None:
    (source.parent / "cache").write_text("a file, no folder")
    assert (prepare(source) == 7).all()


def test_what_cannot_be_filled_leaves_nothing(source: Path) -> None:
    def refuse(target: npt.NDArray[np.uint16]) -> None:
        raise InvalidAtlas("no annotation")

    with pytest.raises(InvalidAtlas, match="no annotation"):
        prepare(source, refuse)
    assert [path.name for path in (source.parent / "cache" / "prepared").iterdir()] == [".lock"]


def test_the_array_of_an_older_state_of_the_file_goes(source: Path) -> None:
    prepare(source)
    source.write_bytes(b"another")
    prepare(source)
    assert len(kept(source)) == 1


@pytest.mark.parametrize("damage", [b"", b"junk", b"PK\x03\x04junk"])
def test_kept_results_that_are_damaged_are_made_anew(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "kept.npz"
    path.write_bytes(damage)
    for made in (3.0, 4.0):
        found = open_kept(path, lambda made=made: {"x": np.array(made)}, size=prepared._WORTH_KEEPING)  # type: ignore[misc]
        assert found["x"] == 3.0
