"""Loops that numba compiles: where it is absent or broken, where it can keep nothing, and from many threads at once."""

import importlib.util
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from bregma.brainbox import compiled as machinery
from bregma.brainbox.compiled import compiled, in_threads, without_numba

LOOP = """
def double(values):
    made = np.empty_like(values)
    for i in range(values.size):
        made[i] = 2 * values[i]
    return made
"""


def make_loop() -> Any:
    """Return a loop that no file holds, so that nothing of it can be kept, and a twin that tells itself apart."""
    names: dict[str, Any] = {"np": np}
    exec(LOOP, names)
    return compiled(lambda values: -values)(names["double"])


def load_afresh() -> ModuleType:
    """Return the module as it is before anything was compiled or looked for."""
    spec = importlib.util.spec_from_file_location("afresh", machinery.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_loop_is_compiled_where_nothing_can_be_kept() -> None:
    np.testing.assert_array_equal(make_loop()(np.arange(3)), [0, 2, 4])


def test_many_threads_may_be_the_first_to_call() -> None:
    double = make_loop()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(double, [np.arange(100.0)] * 16))
    assert all((each == 2 * np.arange(100.0)).all() for each in found)


def test_the_twin_runs_while_numba_is_set_aside() -> None:
    double = make_loop()
    with without_numba():
        np.testing.assert_array_equal(double(np.arange(3)), [0, -1, -2])
    np.testing.assert_array_equal(double(np.arange(3)), [0, 2, 4])


@pytest.mark.usefixtures("_broken_numba")
def test_a_numba_that_does_not_load_is_told_of_once_and_done_without() -> None:
    double = load_afresh().compiled(lambda values: -values)(lambda values: 2 * values)
    with pytest.warns(RuntimeWarning, match=r"needs an older numpy") as told:
        assert [double(1), double(2)] == [-1, -2]
    assert len(told) == 1


@pytest.fixture
def _broken_numba(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "numba").mkdir()
    (tmp_path / "numba" / "__init__.py").write_text("raise ImportError('Numba needs an older numpy')")
    for name in [name for name in sys.modules if name == "numba" or name.startswith("numba.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.parametrize("size", [0, 10_000_000])
def test_threads_do_each_item_once(size: int) -> None:
    done = np.zeros(37, dtype=int)

    def work(start: int, stop: int) -> None:
        done[start:stop] += 1

    in_threads(work, done.size, size=size)
    assert (done == 1).all()
