"""What must not matter to any public function: the kind of array, that it cannot be written, the global generator."""

import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.brainbox.public_calls import CALLS

import bregma.brainbox
from bregma.brainbox.compiled import without_numba

FAST = sorted(set(CALLS) - {"profile_psychometric", "bootstrap_psychometric"})
WITH_RNG = sorted(name for name in CALLS if "rng" in inspect.signature(getattr(bregma.brainbox, name)).parameters)


def call(name: str, arguments: dict[str, Any]) -> Any:
    found = getattr(bregma.brainbox, name)(**arguments)
    return list(found) if inspect.isgenerator(found) else found


def check_equal(found: Any, expected: Any, *, rtol: float = 1e-9) -> None:  # noqa: C901 - a case for each kind of result
    """Compare results of any kind, field by field."""
    if is_dataclass(expected):
        for item in fields(expected):
            check_equal(getattr(found, item.name), getattr(expected, item.name), rtol=rtol)
    elif isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(found, expected, rtol=rtol, check_dtype=False)
    elif isinstance(expected, dict):
        for key, value in expected.items():
            check_equal(found[key], value, rtol=rtol)
    elif isinstance(expected, list | tuple):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            check_equal(one, other, rtol=rtol)
    elif isinstance(expected, np.ndarray) and expected.dtype.kind in "fiubc":
        np.testing.assert_allclose(found, expected, rtol=rtol, atol=1e-12)
    elif isinstance(expected, np.ndarray):
        np.testing.assert_array_equal(found, expected)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=rtol, nan_ok=True)


def on_arrays(arguments: dict[str, Any], change: Callable[[np.ndarray], Any]) -> dict[str, Any]:
    """Return the arguments with every array of numbers changed."""
    return {
        name: change(value) if isinstance(value, np.ndarray) and value.dtype.kind in "fi" else value
        for name, value in arguments.items()
    }


def read_only(array: np.ndarray) -> np.ndarray:
    """Return numbers that no function can change."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def big_endian(array: np.ndarray) -> np.ndarray:
    return array.astype(array.dtype.newbyteorder(">"))


def spread_out(array: np.ndarray) -> np.ndarray:
    """Return the same numbers, every other one of an array twice as long."""
    return np.repeat(array, 2, axis=0)[::2]


def as_series(array: np.ndarray) -> Any:
    return pd.Series(array, index=np.arange(len(array))[::-1] + 7) if array.ndim == 1 else array


def of_32_bits(array: np.ndarray) -> np.ndarray:
    return array.astype(np.int32) if array.dtype.kind == "i" else array


OTHERS = [pytest.param(change, marks=pytest.mark.long) for change in (big_endian, spread_out, as_series, of_32_bits)]


@pytest.mark.parametrize("change", [read_only, *OTHERS])
def test_the_kind_of_array_does_not_matter(change: Callable[[np.ndarray], Any]) -> None:
    different = []
    for name in FAST:
        arguments = CALLS[name]()
        changed = on_arrays(CALLS[name](), change)
        try:
            check_equal(call(name, changed), call(name, arguments))
        except Exception as error:  # all functions are tried before any is reported
            different.append(f"{name}: {type(error).__name__} {str(error)[:200]}")
    assert not different, "\n".join(different)


@pytest.mark.parametrize("name", WITH_RNG)
def test_random_numbers_come_from_the_generator_given(name: str) -> None:
    np.random.seed(3)
    before = np.random.get_state()[1].copy()
    arguments = CALLS[name]()
    first = call(name, arguments | {"rng": 5})
    check_equal(call(name, arguments | {"rng": 5}), first)
    generator = np.random.default_rng(5)
    check_equal(call(name, arguments | {"rng": generator}), first)
    call(name, arguments | {"rng": None})
    if name != "compute_templates":  # draws only from units with many spikes
        assert generator.bit_generator.state != np.random.default_rng(5).bit_generator.state
    np.testing.assert_array_equal(np.random.get_state()[1], before)


def test_both_engines_agree_on_every_function() -> None:
    for name in FAST:
        compiled = call(name, CALLS[name]())
        with without_numba():
            check_equal(call(name, CALLS[name]()), compiled, rtol=1e-6)


def list_kernels() -> list[str]:
    """Return the loops of the room that are compiled."""
    found = []
    for module in pkgutil.walk_packages(bregma.brainbox.__path__, "bregma.brainbox."):
        loaded = import_module(module.name)
        kernels = [item for item in vars(loaded).values() if is_kernel(item, module.name)]
        found += [f"{module.name}.{item.__name__}" for item in kernels]
    return sorted(found)


def is_kernel(item: object, module: str) -> bool:
    if module == "bregma.brainbox.compiled":
        return False
    return inspect.isfunction(item) and item.__module__ == module and item.__code__.co_filename.endswith("compiled.py")


def test_every_compiled_loop_is_run_by_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of both engines compares a loop with its twin only if a call reaches it."""
    reached, kernels = set(), list_kernels()
    for kernel in kernels:
        module_name, _, name = kernel.rpartition(".")
        module = import_module(module_name)
        compiled = getattr(module, name)

        def record(*args: Any, _kernel: str = kernel, _loop: Any = compiled, **kwargs: Any) -> Any:
            reached.add(_kernel)
            return _loop(*args, **kwargs)

        monkeypatch.setattr(module, name, record)
    for name in FAST:
        call(name, CALLS[name]())
    assert len(kernels) > 10
    assert reached == set(kernels)
