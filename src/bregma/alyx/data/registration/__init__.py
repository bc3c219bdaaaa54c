"""Registers files: all or none, and safely again.

A file that is already there with the hash that is given stays as it is. With another hash, or none, it is patched:
its copies count as missing until they arrive anew. A protected file is never patched. Read :mod:`.writing` first.
"""

from __future__ import annotations

from bregma.alyx.data.registration.files import Batch, NewFile, Options, Owner, Registered
from bregma.alyx.data.registration.links import link_insertions
from bregma.alyx.data.registration.protection import check_protected
from bregma.alyx.data.registration.writing import register_batches, register_files

__all__ = [
    "Batch",
    "NewFile",
    "Options",
    "Owner",
    "Registered",
    "check_protected",
    "link_insertions",
    "register_batches",
    "register_files",
]
