"""The Django app ``subjects``; its label and table names are those of Alyx."""

from django.apps import AppConfig


class SubjectsConfig(AppConfig):
    """Animals, their lines and projects."""

    name = "bregma.alyx.subjects"
    label = "subjects"
    default_auto_field = "django.db.models.BigAutoField"
