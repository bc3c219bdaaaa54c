"""The Django app ``colony``."""

from django.apps import AppConfig


class ColonyConfig(AppConfig):
    """Racks, cages, matings, licences and adverse events, and the pages of husbandry."""

    name = "bregma.alyx.colony"
    label = "colony"
    default_auto_field = "django.db.models.BigAutoField"
