"""The app of the admin; it comes before its theme, whose templates it changes."""

from django.apps import AppConfig


class AdminSiteConfig(AppConfig):
    """The admin of Alyx."""

    name = "bregma.alyx.admin_site"
    verbose_name = "Admin"
