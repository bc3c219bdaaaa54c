"""The pages as a Django app, for their templates and static files."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files and the tags that templates use."""

    name = "bregma.alyx.web"
    label = "web"
