"""The endpoints of a server and the fields they take, as its own OpenAPI description tells."""

from __future__ import annotations

from typing import Any

_METHODS = {"get": "read", "post": "create", "put": "update", "patch": "partial_update", "delete": "delete"}


class RestSchemes:
    """A server's endpoints, their actions and fields. Calls never need it.

    Parameters
    ----------
    document : dict
        An OpenAPI 3 document.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    @property
    def endpoints(self) -> list[str]:
        """Names of the endpoints, sorted."""
        return sorted({path.strip("/").split("/")[0] for path in self._document["paths"] if path.strip("/")})

    def actions(self, endpoint: str) -> list[str]:
        """List what can be done at an endpoint.

        Raises
        ------
        ValueError
            If there is no such endpoint.
        """
        return list(self._operations(endpoint))

    def url(self, endpoint: str, action: str) -> str:
        """Return the path of an action, such as ``/sessions/{id}``."""
        return self._operation(endpoint, action)[0]

    def fields(self, endpoint: str, action: str) -> list[dict[str, Any]]:
        """Describe the parameters and fields that an action takes, each with name and schema."""
        _, operation = self._operation(endpoint, action)
        fields = [dict(self._resolve(each)) for each in operation.get("parameters", ())]
        content: dict[str, dict[str, Any]] = operation.get("requestBody", {}).get("content", {})
        body = self._resolve(next(iter(content.values()), {}).get("schema", {}))
        required = set(body.get("required", ()))
        fields += [
            {"name": name, "schema": schema, "required": name in required}
            for name, schema in body.get("properties", {}).items()
        ]
        return fields

    def field_names(self, endpoint: str, action: str) -> list[str]:
        """List the names of the parameters and fields that an action takes."""
        return [field["name"] for field in self.fields(endpoint, action)]

    def describe(self, endpoint: str, action: str | None = None) -> str:
        """Describe an endpoint's actions with their fields, a line each."""
        lines = []
        for each in [action] if action else self.actions(endpoint):
            lines.append(f"{each} {self.url(endpoint, each)}")
            lines += [f"    {field['name']}: {_kind(field)}" for field in self.fields(endpoint, each)]
        return "\n".join(lines)

    def _operations(self, endpoint: str) -> dict[str, tuple[str, dict[str, Any]]]:
        name = endpoint.strip("/")
        found: dict[str, tuple[str, dict[str, Any]]] = {}
        for path, methods in self._document["paths"].items():
            parts = path.strip("/").split("/")
            if parts[0] != name:
                continue
            for method, operation in methods.items():
                if action := _METHODS.get(method):
                    action = "list" if action == "read" and "{" not in path else action
                    found.setdefault(action, (path, operation))
        if not found:
            raise ValueError(f"no endpoint {endpoint!r}; choose from {', '.join(self.endpoints)}")
        return found

    def _operation(self, endpoint: str, action: str) -> tuple[str, dict[str, Any]]:
        operations = self._operations(endpoint)
        if action not in operations:
            raise ValueError(f"{endpoint} has no action {action!r}; choose from {', '.join(operations)}")
        return operations[action]

    def _resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        while reference := schema.get("$ref"):
            schema = self._document
            for key in reference.removeprefix("#/").split("/"):
                schema = schema[key]
        return schema


def _kind(field: dict[str, Any]) -> str:
    schema = field.get("schema", {})
    words = [str(schema.get("format") or schema.get("type") or schema.get("$ref", "any").rsplit("/", 1)[-1])]
    return ", ".join([*words, "required"] if field.get("required") else words)
