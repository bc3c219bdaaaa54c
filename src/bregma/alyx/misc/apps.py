"""The Django app ``misc``; its label and table names are those of Alyx."""

from django.apps import AppConfig


class MiscConfig(AppConfig):
    """Labs, their members and places."""

    name = "bregma.alyx.misc"
    label = "misc"
    default_auto_field = "django.db.models.BigAutoField"
