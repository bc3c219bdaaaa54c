"""The Django app ``actions``; its label and table names are those of Alyx."""

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    """What happens to a subject: sessions, weighings, water."""

    name = "bregma.alyx.actions"
    label = "actions"
    default_auto_field = "django.db.models.BigAutoField"
