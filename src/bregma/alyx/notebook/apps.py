"""The Django app ``notebook``."""

from django.apps import AppConfig


class NotebookConfig(AppConfig):
    """Comments and templates, and the pages of the notebook."""

    name = "bregma.alyx.notebook"
    label = "notebook"
    default_auto_field = "django.db.models.BigAutoField"
