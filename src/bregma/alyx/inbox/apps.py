"""The Django app ``inbox``."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """Deliveries of notifications to people."""

    name = "bregma.alyx.inbox"
    label = "inbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every page show how many notices are unread."""
        from bregma.alyx.inbox.selectors import unread_count
        from bregma.alyx.web.context import count_unread_with

        count_unread_with(unread_count)
