"""Which files really are in this installation's own store: no client is believed about those."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from bregma.alyx.data.addresses import is_own_store, store_key
from bregma.store import FileMissing, InvalidKey, LocalStore

if TYPE_CHECKING:
    from bregma.alyx.data.models import FileRecord


def local_store() -> LocalStore:
    """Return the store of this installation."""
    return LocalStore(settings.HOME.store)


def holds(record: FileRecord) -> bool:
    """Tell whether the own store holds a copy, with the size that was registered if any was."""
    key = store_key(record, record.dataset)
    if key is None or not is_own_store(record.data_repository):
        return False
    try:
        size = local_store().stat(key).size
    except (FileMissing, InvalidKey):
        return False
    return record.dataset.file_size in (None, size)
