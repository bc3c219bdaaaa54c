"""What is imported when it is first asked for: public names of a room, so that importing it stays quick, and extras."""

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


class PackageMissing(ImportError):
    """A package that only some of bregma needs is not installed."""


def need_package(name: str, extra: str) -> None:
    """Check that a package of one of bregma's extras is there.

    Raises
    ------
    PackageMissing
        If not; says how to install it.
    """
    try:
        import_module(name)
    except ModuleNotFoundError as error:
        raise PackageMissing(f"this needs the package {name}: pip install 'bregma[{extra}]'", name=name) from error
