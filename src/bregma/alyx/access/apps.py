"""The app ``access``."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Tokens, delegations and pages of the own account."""

    name = "bregma.alyx.access"
    label = "access"
    verbose_name = "Access"
    default_auto_field = "django.db.models.BigAutoField"
