"""The Django app ``history``."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    """One table of events for each table of Alyx, filled by triggers."""

    name = "bregma.alyx.history"
    label = "history"
    default_auto_field = "django.db.models.BigAutoField"
