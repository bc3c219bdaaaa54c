"""The Django app ``experiments``; its label and table names are those of Alyx."""

from django.apps import AppConfig


class ExperimentsConfig(AppConfig):
    """Probe insertions of a session."""

    name = "bregma.alyx.experiments"
    label = "experiments"
    default_auto_field = "django.db.models.BigAutoField"
