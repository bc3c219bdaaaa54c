"""The OpenAPI document: made once in each process, for making it takes seconds."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import yaml
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

_making = Lock()


@dataclass(frozen=True)
class Written:
    """A document as it is sent, and the tag by which a client knows that it has it already."""

    body: bytes
    etag: str


def load_document() -> dict[str, Any]:
    """Return the OpenAPI document of all endpoints, the same for everybody; callers leave it as it is."""
    with _making:
        return _make()


def write_json() -> Written:
    """Return the document as JSON."""
    with _making:
        return _write_json()


def write_yaml() -> Written:
    """Return the document as YAML."""
    with _making:
        return _write_yaml()


def written(text: str) -> Written:
    """Return a text with the tag of its content."""
    body = text.encode()
    return Written(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def forget_document() -> None:
    """Make the document anew when it is asked for next; for tests that change addresses."""
    for made in (_make, _write_json, _write_yaml):
        made.cache_clear()


@cache
def _make() -> dict[str, Any]:
    generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]
    raw = generator.get_schema(request=None, public=True)
    document: dict[str, Any] = json.loads(OpenApiJsonRenderer().render(raw))
    return document


@cache
def _write_json() -> Written:
    return written(json.dumps(_make(), ensure_ascii=False, separators=(",", ":")))


@cache
def _write_yaml() -> Written:
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return written(yaml.dump(_make(), Dumper=dumper, sort_keys=False, allow_unicode=True, width=120))
