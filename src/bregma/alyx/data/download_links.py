"""Download links: URLs of our own store that open one file for a while, without log-in.

A link is made for a person. It opens what that person may read at the moment it is used: it is worth nothing once the
account is closed or the file hidden from it.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied

from bregma.alf import ALFError, ALFPath
from bregma.alyx.data.addresses import is_own_store, store_key
from bregma.alyx.misc.models import LabMember

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.data.models import Dataset, FileRecord

LIFETIME = 3600
"""Seconds for which a link opens its file, unless another time is asked for."""
LONGEST = 86_400
SIGNATURE = "signature"
NOTHING = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Link:
    """A file of the store by its key, for whom, and until when (in seconds of the Unix clock)."""

    key: str
    dataset: UUID
    user: UUID
    expires: int

    @property
    def signature(self) -> str:
        """What only this installation can write."""
        message = "\n".join(map(str, (self.key, self.dataset, self.user, self.expires)))
        return hmac.new(settings.BREGMA_LINK_KEY, message.encode(), hashlib.sha256).hexdigest()

    @property
    def query(self) -> str:
        """The parameters that open the file."""
        return urlencode({"expires": self.expires, "user": self.user.hex, SIGNATURE: self.signature})


def signed_url(record: FileRecord, dataset: Dataset, base_url: str, *, user: LabMember, expires: int) -> str | None:
    """Return a link to one copy of a dataset; None where it is not in our own store.

    Parameters
    ----------
    record, dataset : FileRecord, Dataset
        The copy, with its repository, and what it is a copy of, with its session's lab.
    base_url : str
        Of this server, with a slash at its end.
    user : LabMember
        For whom.
    expires : int
        When the link ends, in seconds of the Unix clock.
    """
    key = store_key(record, dataset)
    if not key or not is_own_store(record.data_repository):
        return None
    return f"{base_url}store/{quote(key)}?{Link(key, dataset.pk, user.pk, expires).query}"


def end_of_link(seconds: int = LIFETIME) -> int:
    """Return when a link that is made now ends, in seconds of the Unix clock."""
    return int(time.time()) + min(seconds, LONGEST)


def open_link(key: str, query: Mapping[str, Any]) -> LabMember:
    """Return the person for whom a link was made.

    Raises
    ------
    PermissionDenied
        If the link was changed, is over, is of another file, or its person has no account any more.
    """
    try:
        user, expires = UUID(str(query.get("user", ""))), int(str(query.get("expires", "")))
    except ValueError as error:
        raise PermissionDenied("This link is damaged: ask for a new one.") from error
    link = Link(key, _dataset_of(key), user, expires)
    if not hmac.compare_digest(link.signature.encode(), str(query.get(SIGNATURE, "")).encode()):
        raise PermissionDenied("This link is damaged or of another file: ask for a new one.")
    if expires < time.time():
        raise PermissionDenied("This link is over: ask for a new one.")
    person = LabMember.objects.filter(pk=user, is_active=True).first()
    if person is None:
        raise PermissionDenied("The account for which this link was made is closed.")
    return person


def _dataset_of(key: str) -> UUID:
    try:
        return ALFPath(key).uuid or NOTHING
    except ALFError:
        return NOTHING
