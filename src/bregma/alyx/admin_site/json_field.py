"""JSON in forms: shown indented, and a mistake is named by its line."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class Indented(json.JSONEncoder):
    """Writes JSON for people."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "indent": 2})


class JsonField(forms.JSONField):
    """A field for JSON; nothing entered is nothing, not the text null."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "encoder": Indented})
        self.widget.attrs.update({"rows": 6, "spellcheck": "false", "class": f"{_classes(self.widget)} font-mono"})

    def prepare_value(self, value: Any) -> Any:
        """Return the text to show."""
        return "" if value is None else super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        """Read the text.

        Raises
        ------
        ValidationError
            Saying where the first mistake is.
        """
        try:
            return super().to_python(value)
        except ValidationError as invalid:
            raise ValidationError(_where(value), code="invalid") from invalid


def _where(value: str) -> str:
    try:
        json.loads(value)
    except json.JSONDecodeError as wrong:
        return (
            f"This is no JSON: {wrong.msg} in line {wrong.lineno}, column {wrong.colno}. "
            'It looks like {"key": "value", "numbers": [1, 2]}, with double quotes.'
        )
    return "This is no JSON."


def _classes(widget: Any) -> str:
    return str(widget.attrs.get("class", ""))
