"""How django-allauth behaves here: no sign-up, links by verified address only, secrets encrypted in the database."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.shortcuts import render
from django.urls import reverse

from bregma.alyx.access.second_factor import needs_second_factor
from bregma.alyx.misc.models import LabMember
from bregma.alyx.policy import LabRole, standing_of

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialLogin
    from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """Accounts are made by administrators."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Close sign-up."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead technicians to the work of the day, and others to the overview."""
        roles = set(standing_of(cast("LabMember", request.user)).roles.values())
        return reverse("today") if roles == {LabRole.TECHNICIAN} else settings.LOGIN_REDIRECT_URL

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the pages tell what happened themselves."""


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Who comes from a provider must be a member already, known by an address that the provider has verified."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Close sign-up."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Link an identity to the one account with its address, or say that there is none."""
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        member = find_member(sociallogin)
        if member is None:
            raise ImmediateHttpResponse(render(request, "access/no_account.html", status=403))
        sociallogin.connect(request, member)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Names the installation in the app, and keeps secrets encrypted with the installation's key."""

    def get_totp_label(self, user: Any) -> str:
        """Call the account by its name."""
        return cast("str", user.get_username())

    def get_totp_issuer(self) -> str:
        """Call the installation by its host."""
        return f"bregma {super()._get_site_name()}"

    def encrypt(self, text: str) -> str:
        """Encrypt a secret for its row."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Read a secret of a row."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse to switch off what the lab requires."""
        return not needs_second_factor(authenticator.user)


def find_member(sociallogin: SocialLogin) -> LabMember | None:
    """Return the only active account with an address that the provider has verified, or None."""
    verified = [address.email for address in sociallogin.email_addresses if address.verified and address.email]
    found = {
        member
        for email in verified
        for member in LabMember.objects.filter(email__iexact=email, is_active=True, is_public_user=False)[:2]
    }
    return found.pop() if len(found) == 1 else None


def _cipher() -> Fernet:
    key = hashlib.sha256(b"bregma second factors " + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
