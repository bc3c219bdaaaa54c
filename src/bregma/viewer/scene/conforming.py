"""Fields of a part of a scene: brought to the types they are declared with, or refused."""

import math
import reprlib
from collections.abc import Iterable, Mapping
from enum import Enum
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import numpy as np

from bregma.viewer.errors import InvalidLayer

_PLURAL: dict[Any, str] = {float: "finite numbers", int: "whole numbers", str: "texts"}


def conform(value: Any, declared: Any, what: str) -> Any:
    """Return a value as its field declares it: lists become tuples, numbers of numpy those of Python.

    Arrays stay as they are: each part checks its own.

    Raises
    ------
    InvalidLayer
        If it is of another type, or a number is not finite.
    """
    origin, options = get_origin(declared), get_args(declared)
    if origin in (Union, UnionType):
        wanted = [option for option in options if option is not NoneType]
        return value if value is None or len(wanted) != 1 else conform(value, wanted[0], what)
    if origin is Literal:
        return _choose(value, options, what)
    if origin is tuple:
        return _conform_tuple(value, options, what)
    return _conform_one(value, declared, what) if isinstance(declared, type) else value


def _conform_one(value: Any, declared: type, what: str) -> Any:
    is_flag = isinstance(value, (bool, np.bool_))
    if declared is float:
        if is_flag or not isinstance(value, Real) or not math.isfinite(value):
            raise InvalidLayer(f"{what} is a finite number, not {reprlib.repr(value)}")
        return float(value)
    if declared is int:
        if is_flag or not isinstance(value, Integral):
            raise InvalidLayer(f"{what} is a whole number, not {reprlib.repr(value)}")
        return int(value)
    if declared is bool and is_flag:
        return bool(value)
    if issubclass(declared, Enum):
        return declared(_choose(value, tuple(one.value for one in declared), what))
    if not isinstance(value, declared):
        raise InvalidLayer(f"{what} is of type {declared.__name__}, not {reprlib.repr(value)}")
    return str(value) if declared is str else value


def _choose(value: Any, options: tuple[Any, ...], what: str) -> Any:
    if not isinstance(value, str) or value not in options:
        raise InvalidLayer(f"{what} is one of {', '.join(options)}, not {reprlib.repr(value)}")
    return value


def _conform_tuple(value: Any, options: tuple[Any, ...], what: str) -> tuple[Any, ...]:
    of_any_length = len(options) == 2 and options[1] is Ellipsis
    if of_any_length and _are_parts(value, options[0]):  # hundreds of layers, at each change
        return value  # type: ignore[no-any-return]
    plural = _PLURAL.get(options[0], getattr(options[0], "__name__", "entries"))
    wanted = f"a list of {plural}" if of_any_length else f"{len(options)} {plural}"
    if options == (int, int, int):
        wanted = "a colour, three whole numbers from 0 to 255"
    if not isinstance(value, Iterable) or isinstance(value, (str, bytes, Mapping)):
        raise InvalidLayer(f"{what} is {wanted}, not {reprlib.repr(value)}")
    items = tuple(value)
    kinds = (options[0],) * len(items) if of_any_length else options
    if len(items) != len(kinds):
        raise InvalidLayer(f"{what} is {wanted}, not {reprlib.repr(value)}")
    return tuple(conform(item, kind, f"each of {what} ({wanted})") for item, kind in zip(items, kinds, strict=True))


def _are_parts(value: Any, declared: Any) -> bool:
    return (
        type(value) is tuple
        and isinstance(declared, type)
        and not issubclass(declared, (bool, float, int, str, Enum))
        and all(isinstance(item, declared) for item in value)
    )
