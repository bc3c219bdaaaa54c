"""Parts of a scene as data that JSON can hold, and back: by their fields, checked by their own constructors."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, ClassVar, Self

import numpy as np

from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.arrays import array_from_dict, array_to_dict


@dataclass(frozen=True, eq=False)
class Part:
    """A frozen part of a scene that is compared and stored by its fields.

    Every kind of part has a ``kind`` of its own, by which it is found again when it is read.
    """

    kind: ClassVar[str] = ""
    _kinds: ClassVar[dict[str, type["Part"]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.kind:
            cls._kinds[cls.kind] = cls

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other):
            return NotImplemented
        return all(_same(getattr(self, item.name), getattr(other, item.name)) for item in fields(self))

    __hash__ = object.__hash__

    def to_dict(self) -> dict[str, Any]:
        """Return the part as data that JSON can hold."""
        return {"kind": self.kind} | {item.name: _to_plain(getattr(self, item.name)) for item in fields(self)}

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote.

        Raises
        ------
        InvalidLayer
            If the kind is unknown or another than this class, or the values are not those of such a part.
        """
        kind = entry.get("kind", cls.kind)
        found = cls._kinds.get(str(kind))
        if found is None or not issubclass(found, cls):
            known = sorted(name for name, other in cls._kinds.items() if issubclass(other, cls))
            raise InvalidLayer(f"nothing of kind {kind!r} here; there are {', '.join(known)}")
        values = {name: _from_plain(value) for name, value in entry.items() if name != "kind"}
        try:
            return found(**values)
        except TypeError as error:
            raise InvalidLayer(f"this is not a {kind!r} of a scene: {error}") from error


def _to_plain(value: Any) -> Any:
    match value:
        case Part():
            return value.to_dict()
        case np.ndarray():
            return array_to_dict(value)
        case tuple():
            return [_to_plain(one) for one in value]
        case Enum():
            return value.value
        case np.generic():
            return value.item()
        case _:
            return value


def _from_plain(value: Any) -> Any:
    match value:
        case Mapping() if "base64" in value:
            return array_from_dict(value)
        case Mapping():
            return Part.from_dict(value)
        case list():
            return tuple(_from_plain(one) for one in value)
        case _:
            return value


def _same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    return type(one) is type(other) and bool(one == other)
