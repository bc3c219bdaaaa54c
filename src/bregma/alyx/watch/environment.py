"""Limits as the environment sets them. Read by the settings, so it imports nothing of Django."""

from __future__ import annotations

import os
import re

RATE = re.compile(r"[1-9]\d{0,8}/(s|sec|second|m|min|minute|h|hour|d|day)")
DEFAULTS = {"burst": "550/minute", "anonymous": "550/minute", "sustained": "", "log_in": "10/minute"}


class RateInvalid(ValueError):
    """A rate in the environment cannot be read; the message names the variable and the way out."""


def throttle_rates() -> dict[str, str | None]:
    """Return how often may be asked: of each kind, such as ``550/minute``; None where there is no limit.

    Raises
    ------
    RateInvalid
        If a variable holds no rate.
    """
    rates = {kind: _rate(kind, default) for kind, default in DEFAULTS.items()}
    return {"user": rates.pop("burst"), **rates}


def _rate(kind: str, default: str) -> str | None:
    name = f"THROTTLE_{kind.upper()}_RATE"
    given = os.environ.get(f"BREGMA_{name}", os.environ.get(name, default)).strip().lower()
    if given in ("", "0", "off", "none"):
        return None
    if not RATE.fullmatch(given):
        raise RateInvalid(f"{name}={given!r} is no rate; write such as 550/minute, or off")
    return given
