"""The app ``access``."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Tokens, delegations and pages of the own account."""

    name = "bregma.alyx.access"
    label = "access"
    verbose_name = "Access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take the tables of second factors and identities out of the admin: they hold secrets, and no policy."""
        from allauth.account.models import EmailAddress
        from allauth.mfa.models import Authenticator
        from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
        from django.contrib import admin

        for model in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken):
            if admin.site.is_registered(model):
                admin.site.unregister(model)
