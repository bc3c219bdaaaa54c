"""Public names of a room that are imported when they are first asked for: importing the room itself stays quick."""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any


def import_later(package: str, names: Mapping[str, Iterable[str]]) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a package, from its name and the public names in each of its modules."""
    homes = {name: module for module, inside in names.items() for name in inside}

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return find
