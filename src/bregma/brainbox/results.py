"""Results whose arrays know their axes and units, and become xarray datasets."""

from dataclasses import field, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.later import need_package

if TYPE_CHECKING:
    import xarray


def axis(name: str, *, unit: str = "") -> Any:
    """Declare a field that holds the coordinates of an axis: one value per place along it."""
    return field(metadata={"dims": (name,), "unit": unit, "axis": name})


def values(*dims: str, unit: str = "", default: Any = ...) -> Any:
    """Declare a field that holds an array with these axes, outermost first."""
    metadata = {"dims": dims, "unit": unit}
    return field(metadata=metadata) if default is ... else field(metadata=metadata, default=default)


class Labelled:
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
            entry = (item.metadata["dims"], np.asarray(content), unit)
            if "axis" in item.metadata:
                coordinates[item.metadata["axis"]] = entry
            else:
                variables[item.name] = entry
        return xarray.Dataset(variables, coordinates, attributes)
