"""Admin of sessions, water, procedures, culls and notifications."""

from __future__ import annotations

from bregma.alyx.actions.admin import notifications, procedures, sessions, water, words

__all__ = ["notifications", "procedures", "sessions", "water", "words"]
