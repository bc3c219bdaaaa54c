"""The Django app ``history``."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _install(sender: AppConfig, using: str, **_: Any) -> None:
    from bregma.alyx.history.triggers import install

    install(using)


class HistoryConfig(AppConfig):
    """One table of events of all tables of Alyx, filled by triggers."""

    name = "bregma.alyx.history"
    label = "history"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Set the triggers after every migration, when all tables are what they shall be."""
        post_migrate.connect(_install, sender=self, dispatch_uid="history-triggers")
