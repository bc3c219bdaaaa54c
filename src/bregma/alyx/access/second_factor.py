"""Second factors: who has one, who needs one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.conf import settings

if TYPE_CHECKING:
    from bregma.alyx.misc.models import LabMember

SECOND_FACTOR_MISSING = (
    "This account is protected by a second factor: a password alone is not enough here. "
    "Make a personal token on the page /account/ and use that."
)


def has_second_factor(user: LabMember) -> bool:
    """Tell whether an account is protected by an authenticator app; one query."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def needs_second_factor(user: LabMember) -> bool:
    """Tell whether the lab requires a second factor of this account (BREGMA_REQUIRE_TOTP)."""
    rule = settings.BREGMA_REQUIRE_TOTP
    return rule == "everybody" or (rule == "administrators" and user.is_superuser)


def remove_second_factor(user: LabMember) -> bool:
    """Take the second factor and its recovery codes off an account whose phone is lost; tell whether there was one."""
    removed, _ = Authenticator.objects.filter(user=user).delete()
    return bool(removed)
