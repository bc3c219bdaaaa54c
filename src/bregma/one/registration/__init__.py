"""Entering sessions, files and what is done with animals into the database, as a rig does after an experiment."""

from __future__ import annotations

from bregma.one.registration.entries import Entries
from bregma.one.registration.lookups import ensure_ISO8601, get_dataset_type
from bregma.one.registration.sending import Sending
from bregma.one.registration.sessions import Sessions

__all__ = ["RegistrationClient", "get_dataset_type"]


class RegistrationClient(Sessions, Sending, Entries):
    """Registers sessions, files, water, weights, notes and quality. All but the last four can be repeated without harm.

    Parameters
    ----------
    one : ONE or AlyxClient, optional
        Who talks to the server; by default ``ONE()``.
    """

    ensure_ISO8601 = staticmethod(ensure_ISO8601)  # noqa: N815 - the name that scripts use
