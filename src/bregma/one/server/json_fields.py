"""Changing single keys of a record's JSON field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Rest(Protocol):
    def rest(self, url: str, action: str, id: object = None, *, data: Any = None, no_cache: bool = False) -> Any: ...  # noqa: A002


class JsonFields:
    """Reads and writes JSON fields of records; part of ``AlyxClient``."""

    def json_field_write(
        self: _Rest, endpoint: str, uuid: object, field_name: str = "json", data: Mapping[str, Any] | None = None
    ) -> Any:
        """Replace a whole field, and return what the server keeps."""
        return self.rest(endpoint, "partial_update", uuid, data={field_name: data})[field_name]

    def json_field_update(
        self: _Rest, endpoint: str, uuid: object, field_name: str = "json", data: Mapping[str, Any] | None = None
    ) -> Any:
        """Set keys of a field and leave the others, and return the whole field.

        Raises
        ------
        ValueError
            If the field holds something else than keys with values; nothing is changed.
        """
        current = _keys(self, endpoint, uuid, field_name) | dict(data or {})
        return self.rest(endpoint, "partial_update", uuid, data={field_name: current})[field_name]

    def json_field_remove_key(
        self: _Rest, endpoint: str, uuid: object, field_name: str = "json", key: str | None = None
    ) -> Any:
        """Remove a key of a field and return the whole field; one that is not there is no error.

        Raises
        ------
        ValueError
            If the field holds something else than keys with values; nothing is changed.
        """
        current = _keys(self, endpoint, uuid, field_name)
        if key not in current:
            return current or None
        del current[key]
        return self.rest(endpoint, "partial_update", uuid, data={field_name: current})[field_name]

    def json_field_delete(self: _Rest, endpoint: str, uuid: object, field_name: str = "json") -> None:
        """Empty a whole field."""
        self.rest(endpoint, "partial_update", uuid, data={field_name: None})


def _keys(client: _Rest, endpoint: str, uuid: object, field_name: str) -> dict[Any, Any]:
    current = client.rest(endpoint, "read", uuid, no_cache=True)[field_name]
    if current is None:
        return {}
    if isinstance(current, dict):
        return current
    raise ValueError(f"{field_name} of {endpoint}/{uuid} is no mapping but {current!r}; replace it by json_field_write")
