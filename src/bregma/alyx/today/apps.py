"""The Django app ``today``."""

from django.apps import AppConfig


class TodayConfig(AppConfig):
    """The page on which people work through the day; it has no tables of its own."""

    name = "bregma.alyx.today"
    label = "today"
