"""Settings and records: JSON, JSON by lines, YAML."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bregma.alf.errors import UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path


def read_json(path: Path) -> Any:
    """Read what a JSON file holds."""
    return json.loads(path.read_text(encoding="utf-8"))


def read_json_lines(path: Path) -> list[Any]:
    """Read one JSON value per line, skipping empty lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def read_yaml(path: Path) -> Any:
    """Read what a YAML file holds: plain values only, no Python objects."""
    import yaml

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise UnreadableFile(f"cannot read {path}: {error}") from error
