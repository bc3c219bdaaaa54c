"""How the page of the day writes keys and numbers for the browser."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django import template

register = template.Library()


@register.simple_tag
def new_key() -> str:
    """Make the key of an entry, so that a form sent twice is one entry."""
    return str(uuid.uuid4())


@register.filter
def as_json(value: Any) -> str:
    """Write numbers exactly, for an attribute that a script reads."""
    return json.dumps(value, allow_nan=False)
