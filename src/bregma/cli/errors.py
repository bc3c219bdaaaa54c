"""Errors whose message is all that a person needs."""

from __future__ import annotations

import sys


def expected_errors() -> tuple[type[Exception], ...]:
    """Return the roots of the rooms' error trees, of the rooms that were imported so far, and those of files.

    A room that was never imported cannot have raised, so nothing heavy is imported here.
    """
    roots = {
        "bregma.later": "PackageMissing",
        "bregma.alf.errors": "ALFError",
        "bregma.store.errors": "StoreError",
        "bregma.one.errors": "ONEError",
        "bregma.atlas.errors": "AtlasError",
        "bregma.sessions.errors": "SessionDataError",
        "bregma.pipelines.errors": "PipelineError",
        "bregma.viewer.errors": "ViewerError",
        "bregma.demo.errors": "DemoError",
        "bregma.services.home": "HomeUnusable",
        "bregma.services.postgres": "DatabaseError",
        "bregma.services.supervisor": "AlreadyRunning",
        "bregma.cli.errors": "CommandFailed",
        "bregma.alyx.errors": "AlyxError",
        "bregma.alyx.accounts": "AccountError",
        "bregma.alyx.installation": "NotInstalled",
    }
    return OSError, *(getattr(sys.modules[module], name) for module, name in roots.items() if module in sys.modules)


class CommandFailed(RuntimeError):
    """A command could not do what was asked; the message says why and what to do."""
