"""Alyx: the database of metadata, its REST API, admin and pages, as one Django project.

May import: pipelines and below.
Read first: settings.py.
Public names: create_user, token_for, sign_in_link, redeem_sign_in_token; may_read, may_write, readable, role_of.
They need a Django that is set up, and are imported when they are asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_WHERE = {
    "create_user": "accounts",
    "redeem_sign_in_token": "accounts",
    "sign_in_link": "accounts",
    "token_for": "accounts",
    "may_read": "policy",
    "may_write": "policy",
    "readable": "policy",
    "role_of": "policy",
}
__all__ = [
    "create_user",
    "may_read",
    "may_write",
    "readable",
    "redeem_sign_in_token",
    "role_of",
    "sign_in_link",
    "token_for",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
