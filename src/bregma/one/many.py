"""Methods that take one thing or many: many give a list of what each gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast, overload

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import PurePath
    from uuid import UUID

    One = UUID | str | PurePath | Mapping[str, Any]

T = TypeVar("T")


class BoundOfMany(Protocol[T]):
    """A method of one thing or many, of an object."""

    @overload
    def __call__(self, one: One, /, *args: Any, **kwargs: Any) -> T: ...
    @overload
    def __call__(self, many: Iterable[One], /, *args: Any, **kwargs: Any) -> list[T]: ...


class OfMany(Protocol[T]):
    """A method of one thing or many, in its class."""

    def __get__(self, instance: Any, owner: Any = None) -> BoundOfMany[T]:
        """Bind it."""


def of_many(method: Callable[..., T]) -> OfMany[T]:
    """Let a method of one thing take many, too: any iterable that is no text, mapping or table."""

    @wraps(method)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if args and is_many(args[0]):
            return [method(self, one, *args[1:], **kwargs) for one in args[0]]
        return method(self, *args, **kwargs)

    return cast("OfMany[T]", call)


def is_many(value: object) -> bool:
    """Tell whether something is an iterable of things, and not one thing."""
    return isinstance(value, Iterable) and not isinstance(value, (str, Mapping)) and not hasattr(value, "iloc")
