"""The Django app ``results``: installs the triggers that tell the pipelines what there is to analyse."""

from django.apps import AppConfig


class ResultsConfig(AppConfig):
    """Analyses of sessions and insertions; their tables belong to the pipelines, not to Django."""

    name = "bregma.alyx.results"
    label = "results"
    default_auto_field = "django.db.models.BigAutoField"
