"""How one operation is described, where the framework's way would fail or mislead."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from drf_spectacular.openapi import AutoSchema


class WireSchema(AutoSchema):
    """Describes an operation; reads of a method's annotations only what it returns.

    The types of its arguments may be imported for type checkers alone.
    """

    def _map_response_type_hint(self, method: Any) -> Any:
        function = getattr(method, "__func__", method)
        if not isinstance(function, FunctionType):
            return super()._map_response_type_hint(method)  # type: ignore[no-untyped-call]
        alone = FunctionType(function.__code__, function.__globals__, function.__name__, closure=function.__closure__)
        alone.__dict__.update(function.__dict__)
        alone.__annotations__ = {name: hint for name, hint in function.__annotations__.items() if name == "return"}
        return super()._map_response_type_hint(alone)  # type: ignore[no-untyped-call]
