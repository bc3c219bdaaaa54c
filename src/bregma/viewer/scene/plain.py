"""Parts of a scene as data that JSON can hold, and back: by their fields, checked by their own constructors."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum
from functools import lru_cache
from typing import Any, ClassVar, Self, get_type_hints

import numpy as np

from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.arrays import array_from_dict, array_to_dict
from bregma.viewer.scene.conforming import conform


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

    def __post_init__(self) -> None:
        """Bring all fields to the types they are declared with."""
        name = getattr(self, "name", None)
        whole = repr(name) if isinstance(name, str) and name else f"a {self.kind}"
        for field, declared in _find_types(type(self)).items():  # type: ignore[arg-type]
            object.__setattr__(self, field, conform(getattr(self, field), declared, f"{field} of {whole}"))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other):
            return NotImplemented
        return all(_same(getattr(self, item.name), getattr(other, item.name)) for item in fields(self))

    __hash__ = object.__hash__

    @classmethod
    def make(cls, **given: Any) -> Self:
        """Return a part with fields that a user gives by name.

        Raises
        ------
        InvalidLayer
            If it has no such field, or lacks one; the message suggests near ones.
        """
        check_names(given, cls)
        required = [item for item in fields(cls) if item.default is MISSING and item.default_factory is MISSING]
        lacking = [item.name for item in required if item.name not in given]
        if lacking:
            raise InvalidLayer(f"a {cls.kind} needs {', '.join(lacking)}")
        return cls(**given)

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
        if not isinstance(entry, Mapping):
            raise InvalidLayer(
                f"a {cls.kind or 'part'} of a scene is stored by its fields, not as {type(entry).__name__}"
            )
        kind = entry.get("kind", cls.kind)
        found = cls._kinds.get(str(kind))
        if found is None or not issubclass(found, cls):
            known = sorted(name for name, other in cls._kinds.items() if issubclass(other, cls))
            raise InvalidLayer(f"nothing of kind {kind!r} here; there are {', '.join(known)}")
        return found.make(**{name: _from_plain(value) for name, value in entry.items() if name != "kind"})


def check_names(given: Iterable[str], part: type[Part]) -> None:
    """Raise InvalidLayer for a field that a part does not have, and suggest near ones."""
    known = [item.name for item in fields(part)]
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=2)
            hint = f"did you mean {' or '.join(near)}?" if near else f"it has {', '.join(known)}"
            raise InvalidLayer(f"a {part.kind} has no {name!r}; {hint}")


@lru_cache(maxsize=64)
def _find_types(part: type[Part]) -> dict[str, Any]:
    types = get_type_hints(part)
    return {item.name: types[item.name] for item in fields(part)}


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
