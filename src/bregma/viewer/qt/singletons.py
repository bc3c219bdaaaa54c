"""Keeps None, True and False alive where Qt's binding gives them away once too often."""

import ctypes
import sys

#: More than any sitting will use up.
_SPARE = 1 << 30
_SINGLETONS: tuple[object, ...] = (None, True, False, NotImplemented, Ellipsis)


def spare_singletons() -> None:
    """Give the singletons of Python spare references.

    The wheels of PySide6 6.12 are built for interpreters in which None is immortal (3.12 and later). In Python 3.11
    every call of theirs that returns nothing takes a reference of None that nobody gave, and some minutes of work end
    the process ("none_dealloc: deallocating None"). Where None is immortal nothing is done, nor a second time.
    """
    if sys.version_info >= (3, 12):
        return
    for one in _SINGLETONS:
        if sys.getrefcount(one) < _SPARE // 2:
            ctypes.c_ssize_t.from_address(id(one)).value += _SPARE
