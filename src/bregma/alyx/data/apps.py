"""The Django app ``data``; its label and table names are those of Alyx."""

from django.apps import AppConfig


class DataConfig(AppConfig):
    """Datasets, their types, revisions and files."""

    name = "bregma.alyx.data"
    label = "data"
    default_auto_field = "django.db.models.BigAutoField"
