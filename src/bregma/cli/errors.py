"""Errors whose message is all that a person needs."""

from __future__ import annotations

import sys


def expected_errors() -> tuple[type[Exception], ...]:
    """Return the roots of the rooms' error trees, of the rooms that were imported so far, and those of files.

    A room that was never imported cannot have raised, so nothing heavy is imported here.
    """
    roots = {
        "bregma.alf.errors": ("ALFError",),
        "bregma.store.errors": ("StoreError",),
        "bregma.one.errors": ("ONEError",),
        "bregma.atlas.errors": ("AtlasError",),
        "bregma.viewer.errors": ("ViewerError",),
        "bregma.demo.errors": ("DemoError",),
        "bregma.services.home": ("HomeUnusable",),
        "bregma.services.postgres": ("DatabaseError",),
        "bregma.services.supervisor": ("AlreadyRunning",),
        "bregma.cli.errors": ("CommandFailed",),
        "bregma.alyx.accounts": ("AccountError",),
        "bregma.alyx.installation": ("NotInstalled",),
    }
    found = tuple(
        getattr(sys.modules[module], name)
        for module, names in roots.items()
        for name in names
        if module in sys.modules and hasattr(sys.modules[module], name)
    )
    return OSError, *found


class CommandFailed(RuntimeError):
    """A command could not do what was asked; the message says why and what to do."""
