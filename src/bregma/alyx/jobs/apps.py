"""The Django app ``jobs``."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Tasks of sessions; its label and table names are those of Alyx."""

    name = "bregma.alyx.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
