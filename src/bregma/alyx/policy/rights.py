"""Rights that no role brings: each is given by name, by whoever runs the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from bregma.alyx.policy.people import has_account, within_scopes
from bregma.alyx.policy.roles import Capability

if TYPE_CHECKING:
    from bregma.alyx.policy.people import User


def may_have_storage_keys(user: User) -> bool:
    """Tell whether a person is given the keys of repositories: those in BREGMA_STORAGE_KEY_READERS, else nobody.

    A token that may only read does not bring them: keys may open more than this server would.
    """
    named = has_account(user) and user.get_username() in settings.BREGMA_STORAGE_KEY_READERS
    return named and within_scopes(user, Capability.RECORDING)
