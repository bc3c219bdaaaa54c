"""The Django app ``inbox``."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """Deliveries of notifications to people."""

    name = "bregma.alyx.inbox"
    label = "inbox"
    default_auto_field = "django.db.models.BigAutoField"
