"""Keys: where a file lies in a store, as a relative path with forward slashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.alf import ALFPath
from bregma.store.errors import InvalidKey

if TYPE_CHECKING:
    from uuid import UUID

_LONGEST = 1024
_WAY_OUT = "expected a relative path such as lab/Subjects/subject/2024-01-01/001/alf/obj.attr.npy"


def check_key(key: str) -> str:
    """Return a key that stays inside a store.

    Raises
    ------
    InvalidKey
        If it is empty, absolute or too long, has ``..``, ``.`` or empty parts, a backslash, or a character
        that cannot be printed.
    """
    parts = key.split("/")
    if not key or len(key) > _LONGEST or any(part in {"", ".", ".."} for part in parts):
        raise InvalidKey(f"{key[:200]!r} is not a key of a store; {_WAY_OUT}")
    if "\\" in key or ":" in parts[0] or not key.isprintable():
        raise InvalidKey(f"{key[:200]!r} has characters that no key may have; {_WAY_OUT}")
    return key


def key_for(lab: str, relative_path: str, uuid: UUID | str) -> str:
    """Make the key of a dataset.

    Parameters
    ----------
    lab : str
        The lab's name.
    relative_path : str
        ``subject/YYYY-MM-DD/NNN/collection/#revision#/name.ext``.
    uuid : UUID or str
        The dataset's id.

    Returns
    -------
    str
        ``lab/Subjects/subject/YYYY-MM-DD/NNN/collection/#revision#/name.uuid.ext``.
    """
    return check_key(f"{lab}/Subjects/{ALFPath(relative_path).with_uuid(uuid).as_posix()}")
