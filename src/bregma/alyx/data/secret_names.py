"""Names in JSON whose values are keys or passwords, which no row may hold."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import BooleanField, CheckConstraint, Func, Q

WORDS = "secret|passw|token|credential|(access|private|api)[ _-]?key"
NAME = re.compile(f"{WORDS}|^key$", re.IGNORECASE)
"""Names in JSON whose values are secrets, such as those of AWS that ONE reads."""
ADVICE = "Keys and passwords do not belong into the database: name them in BREGMA_STORAGE_SECRETS on the server."


class HoldsSecrets(Func):
    """Whether a JSON column has a name, at any depth, whose value is a secret."""

    template = f'(%(expressions)s::text ~* \'"[^"]*({WORDS})[^"]*"\\s*:|"key"\\s*:\')'
    output_field = BooleanField()
    arity = 1


def without_secrets(value: Any) -> Any:
    """Return JSON without the secrets in it."""
    if isinstance(value, dict):
        return {name: without_secrets(item) for name, item in value.items() if not NAME.search(name)}
    return [without_secrets(item) for item in value] if isinstance(value, list) else value


def no_secrets(field: str, *, name: str) -> CheckConstraint:
    """Make a constraint: a JSON column holds no secrets."""
    condition = Q(**{f"{field}__isnull": True}) | ~Q(HoldsSecrets(field))
    return CheckConstraint(condition=condition, name=name, violation_error_message=ADVICE)
