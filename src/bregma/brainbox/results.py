"""Results whose arrays know their axes and units, print as shapes, and become xarray datasets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, fields
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.later import need_package

if TYPE_CHECKING:
    import xarray


def axis(name: str, *, unit: str = "") -> Any:
    """Declare a field that holds the coordinates of an axis: one value per place along it."""
    return field(metadata={"dims": (name,), "unit": unit, "axis": name})


def values(*dims: str, unit: str = "", default: Any = ...) -> Any:
    """Declare a field that holds an array with these axes, outermost first; inner ones that it lacks do not count."""
    metadata = {"dims": dims, "unit": unit}
    return field(metadata=metadata) if default is ... else field(metadata=metadata, default=default)


MAX_SHOWN = 4
"""Arrays of more values than this are printed as their shape."""


class Concise:
    """A dataclass that prints a line per field: the shape of an array, not its values."""

    def __init_subclass__(cls, **arguments: Any) -> None:
        """Keep this representation: a dataclass makes one of its own where the class itself has none."""
        super().__init_subclass__(**arguments)
        if "__repr__" not in vars(cls):
            cls.__repr__ = Concise.__repr__  # type: ignore[method-assign]

    def __repr__(self) -> str:
        shown = [item for item in fields(self) if item.repr]  # type: ignore[arg-type] # every subclass is a dataclass
        width = max((len(item.name) for item in shown), default=0)
        lines = [f"  {item.name:{width}}  {self._describe(item.name, item.metadata)}" for item in shown]
        return "\n".join([type(self).__name__, *lines])

    def _describe(self, name: str, declared: Mapping[str, Any]) -> str:
        content = getattr(self, name)
        words = [_describe_content(content).replace("\n", "\n  ")]
        if isinstance(content, np.ndarray) and "dims" in declared:
            words += [" × ".join(declared["dims"]), declared["unit"]]
        return "  ".join(word for word in words if word)


def _describe_content(content: Any) -> str:
    """Describe in a few words what a field holds."""
    if isinstance(content, np.ndarray):
        is_short = content.ndim == 1 and 0 < content.size <= MAX_SHOWN
        return _describe_all(content, "[]") if is_short else f"{content.shape} {content.dtype}"
    if isinstance(content, np.generic):
        return _describe_content(content.item())
    if isinstance(content, float):
        return f"{content:.6g}"
    if isinstance(content, Enum):
        return str(content.value) if isinstance(content.value, str) else content.name
    if isinstance(content, Mapping | list | tuple):
        return _describe_container(content)
    if hasattr(content, "shape") and hasattr(content, "columns"):
        return f"{type(content).__name__} {content.shape}"
    return repr(content)


def _describe_container(content: Mapping[Any, Any] | Sequence[Any]) -> str:
    is_short = len(content) <= MAX_SHOWN
    if not isinstance(content, Mapping):
        return _describe_all(content, "()") if is_short else f"{len(content)} of {type(content[0]).__name__}"
    if not is_short:
        return f"{len(content)} entries: {', '.join(map(str, content))}"
    return f"{{{', '.join(f'{key}: {_describe_content(value)}' for key, value in content.items())}}}"


def _describe_all(content: Iterable[Any], brackets: str) -> str:
    return f"{brackets[0]}{', '.join(map(_describe_content, content))}{brackets[1]}"


class Labelled(Concise):
    """A frozen dataclass that declares its arrays with `axis` and `values`."""

    def to_xarray(self) -> "xarray.Dataset":
        """Return all arrays as one dataset, with named axes and units; other fields become its attributes.

        Raises
        ------
        PackageMissing
            If xarray is not installed.
        """
        need_package("xarray", "brainbox")
        import xarray

        variables, coordinates, attributes = {}, {}, {}
        for item in fields(self):  # type: ignore[arg-type] # every subclass is a dataclass
            content = getattr(self, item.name)
            if content is None:
                continue
            if "dims" not in item.metadata:
                attributes[item.name] = content
                continue
            unit = {"units": item.metadata["unit"]} if item.metadata["unit"] else {}
            entry = (item.metadata["dims"][: np.ndim(content)], np.asarray(content), unit)
            if "axis" in item.metadata:
                coordinates[item.metadata["axis"]] = entry
            else:
                variables[item.name] = entry
        return xarray.Dataset(variables, coordinates, attributes)
