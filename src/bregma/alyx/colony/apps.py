"""The Django app ``colony``."""

from django.apps import AppConfig


class ColonyConfig(AppConfig):
    """Racks, cages, matings, licences and adverse events, and the pages of husbandry."""

    name = "bregma.alyx.colony"
    label = "colony"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let each round of alerts look at the animals."""
        from bregma.alyx.colony.welfare import alerts, young
        from bregma.alyx.inbox.rounds import add_checks

        add_checks(*alerts.CHECKS, *young.CHECKS)
