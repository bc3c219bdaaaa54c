"""What is imported when it is first asked for: public names of a room, so that importing it stays quick, and extras."""

import ast
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
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


def import_from_stub(package: str) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a package whose public names stand in its stub, ``__init__.pyi``, and nowhere else.

    Every line of the stub is ``from package.module import name as name``. The package gets its ``__all__`` from it.
    """
    here = vars(sys.modules[package])
    stub = ast.parse(Path(here["__file__"]).with_suffix(".pyi").read_text(encoding="utf-8"))
    imports = [line for line in stub.body if isinstance(line, ast.ImportFrom) and line.module]
    names: dict[str, list[str]] = {}
    for line in imports:
        module = str(line.module).removeprefix(f"{package}.")
        names.setdefault(module, []).extend(alias.name for alias in line.names)
    here["__all__"] = sorted(name for inside in names.values() for name in inside)
    return import_later(package, names)


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
