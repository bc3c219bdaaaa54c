"""What the environment says about log-in: providers of identity, and who needs a second factor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

WHO = ("", "administrators", "everybody")


def read_secret(name: str) -> str:
    """Return the variable ``name``, or the content of the file that ``name_FILE`` names; empty when neither is set."""
    file = os.environ.get(f"{name}_FILE", "")
    return Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(name, "")


def second_factor_rule() -> str:
    """Return who must have a second factor: nobody (empty), ``administrators`` or ``everybody``.

    Raises
    ------
    ValueError
        If BREGMA_REQUIRE_TOTP says something else.
    """
    said = os.environ.get("BREGMA_REQUIRE_TOTP", "").strip().lower()
    if said not in WHO:
        raise ValueError(f"BREGMA_REQUIRE_TOTP is {said!r}; set it to administrators or everybody, or unset it")
    return said


def providers() -> dict[str, Any]:
    """Return the settings of the providers that the environment names; none by default."""
    found: dict[str, Any] = {}
    if app := _application("BREGMA_OIDC", os.environ.get("BREGMA_OIDC_NAME", "your institution")):
        url = os.environ.get("BREGMA_OIDC_URL", "")
        if not url:
            raise ValueError("BREGMA_OIDC_CLIENT_ID is set but not BREGMA_OIDC_URL; set it to the provider's address")
        app |= {"provider_id": "oidc", "settings": {"server_url": url, "oauth_pkce_enabled": True}}
        found["openid_connect"] = {"APPS": [app]}
    if app := _application("BREGMA_ORCID", "ORCID"):
        found["orcid"] = {"APPS": [app]}
    return found


def _application(start: str, name: str) -> dict[str, Any]:
    client_id = os.environ.get(f"{start}_CLIENT_ID", "")
    return {"name": name, "client_id": client_id, "secret": read_secret(f"{start}_SECRET")} if client_id else {}
