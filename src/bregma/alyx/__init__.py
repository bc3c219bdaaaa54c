"""Alyx: the database of metadata, its REST API, admin and pages, as one Django project.

May import: pipelines and below.
Read first: settings.py.
Public names: create_user, token_for, sign_in_link, redeem_sign_in_token; may_read, may_write, readable, role_of.
They need a Django that is set up, and are imported when they are asked for.
"""

from __future__ import annotations

from bregma.later import import_later

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

__getattr__ = import_later(
    __name__,
    {
        "accounts": ("create_user", "redeem_sign_in_token", "sign_in_link", "token_for"),
        "policy": ("may_read", "may_write", "readable", "role_of"),
    },
)
