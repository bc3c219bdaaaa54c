"""What the environment says about files: the keys of repositories, who may have them, and what signs links."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from bregma.alyx.access.environment import read_secret

SECRETS = "BREGMA_STORAGE_SECRETS"


def storage_secrets() -> dict[str, dict[str, Any]]:
    """Return the keys of repositories, by their names: JSON in BREGMA_STORAGE_SECRETS, or in the file of ``…_FILE``.

    Raises
    ------
    ValueError
        If it is no JSON object of objects; the message shows nothing of it.
    """
    text = read_secret(SECRETS)
    try:
        found = json.loads(text) if text else {}
    except json.JSONDecodeError as error:
        raise ValueError(f"{SECRETS} is no JSON: see line {error.lineno}, column {error.colno}") from None
    if not isinstance(found, dict) or not all(isinstance(keys, dict) for keys in found.values()):
        raise ValueError(f'{SECRETS} must be as {{"aws_lab": {{"Access key ID": "…", "Secret access key": "…"}}}}')
    return found


def key_readers() -> frozenset[str]:
    """Return the names of the accounts to which the keys of repositories are given; nobody by default."""
    names = os.environ.get("BREGMA_STORAGE_KEY_READERS", "").split(",")
    return frozenset(name.strip() for name in names if name.strip())


def link_key(secret: str) -> bytes:
    """Return the key that signs download links: BREGMA_LINK_KEY, or else one made of the installation's secret."""
    return hashlib.sha256(b"bregma download links " + (read_secret("BREGMA_LINK_KEY") or secret).encode()).digest()
