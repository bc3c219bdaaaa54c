"""Keys and passwords of repositories: the environment holds them, rows never do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from bregma.alyx import policy
from bregma.alyx.data.secret_names import without_secrets

if TYPE_CHECKING:
    from bregma.alyx.data.models import DataRepository


def json_for(repository: DataRepository, person: policy.User | None) -> Any:
    """Return the JSON of a repository, with its keys for those few who may have them, as old clients expect it."""
    shown = without_secrets(repository.json)
    keys = settings.BREGMA_STORAGE_SECRETS.get(repository.name)
    if not keys or person is None or not policy.may_have_storage_keys(person):
        return shown
    return {**(shown if isinstance(shown, dict) else {}), **keys}
