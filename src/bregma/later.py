"""Public names of a room that are imported when they are first asked for: importing the room itself stays quick."""

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any


def import_later(package: str, names: Mapping[str, Iterable[str]]) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a package, from its name and the public names in each of its modules.

    ``dir`` of the package tells these names too, to people who complete them and to the documentation.
    """
    here = vars(sys.modules[package])
    homes = {name: module for module, inside in names.items() for name in inside}

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    here["__dir__"] = lambda: sorted({*here, *homes})
    return find
